//! What will be changed of a tenant that exists, in words.

use std::collections::BTreeMap;

use berth_domain::operation::OperationKind;
use berth_domain::{Bytes, Tag, Tenant};
use serde_json::Value;

use super::modules;
use crate::admission::notes::Noted;
use crate::admission::quota::cores;
use crate::operation::Step;
use crate::sagas::bring_back::{BringBackInput, BringBackStep};
use crate::sagas::purge::PurgeStep;
use crate::sagas::put_away::{PutAwayInput, PutAwayStep};
use crate::sagas::rename::{RenameInput, RenameStep};
use crate::sagas::set::SetInput;
use crate::sagas::{restart::RestartStep, start::StartStep, stop::StopStep};
use crate::view::{PlanAction, PlanView};

/// What a change by an operation will do.
pub(crate) fn change(tenant: &Tenant, kind: OperationKind, input: &Value) -> PlanView {
    use OperationKind as K;

    let (verb, actions) = match kind {
        K::TenantStart => ("start", texts::<StartStep>()),
        K::TenantResume => ("resume", texts::<StartStep>()),
        K::TenantStop => ("stop", texts::<StopStep>()),
        K::TenantSuspend => ("suspend", suspension(tenant)),
        K::TenantRestart => ("restart", texts::<RestartStep>()),
        K::TenantRename => ("rename", renaming(tenant, input)),
        K::TenantInstallModules | K::TenantUpgradeModules | K::TenantUninstallModules => {
            ("change the modules of", modules::actions(tenant, kind, input))
        }
        K::TenantArchive => ("archive", putting_away(tenant, kind, input)),
        K::TenantDelete => ("delete", putting_away(tenant, kind, input)),
        K::TenantUnarchive => ("unarchive", bringing_back(input)),
        K::TenantRestoreDeleted => ("restore", bringing_back(input)),
        K::TenantPurge => ("delete", removal(tenant)),
        // Planned elsewhere, by what they were asked for.
        K::TenantSet | K::TenantCreate | K::TenantImport | K::TenantAdopt | K::Demo => {
            ("change", Vec::new())
        }
    };
    let mut settings = host(tenant);
    settings.extend(modules::dependents(kind, input).map(|names| ("dependents", names)));
    PlanView { summary: format!("{verb} tenant {}", tenant.name), actions, settings }
}

fn host(tenant: &Tenant) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("host", tenant.host.to_string())])
}

pub(super) fn texts<S: Step>() -> Vec<PlanAction> {
    worded(|step: S| Some(step.text().to_owned()))
}

/// One line for each step that has something to do.
pub(super) fn worded<S: Step>(text: impl Fn(S) -> Option<String>) -> Vec<PlanAction> {
    let line = |step: &S| Some(PlanAction { step: step.label(), text: text(*step)? });
    S::ALL.iter().filter_map(line).collect()
}

fn suspension(tenant: &Tenant) -> Vec<PlanAction> {
    worded(|step| {
        Some(match step {
            StopStep::Route => format!("refuse visitors of {} with 403", tenant.host),
            StopStep::Container => step.text().to_owned(),
        })
    })
}

fn putting_away(tenant: &Tenant, kind: OperationKind, input: &Value) -> Vec<PlanAction> {
    let object = tenant.id.object_name();
    let mut actions = worded(|step| {
        Some(match step {
            PutAwayStep::Route => format!("make {} unknown", tenant.host),
            PutAwayStep::Container => format!("remove container `{object}`"),
            PutAwayStep::Database => {
                format!("close database and role `{object}`; everything in it is kept")
            }
            PutAwayStep::Network => format!("remove network `{object}`; its number is free"),
        })
    });
    let input = serde_json::from_value::<PutAwayInput>(input.clone());
    if let (OperationKind::TenantDelete, Ok(PutAwayInput { grace_days, .. })) = (kind, input) {
        let days = if grace_days == 1 { "1 day".to_owned() } else { format!("{grace_days} days") };
        actions.push(PlanAction {
            step: PutAwayStep::Network.label(),
            text: format!(
                "keep it for {days}; until then `berth tenant restore-deleted {}` brings it back",
                tenant.name
            ),
        });
    }
    actions
}

