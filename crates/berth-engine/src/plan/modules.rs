//! What a change of modules will do, in words.

use berth_domain::Tenant;
use berth_domain::operation::OperationKind;
use serde_json::Value;

use super::change::worded;
use crate::sagas::modules::{ModulesInput, ModulesStep, listed};
use crate::view::PlanAction;

pub(super) fn actions(tenant: &Tenant, kind: OperationKind, input: &Value) -> Vec<PlanAction> {
    let Ok(input) = serde_json::from_value::<ModulesInput>(input.clone()) else {
        return Vec::new();
    };
    let is_up = tenant.state.is_up();
    let text = |step| {
        Some(match step {
            ModulesStep::Stop if is_up => {
                "stop the container; visitors are told that it is being worked on".to_owned()
            }
            ModulesStep::Copy => {
                "copy the database: whatever fails from here on is taken back to it".to_owned()
            }
            ModulesStep::Container if is_up => "start a container".to_owned(),
            ModulesStep::Check if is_up => {
                format!("wait until {} answers through the edge", tenant.host)
            }
            ModulesStep::Tidy => "drop the copy: from then on there is no way back".to_owned(),
            ModulesStep::Publish if is_up => "open the route".to_owned(),
            _ => return None,
        })
    };
    let mut actions = worded(text);
    let at = actions.iter().position(|action| action.step == "copy").map_or(0, |at| at + 1);
    actions.splice(at..at, changes(kind, &input));
    actions
}

/// What an uninstallation takes along, which somebody has to confirm.
pub(super) fn dependents(kind: OperationKind, input: &Value) -> Option<String> {
    if kind != OperationKind::TenantUninstallModules {
        return None;
    }
    let input = serde_json::from_value::<ModulesInput>(input.clone()).ok()?;
    (!input.dependents.is_empty()).then(|| listed(&input.dependents))
}

fn changes(kind: OperationKind, input: &ModulesInput) -> Vec<PlanAction> {
    let ModulesInput { modules, dependents, pending, .. } = input;
    let (names, others) = (listed(modules), listed(dependents));
    let mut texts = Vec::new();
    if !pending.is_empty() {
        let pending = pending.join(", ");
        texts.push(format!("forget what was begun before and not finished: {pending}"));
    }
    match kind {
        OperationKind::TenantInstallModules => {
            texts.push(format!("install {names}, with what they need"));
        }
        OperationKind::TenantUpgradeModules => {
            texts.push(format!("upgrade {names}"));
            if !dependents.is_empty() {
                texts.push(format!("upgrade what needs them: {others}"));
            }
        }
        _ => {
            texts.push(format!("uninstall {names}, and delete what they keep in the database"));
            if !dependents.is_empty() {
                texts.push(format!("uninstall what needs them, with its data: {others}"));
            }
        }
    }
    texts.into_iter().map(|text| PlanAction { step: "modules", text }).collect()
}
