//! What will be created or changed, in words, before anything is.

mod asked;

use std::collections::BTreeMap;

use berth_domain::{ModuleName, Tenant};
use berth_odoo::probe::Capabilities;
use serde_json::Value;

use crate::Settings;
use crate::operation::Step;
use crate::parts::cluster::Cluster;
use crate::request::TenantChange;
use crate::sagas::create::CreateStep;
use crate::sagas::set::SetInput;
use crate::sagas::{delete::DeleteStep, restart::RestartStep, start::StartStep, stop::StopStep};
use crate::view::{PlanAction, PlanView};

pub(crate) use asked::{asked, demo};

/// What a step of a creation will do. `None` for a step that has nothing to do here.
pub(crate) fn create(
    step: CreateStep,
    tenant: &Tenant,
    capabilities: &Capabilities,
    cluster: &Cluster,
    blueprint_is_ready: bool,
) -> Option<String> {
    let odoo = &tenant.odoo;
    let object = tenant.id.object_name();
    let modules: Vec<&str> =
        std::iter::once("base").chain(odoo.modules.iter().map(ModuleName::as_str)).collect();
    let of = format!(
        "Odoo {} ({}, {}{})",
        capabilities.series,
        modules.join(", "),
        odoo.language,
        if odoo.demo { ", demo data" } else { "" }
    );
    Some(match step {
        CreateStep::Network => "make a network of its own".to_owned(),
        CreateStep::Blueprint if blueprint_is_ready => format!("use the blueprint of {of}"),
        CreateStep::Blueprint => format!("build a blueprint of {of}: once, about a minute"),
        CreateStep::Database => {
            format!("clone role and database `{object}` on cluster `{}`", cluster.name)
        }
        CreateStep::Files => "copy the filestore and write odoo.conf".to_owned(),
        CreateStep::Modules => {
            format!("install modules from `{}`", tenant.addons.as_ref()?.display())
        }
        CreateStep::Container => format!(
            "start a container of {} with {}, {} and {} processes",
            tenant.image.reference,
            cores(tenant.limits.cpu_millis),
            tenant.limits.memory,
            tenant.limits.pids
        ),
        CreateStep::Check => format!("wait until {} answers through the edge", tenant.host),
        CreateStep::Publish => "open the route".to_owned(),
    })
}

/// What the new tenant will be.
pub(crate) fn settings(settings: &Settings, tenant: &Tenant) -> BTreeMap<&'static str, String> {
    let odoo = &tenant.odoo;
    BTreeMap::from([
        ("host", tenant.host.to_string()),
        ("url", settings.url(&tenant.host)),
        ("stage", tenant.stage.to_string()),
        ("image", tenant.image.reference.to_string()),
        ("language", odoo.language.to_string()),
        ("time_zone", odoo.time_zone.to_string()),
        ("company", odoo.company.to_string()),
        ("login", odoo.admin_login.to_string()),
        ("workers", tenant.limits.workers().to_string()),
    ])
}

/// What a change will do.
pub(crate) fn change(tenant: &Tenant, change: &TenantChange, input: &Value) -> PlanView {
    let name = &tenant.name;
    let (verb, actions) = match change {
        TenantChange::Start => ("start", texts::<StartStep>()),
        TenantChange::Stop => ("stop", texts::<StopStep>()),
        TenantChange::Restart => ("restart", texts::<RestartStep>()),
        TenantChange::Delete => ("delete", deletion(tenant)),
        TenantChange::Set(_) => ("change", set(input)),
    };
    PlanView {
        summary: format!("{verb} tenant {name}"),
        actions,
        settings: BTreeMap::from([("host", tenant.host.to_string())]),
    }
}

/// What another password for the administrator will do.
pub(crate) fn password(settings: &Settings, tenant: &Tenant, is_given: bool) -> PlanView {
    let (object, login) = (tenant.id.object_name(), &tenant.odoo.admin_login);
    let which = if is_given { "the password that was given" } else { "a password that is made up" };
    let action = |step, text| PlanAction { step, text };
    PlanView {
        summary: format!("set the password of {login} in tenant {}", tenant.name),
        actions: vec![
            action("database", format!("write {which} to database `{object}`, hashed")),
            action("secret", "keep it sealed, for `berth tenant password show`".to_owned()),
        ],
        settings: BTreeMap::from([
            ("login", login.to_string()),
            ("url", settings.url(&tenant.host)),
        ]),
    }
}

fn texts<S: Step>() -> Vec<PlanAction> {
    S::ALL
        .iter()
        .map(|step| PlanAction { step: step.label(), text: step.text().to_owned() })
        .collect()
}

fn deletion(tenant: &Tenant) -> Vec<PlanAction> {
    let object = tenant.id.object_name();
    let text = |step| match step {
        DeleteStep::Route => format!("make {} unknown", tenant.host),
        DeleteStep::Container => format!("remove container `{object}`"),
        DeleteStep::Network => format!("remove network `{object}`"),
        DeleteStep::Database => format!("drop database and role `{object}`, for good"),
        DeleteStep::Files => "remove its files, for good".to_owned(),
    };
    DeleteStep::ALL
        .iter()
        .map(|step| PlanAction { step: step.label(), text: text(*step) })
        .collect()
}

fn set(input: &Value) -> Vec<PlanAction> {
    let Ok(SetInput { from, to, was_running }) = serde_json::from_value(input.clone()) else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    let mut differ = |what: &str, old: String, new: String| {
        if old != new {
            actions.push(PlanAction { step: "apply", text: format!("{what}: {old} -> {new}") });
        }
    };
    differ("processor", cores(from.cpu_millis), cores(to.cpu_millis));
    let size = |bytes| berth_domain::Bytes(bytes).to_string();
    differ("memory", size(from.memory), size(to.memory));
    differ("processes", from.pids.to_string(), to.pids.to_string());
    differ("stage", from.stage, to.stage);
    if was_running {
        let text = "replace the container; requests wait meanwhile".to_owned();
        actions.push(PlanAction { step: "container", text });
    }
    actions
}

/// `1500` thousandths as `1.5 cores`.
fn cores(millis: u32) -> String {
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "1" { "1 core".to_owned() } else { format!("{text} cores") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cores_are_written_as_short_as_they_can_be() {
        let written = [500, 1000, 1500, 1250].map(super::cores);

        assert_eq!(written, ["0.5 cores", "1 core", "1.5 cores", "1.25 cores"]);
    }
}
