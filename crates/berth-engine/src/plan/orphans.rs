//! What will become of what belongs to nobody, in words.

use std::collections::BTreeMap;

use berth_domain::Tenant;

use super::change::texts;
use crate::Settings;
use crate::sagas::adopt::AdoptStep;
use crate::view::{OrphanView, PlanAction, PlanView};

/// What a removal will do.
pub(crate) fn orphan_removal(chosen: &[OrphanView]) -> PlanView {
    let action = |orphan: &OrphanView| {
        let OrphanView { what, why, size, .. } = orphan;
        let size = size.map(|size| format!(", {size}")).unwrap_or_default();
        let (kind, name) = (what.kind.as_str(), &what.name);
        PlanAction { step: kind, text: format!("remove {kind} `{name}` ({why}{size})") }
    };
    let summary = match chosen.len() {
        0 => "remove nothing: there is no such orphan".to_owned(),
        1 => "remove 1 orphan for good".to_owned(),
        count => format!("remove {count} orphans for good"),
    };
    PlanView { summary, actions: chosen.iter().map(action).collect(), settings: BTreeMap::new() }
}

/// What an adoption will do.
pub(crate) fn adoption(settings: &Settings, tenant: &Tenant) -> PlanView {
    let addons = tenant.addons.as_ref().map(|path| ("addons", path.display().to_string()));
    let settings = [
        ("id", tenant.id.to_string()),
        ("host", tenant.host.to_string()),
        ("url", settings.url(&tenant.host)),
        ("image", tenant.image.reference.to_string()),
        ("stage", tenant.stage.to_string()),
    ];
    PlanView {
        summary: format!("make archived tenant {} of `{}`", tenant.name, tenant.id.object_name()),
        actions: texts::<AdoptStep>(),
        settings: settings.into_iter().chain(addons).collect(),
    }
}
