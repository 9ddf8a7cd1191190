//! `/organisations/{org}/tenants/{name}`: how a tenant is.

use askama::Template;
use axum::response::Response;
use berth_domain::access::Right;
use berth_engine::view::KnownTenant;
use http::HeaderMap;
use serde::Deserialize;

use super::TenantPath;
use super::activity::{self, Deed};
use super::containers::Container;
use super::frame::{Frame, Page, base};
use super::health::Health;
use super::setup::{self, Fill, Group};
use super::trouble::{Trouble, Ways};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::fleet::{Progress, helps};
use crate::pages::gate::is_by_script;
use crate::pages::html::page;
use crate::pages::shell::{Nav, Seat, Shell};

/// Which part of the page a script wants. The page itself is all of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    part: Option<String>,
}

/// A tenant.
#[derive(Debug, Template)]
#[template(path = "tenant_overview.html", blocks = ["top", "live"])]
struct OverviewPage {
    shell: Shell,
    frame: Frame,
    trouble: Option<Trouble>,
    progress: Option<Progress>,
    health: Health,
    /// When the rest is read again, by scripts: soon while it is being looked at.
    when: &'static str,
    container: Option<Container>,
    fill: Option<Fill>,
    groups: Vec<Group>,
    deeds: Vec<Deed>,
    login: String,
    may_see_secrets: bool,
    may_read_logs: bool,
}

/// How it is, which is read again more often than the rest.
#[derive(Debug, Template)]
#[template(path = "parts/tenant_health.html")]
struct HealthPart {
    health: Health,
}

/// Shows a tenant, or for scripts a part of it.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, &org, &name).await?;
    let overview = engine.overview(&actor, &org).await?;
    let who = (name.as_str(), known.tenant.tenant.id);
    let audits = seat.may(Right::Audit);
    let deeds = activity::lately(&engine, (&actor, &org), who, audits).await?;
    let frame = Frame::of(&known.tenant, (&org, &seat), Page::Overview);
    let now = engine.now();
    let ways = Ways {
        org: &org,
        base: &frame.base,
        may_read_logs: seat.may(Right::Logs),
        may_set: seat.may(Right::Operate),
    };
    let tenant = &known.tenant.tenant;
    let about = known.operation.as_ref().map(|it| (&seat, org.as_str(), it));
    let at_work = known.operation.as_ref().filter(|it| !it.state.is_at_rest());
    let shown = OverviewPage {
        trouble: Trouble::of(&known, &ways, now)
            .map(|found| Trouble { helps: helps(&tenant.state, &frame.actions, about), ..found }),
        progress: at_work.map(|it| Progress::of(it, now)),
        health: Health::of(&known, &frame.base, now),
        when: if known.is_being_checked {
            "changed from:#app, load delay:2s"
        } else {
            "changed from:#app"
        },
        container: Container::of(&known, now),
        fill: Fill::of(known.tenant.storage.as_ref(), tenant.storage),
        groups: setup::groups(&known.tenant),
        deeds,
        login: tenant.odoo.admin_login.to_string(),
        may_see_secrets: seat.may(Right::Secrets),
        may_read_logs: seat.may(Right::Logs),
        shell: seat.shell(&overview, (Nav::Fleet, name)).await?,
        frame,
    };
    match (is_by_script(&headers), wanted.part.as_deref()) {
        (true, Some("top")) => page(&shown.as_top()),
        (true, _) => page(&shown.as_live()),
        (false, _) => page(&shown),
    }
}

/// Shows how it is.
pub(crate) async fn health(
    seat: Seat,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let engine = &seat.context.engine;
    let known: KnownTenant = engine.known_tenant(&seat.context.actor, &org, &name).await?;
    page(&HealthPart { health: Health::of(&known, &base(&org, &name), engine.now()) })
}