fn bringing_back(input: &Value) -> Vec<PlanAction> {
    let input = serde_json::from_value::<BringBackInput>(input.clone());
    let suspended = input.is_ok_and(|input| input.suspended);
    worded(|step: BringBackStep| match step {
        BringBackStep::Container | BringBackStep::Check if suspended => None,
        BringBackStep::Publish if suspended => {
            Some("go on refusing visitors: it was suspended before".to_owned())
        }
        step => Some(step.text().to_owned()),
    })
}

fn renaming(tenant: &Tenant, input: &Value) -> Vec<PlanAction> {
    let Ok(RenameInput { to, .. }) = serde_json::from_value(input.clone()) else {
        return Vec::new();
    };
    let Some((name, host)) = to.read() else { return Vec::new() };
    let is_up = tenant.state.is_up();
    worded(|step| match step {
        RenameStep::Name => Some(format!("name: {} -> {name}", tenant.name)),
        RenameStep::Address => Some(format!("host: {} -> {host}", tenant.host)),
        RenameStep::Container if is_up => {
            Some("replace the container; requests wait meanwhile".to_owned())
        }
        RenameStep::Check if is_up => Some(format!("wait until {host} answers through the edge")),
        RenameStep::Container | RenameStep::Check => None,
        RenameStep::Publish if tenant.host == host => Some("open the route".to_owned()),
        RenameStep::Publish => Some(format!("{host} leads to it, {} is unknown", tenant.host)),
    })
}

fn removal(tenant: &Tenant) -> Vec<PlanAction> {
    let object = tenant.id.object_name();
    worded(|step| {
        Some(match step {
            PurgeStep::Route => format!("make {} unknown", tenant.host),
            PurgeStep::Container => format!("remove container `{object}`"),
            PurgeStep::Network => format!("remove network `{object}`"),
            PurgeStep::Database => format!("drop database and role `{object}`, for good"),
            PurgeStep::Files => "remove its files, for good".to_owned(),
        })
    })
}

/// What setting and noting something will do.
pub(crate) fn set(
    tenant: &Tenant,
    (was, noted): (&Noted, &Noted),
    wishes: Option<&SetInput>,
) -> PlanView {
    let mut actions = notes(was, noted);
    if let Some(SetInput { from, to }) = wishes {
        let mut differ = |what: &str, old: String, new: String| {
            if old != new {
                actions.push(PlanAction { step: "apply", text: format!("{what}: {old} -> {new}") });
            }
        };
        differ("processor", cores(from.cpu_millis.into()), cores(to.cpu_millis.into()));
        differ("memory", Bytes(from.memory).to_string(), Bytes(to.memory).to_string());
        differ("processes", from.pids.to_string(), to.pids.to_string());
        differ("stage", from.stage.clone(), to.stage.clone());
        if tenant.state.is_up() {
            let text = "replace the container; requests wait meanwhile".to_owned();
            actions.push(PlanAction { step: "container", text });
        }
    }
    PlanView { summary: format!("change tenant {}", tenant.name), actions, settings: host(tenant) }
}

fn notes(was: &Noted, noted: &Noted) -> Vec<PlanAction> {
    let or = |text: Option<String>, none: &str| text.unwrap_or_else(|| none.to_owned());
    let told = |noted: &Noted| {
        let tags: Vec<&str> = noted.details.tags.as_slice().iter().map(Tag::as_str).collect();
        [
            ("notes", or(noted.details.notes.as_ref().map(ToString::to_string), "none")),
            ("tags", if tags.is_empty() { "none".to_owned() } else { tags.join(", ") }),
            ("owner", or(noted.details.owner.as_ref().map(ToString::to_string), "nobody")),
            ("expires", or(noted.details.expires_at.map(|at| at.to_string()), "never")),
            ("storage", or(noted.storage.map(|bytes| bytes.to_string()), "no bound")),
        ]
    };
    let both = told(was).into_iter().zip(told(noted));
    both.filter(|(old, new)| old != new)
        .map(|((what, old), (_, new))| PlanAction {
            step: "note",
            text: format!("{what}: {old} -> {new}"),
        })
        .collect()
}
