//! A tenant's route at the edge, from its first check to its end.

use std::time::Duration;

use berth_domain::{Tenant, TenantState};
use berth_edge::{RouteState, Upstream};
use berth_runtime::{LogQuery, ObservedState, ObservedWorkload, WorkloadName};
use futures_util::StreamExt;

use crate::engine::Inner;
use crate::operation::{Context, Needs, StepError};
use crate::parts::container;

/// Port of Odoo's web server.
const HTTP: u16 = 8069;
/// Port of its second server, which answers `WebSocket`s when there are workers.
const WEBSOCKET: u16 = 8072;
/// The page that tells whether Odoo serves this database.
pub(crate) const LOGIN_PAGE: &str = "/web/login";
/// Why a container that runs is not reached.
const NO_ADDRESS: &str = "the container has no address: its network is gone";
/// How often the edge is asked while a tenant comes up.
const KNOCK: Duration = Duration::from_millis(25);
/// How often the container is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(500);

/// Publishes the route for Berth's own eyes and waits until the login page was served through it.
pub(crate) async fn check(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    revive(context, &tenant).await?;
    let upstream = upstream(context, &tenant).await?;
    context.routes.set(&tenant, RouteState::Checking, Some(upstream));
    answers(context, &tenant).await
}

/// The same for a tenant whose visitors wait at the edge: they go on waiting until it answers.
pub(crate) async fn check_behind_hold(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    revive(context, &tenant).await?;
    let upstream = upstream(context, &tenant).await?;
    context.routes.set(&tenant, RouteState::Held, Some(upstream));
    answers(context, &tenant).await
}

/// Starts a container that ended since it was started, as a restart of the engine ends all of them, or
/// that lost its network. Nobody else does while an operation has the tenant. One that ends while it is
/// checked is not started again.
async fn revive(context: &Context, tenant: &Tenant) -> Result<(), StepError> {
    let name = WorkloadName::tenant(&tenant.id.object_name());
    match context.runtime.workloads.observe(&name).await? {
        Some(observed) if upstream_of(&observed, tenant).is_some() => Ok(()),
        _ => container::ensure_started(context).await,
    }
}

