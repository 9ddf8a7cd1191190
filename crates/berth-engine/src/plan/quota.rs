//! What a quota will be, in words.

use std::collections::BTreeMap;

use berth_store::quotas::{Quota, Usage};

use crate::admission::quota::cores;
use crate::view::{PlanAction, PlanView};

/// What setting a quota, or taking it away, will do.
pub(crate) fn quota(whose: &str, (from, to): (&Quota, &Quota), used: &Usage) -> PlanView {
    let told = |quota: &Quota| {
        [
            quota.tenants.map(|n| n.to_string()),
            quota.cpu_millis.map(cores),
            quota.memory.map(|bytes| bytes.to_string()),
            quota.storage.map(|bytes| bytes.to_string()),
        ]
        .map(|bound| bound.unwrap_or_else(|| "no bound".to_owned()))
    };
    let names = ["tenants", "processor", "memory", "storage"];
    let used = [
        used.tenants.to_string(),
        cores(used.cpu_millis),
        used.memory.to_string(),
        used.storage.to_string(),
    ];
    let lines = names.into_iter().zip(used).zip(told(from).into_iter().zip(told(to)));
    let actions = lines.filter(|(_, (from, to))| from != to).map(|((what, used), (from, to))| {
        PlanAction { step: "quota", text: format!("{what}: {from} -> {to} ({used} used)") }
    });
    PlanView {
        summary: format!("change the quota of {whose}"),
        actions: actions.collect(),
        settings: BTreeMap::new(),
    }
}
