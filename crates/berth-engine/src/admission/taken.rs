//! Whether a name and a host are free.

use berth_domain::{HostName, OrganisationId, Problems, Tenant, TenantName, TenantState};
use berth_store::names::{self, Holder};
use berth_store::{Tx, tenants};

use crate::engine::Inner;
use crate::error::EngineError;

/// Notes which of the two another tenant than `whose` has.
pub(crate) async fn check(
    tx: &mut Tx,
    (name, host): (&TenantName, &HostName),
    whose: Option<&Tenant>,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    let except = whose.map(|tenant| tenant.id);
    if let Some(holder) = names::holder_of_name(tx, name, except).await? {
        let organisation = whose.map_or(holder.organisation, |tenant| tenant.organisation);
        let (message, hint) = of_name(tx, name, holder, organisation).await?;
        match hint {
            Some(hint) => problems.add_with_hint("name", message, &hint),
            None => problems.add("name", message),
        }
    }
    if let Some(holder) = names::holder_of_host(tx, host, except).await? {
        let organisation = whose.map_or(holder.organisation, |tenant| tenant.organisation);
        note_host(tx, (host, organisation), holder, problems).await?;
    }
    Ok(())
}

/// Notes that a host is a name of the console: whoever signs in there must not meet a tenant, nor leave
/// it their cookies.
pub(crate) fn by_console(engine: &Inner, host: &HostName, problems: &mut Problems) {
    if engine.settings.console_names().contains(host) {
        problems.add_with_hint(
            "host",
            format!("`{host}` is a name of the console"),
            "choose another host, or take it out of `console.names`",
        );
    }
}

/// Which names of the console tenants have all the same, from the time before they were its names.
pub(crate) async fn from_console(
    engine: &Inner,
    tx: &mut Tx,
) -> Result<Vec<(HostName, Option<TenantName>)>, EngineError> {
    let mut found = Vec::new();
    for name in engine.settings.console_names() {
        if let Some(holder) = names::holder_of_host(tx, name, None).await? {
            let tenant = tenants::get(tx, holder.organisation, holder.tenant).await?;
            found.push((name.clone(), tenant.map(|tenant| tenant.name)));
        }
    }
    Ok(found)
}

/// Notes that a host leads to another tenant. Of tenants of other organisations nothing else is said.
pub(crate) async fn note_host(
    tx: &mut Tx,
    (host, organisation): (&HostName, OrganisationId),
    holder: Holder,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    let other = tenants::get(tx, organisation, holder.tenant).await?;
    let message = match other {
        Some(Tenant { state: TenantState::Deleted { until, .. }, .. }) => format!(
            "`{host}` leads to a tenant that is deleted and can be brought back until {until}"
        ),
        _ => format!("`{host}` already leads to another tenant"),
    };
    problems.add("host", message);
    Ok(())
}

/// Says who has a name, and what helps. Of tenants of other organisations nothing is said.
pub(crate) async fn of_name(
    tx: &mut Tx,
    name: &TenantName,
    holder: Holder,
    organisation: OrganisationId,
) -> Result<(String, Option<String>), EngineError> {
    let other = tenants::get(tx, organisation, holder.tenant).await?;
    Ok(match other {
        Some(other) if other.name != *name => {
            (format!("`{name}` is kept for `{}` until its renaming is over", other.name), None)
        }
        Some(Tenant { state: TenantState::Deleted { until, .. }, .. }) => (
            format!("a tenant called `{name}` is deleted and can be brought back until {until}"),
            Some(format!(
                "bring it back with `berth tenant restore-deleted {name}`, or remove it for good with `berth tenant delete {name} --now`"
            )),
        ),
        _ => (format!("a tenant called `{name}` already exists"), None),
    })
}
