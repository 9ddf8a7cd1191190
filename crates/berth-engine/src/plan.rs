//! What will be created or changed, in words, before anything is.

mod asked;
mod change;
mod import;
mod modules;
mod orphans;
mod quota;

use std::collections::BTreeMap;

use berth_domain::{ModuleName, Tenant};
use berth_odoo::probe::Capabilities;

use crate::Settings;
use crate::admission::quota::cores;
use crate::sagas::create::CreateStep;
use crate::view::{PlanAction, PlanView};

pub(crate) use asked::{asked, demo};
pub(crate) use change::{change, set};
pub(crate) use import::{Import, import};
pub(crate) use orphans::{adoption, orphan_removal};
pub(crate) use quota::quota;

/// What a step of a creation will do. `None` for a step that has nothing to do here.
pub(crate) fn create(
    step: CreateStep,
    tenant: &Tenant,
    capabilities: &Capabilities,
    cluster: &str,
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
        CreateStep::Blueprint if tenant.has_own_cluster() => format!(
            "make a PostgreSQL server of its own, and install {of} there: about a minute and a half"
        ),
        CreateStep::Blueprint if blueprint_is_ready => format!("use the blueprint of {of}"),
        CreateStep::Blueprint => format!("build a blueprint of {of}: once, about a minute"),
        CreateStep::Database => {
            format!("clone role and database `{object}` on cluster `{cluster}`")
        }
        CreateStep::Files => "copy the filestore and write odoo.conf".to_owned(),
        CreateStep::Modules => {
            format!("install modules from `{}`", tenant.addons.as_ref()?.display())
        }
        CreateStep::Container => format!(
            "start a container of {} with {}, {} and {} processes",
            tenant.image.reference,
            cores(tenant.limits.cpu_millis.into()),
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