/// Lets visitors in. What was lost since it was checked is made again and checked again.
pub(crate) async fn open(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    if upstream(context, &tenant).await.is_err() {
        check_behind_hold(context).await?;
    }
    let upstream = upstream(context, &tenant).await?;
    context.routes.set(&tenant, RouteState::Open, Some(upstream));
    context.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

/// Keeps visitors waiting, for as long as the edge lets them.
pub(crate) async fn hold(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    context.routes.set(&tenant, RouteState::Held, None);
    Ok(())
}

/// Tells visitors that the tenant is being worked on, for longer than they would wait.
pub(crate) async fn maintenance(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    context.routes.set(&tenant, RouteState::Maintenance, None);
    context.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

/// Tells visitors that the tenant is stopped.
pub(crate) async fn stopped(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    context.routes.set(&tenant, RouteState::Stopped, None);
    context.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

/// Tells visitors that the tenant is closed to them.
pub(crate) async fn suspended(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    context.routes.set(&tenant, closed(context, &tenant), None);
    context.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

/// Why a suspended tenant is closed: it expired, or somebody closed it.
pub(crate) fn closed(engine: &Inner, tenant: &Tenant) -> RouteState {
    match tenant.details.expires_at {
        Some(at) if at <= engine.clock.now() => RouteState::Expired,
        _ => RouteState::Suspended,
    }
}

/// Tells visitors what they are to see of a tenant in this state of rest.
pub(crate) async fn as_in(context: &Context, state: &TenantState) -> Result<(), StepError> {
    match state {
        TenantState::Running | TenantState::OverLimit { .. } => open(context).await,
        TenantState::Stopped { .. } => stopped(context).await,
        TenantState::Suspended { .. } => suspended(context).await,
        TenantState::Archived { .. } | TenantState::Deleted { .. } => forget(context).await,
        TenantState::Drifted { .. }
        | TenantState::Broken { .. }
        | TenantState::Provisioning { .. }
        | TenantState::Changing { .. }
        | TenantState::Deleting { .. } => {
            fail(context).await;
            Ok(())
        }
    }
}

/// Tells visitors that the tenant does not work, from the first moment of the next start as well.
pub(crate) async fn fail(context: &Context) {
    if let Ok(tenant) = context.tenant().await {
        context.routes.set(&tenant, RouteState::Failed, None);
        if let Err(error) = context.routes.save().await {
            tracing::warn!(tenant.name = %tenant.name, %error, "cannot save the route table");
        }
    }
}

/// Forgets the route: its host is unknown from now on.
pub(crate) async fn forget(context: &Context) -> Result<(), StepError> {
    context.routes.remove(context.tenant_id());
    context.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

/// Reads back where the tenant's container is reached.
pub(crate) async fn upstream(engine: &Inner, tenant: &Tenant) -> Result<Upstream, StepError> {
    let name = WorkloadName::tenant(&tenant.id.object_name());
    let observed = engine.runtime.workloads.observe(&name).await?;
    let Some(observed) = observed else {
        return Err(StepError::retry("the container is gone").needing(Needs::BOTH));
    };
    upstream_of(&observed, tenant).ok_or_else(|| StepError::retry(NO_ADDRESS).needing(Needs::BOTH))
}

/// Where a container is reached. `None`: it is not now, because it does not run or is on no network.
pub(crate) fn upstream_of(observed: &ObservedWorkload, tenant: &Tenant) -> Option<Upstream> {
    let http = observed.endpoints.get(&HTTP)?;
    let websocket = observed.endpoints.get(&WEBSOCKET).filter(|_| tenant.limits.workers() > 0);
    Some(Upstream {
        http: http.address(),
        websocket: websocket.map(berth_runtime::Endpoint::address),
    })
}

/// Waits until the login page is served through the edge, as long as the container lives. How long
/// that may take is the step's deadline.
pub(crate) async fn answers(engine: &Inner, tenant: &Tenant) -> Result<(), StepError> {
    // The edge has patience with a tenant that does not take a connection. A container that has ended
    // never will, and is not waited for that long.
    tokio::select! {
        served = serves(engine, tenant) => served,
        ended = ends(engine, tenant) => Err(ended),
    }
}

async fn serves(engine: &Inner, tenant: &Tenant) -> Result<(), StepError> {
    loop {
        match engine.door.knock(&tenant.host, LOGIN_PAGE).await {
            Ok(200) => return Ok(()),
            // An error page of Odoo itself: it runs, and says that it cannot serve this database.
            Ok(status @ (500 | 404)) => {
                let detail = last_words(engine, tenant).await;
                return Err(StepError::retry(format!("the login page answered {status}"))
                    .needing(Needs::BOTH)
                    .with_detail(detail));
            }
            Ok(_) => {}
            Err(error) => return Err(StepError::io("the edge does not answer")(error)),
        }
        tokio::time::sleep(KNOCK).await;
    }
}

async fn ends(engine: &Inner, tenant: &Tenant) -> StepError {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = lives(engine, tenant).await {
            return error;
        }
    }
}

/// Fails when the container has ended, with its last words, or is not reached any more.
async fn lives(engine: &Inner, tenant: &Tenant) -> Result<(), StepError> {
    let name = WorkloadName::tenant(&tenant.id.object_name());
    let observed = engine.runtime.workloads.observe(&name).await?;
    let is_reached = observed.as_ref().is_some_and(|found| upstream_of(found, tenant).is_some());
    let why = match observed.map(|observed| observed.state) {
        Some(ObservedState::Running) if !is_reached => {
            return Err(StepError::retry(NO_ADDRESS).needing(Needs::BOTH));
        }
        Some(ObservedState::Running | ObservedState::Created) => return Ok(()),
        Some(ObservedState::Exited(exit)) if exit.out_of_memory => {
            "Odoo was ended because it reached its memory limit".to_owned()
        }
        Some(ObservedState::Exited(exit)) => format!("Odoo ended with code {}", exit.code),
        None => "the container is gone".to_owned(),
    };
    let ended = StepError::fail(why).needing(Needs::BOTH);
    Err(ended.with_detail(last_words(engine, tenant).await))
}

/// The end of the tenant's log, for whoever has to find out why.
async fn last_words(engine: &Inner, tenant: &Tenant) -> String {
    let name = WorkloadName::tenant(&tenant.id.object_name());
    let query = LogQuery { tail: Some(40), follow: false, since: None };
    let Ok(lines) = engine.runtime.telemetry.logs(&name, query).await else {
        return "its log cannot be read".to_owned();
    };
    let lines: Vec<String> =
        lines.filter_map(|line| async { line.ok().map(|line| line.text) }).collect().await;
    lines.join("\n")
}
