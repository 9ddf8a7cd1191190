//! What callers can ask for: methods of [`crate::Engine`], one file per subject.

mod access;
mod adopt;
pub(crate) mod audit;
mod change;
mod compare;
mod create;
mod disk;
mod doctor;
mod eject;
mod events;
mod export;
mod fleet;
mod glance;
mod import;
mod login_link;
mod logs;
mod maker;
mod modules;
mod notify;
mod once;
mod operations;
mod organisations;
mod orphans;
mod password;
mod people;
mod place;
mod prepare;
mod quotas;
mod reconcile;
mod schedules;
mod set;
mod statistics;
mod status;
mod tenants;
mod terms;
mod tokens;
mod unreadable;
mod uploads;
mod webhooks;

pub(crate) use disk::look_around as count_disk;
pub(crate) use doctor::{keep_checking, warn_of_console_names};
pub(crate) use notify::keep as keep_notifying;
pub use once::Recalled;
pub(crate) use people::Doorkeeper;
pub(crate) use schedules::keep as keep_schedules;
pub use set::SetOutcome;
pub(crate) use uploads::discard as discard_upload;

use berth_domain::{Actor, Organisation, OrganisationId, OrganisationName, Tenant, TenantState};
use berth_store::{Tx, organisations as known, tenants as stored};

use crate::engine::Inner;
use crate::error::EngineError;

/// Finds an organisation on behalf of somebody, whose right to it was decided before
/// (`berth_domain::access`).
async fn organisation(
    tx: &mut Tx,
    _actor: &Actor,
    name: &str,
) -> Result<Organisation, EngineError> {
    // What cannot be a name is not looked for: PostgreSQL takes no text with a NUL in it.
    let found = match name.parse::<OrganisationName>() {
        Ok(name) => known::find(tx, name.as_str()).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| EngineError::NoSuchOrganisation(shown(name)))
}

/// Finds the organisation that something is to be within. `None`: within none, but the installation.
async fn within(
    tx: &mut Tx,
    actor: &Actor,
    org: Option<&str>,
) -> Result<Option<OrganisationId>, EngineError> {
    match org {
        Some(org) => Ok(Some(organisation(tx, actor, org).await?.id)),
        None => Ok(None),
    }
}

/// Finds a tenant of an organisation. A name of any shape may be asked for; one that no tenant can
/// have is one that no tenant has.
async fn tenant(
    tx: &mut Tx,
    organisation: &Organisation,
    name: &str,
) -> Result<Tenant, EngineError> {
    let no_such = || EngineError::NoSuchTenant(shown(name));
    let name = name.parse().map_err(|_| no_such())?;
    stored::find(tx, organisation.id, &name).await?.ok_or_else(no_such)
}

/// Refuses to add anything to an organisation that was removed since it was found. It stays until the
/// transaction ends.
async fn still_there(tx: &mut Tx, organisation: OrganisationId) -> Result<(), EngineError> {
    if known::is_there(tx, organisation).await? {
        return Ok(());
    }
    Err(EngineError::NoSuchOrganisation(organisation.to_string()))
}

/// The same as [`tenant`], in a transaction of its own.
async fn find_tenant(
    engine: &Inner,
    actor: &Actor,
    org: &str,
    name: &str,
) -> Result<(Organisation, Tenant), EngineError> {
    let mut tx = engine.store.read().await?;
    let organisation = organisation(&mut tx, actor, org).await?;
    let tenant = tenant(&mut tx, &organisation, name).await?;
    Ok((organisation, tenant))
}

/// Refuses a tenant whose database cannot be opened now: something is done to it, or it is put away.
fn demand_database(tenant: &Tenant) -> Result<(), EngineError> {
    let name = || tenant.name.to_string();
    if let Some(operation) = tenant.state.operation() {
        let kind = format!("it is {}", tenant.state.label());
        return Err(EngineError::Busy { tenant: name(), kind, operation });
    }
    match tenant.state {
        TenantState::Archived { .. } | TenantState::Deleted { .. } => {
            Err(EngineError::NotRunning { tenant: name(), state: tenant.state.label() })
        }
        _ => Ok(()),
    }
}

/// What somebody typed, fit to be shown back.
fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_default).collect()
}
