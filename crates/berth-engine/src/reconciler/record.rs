//! Writing down what was found, and what was done about it.
//!
//! # Invariants
//!
//! * State, observation and event of one tenant are written together or not at all.
//! * What did not change is not written again.
//! * Nobody waits with a change of theirs until all tenants are written.

use berth_domain::reconcile::{Planned, Restarts};
use berth_domain::{Event, Tenant, TenantState, Timestamp};
use berth_store::events::{self, NewEvent};
use berth_store::observations::{self, Drift, Observation};
use berth_store::{Tx, tenants};
use serde_json::json;

use super::Seen;
use crate::engine::Inner;
use crate::operation::StepError;

/// Something to be written about one tenant.
#[derive(Debug)]
pub(super) struct News {
    tenant: Tenant,
    observation: Observation,
    /// What the tenant becomes. `None`: it stays what it is.
    becomes: Option<TenantState>,
    /// Kind and data of an event. `None`: nothing worth telling.
    told: Option<(&'static str, serde_json::Value)>,
}

impl News {
    /// Everything is as it should be.
    pub(super) fn well(tenant: &Tenant, seen: &Seen, restarts: Restarts, now: Timestamp) -> Self {
        let restarts = if restarts.in_a_row(now) == 0 { Restarts::default() } else { restarts };
        let observation = Observation {
            tenant: tenant.id,
            observed_at: now,
            container: seen.container.clone(),
            drift: None,
            restarts,
            conf: seen.conf.clone(),
        };
        let becomes = match tenant.state {
            TenantState::Drifted { .. } => tenant.state.on(Event::Ready).ok(),
            _ => None,
        };
        Self { tenant: tenant.clone(), observation, becomes, told: None }
    }

    /// The same, because something was done.
    pub(super) fn healed(self, done: &[Planned], took: std::time::Duration) -> Self {
        let found: Vec<&str> = done.iter().map(|planned| planned.reason.as_str()).collect();
        let actions: Vec<&str> = done.iter().map(|planned| planned.action.label()).collect();
        let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let data = json!({
            "tenant": self.tenant.name.as_str(), "found": found, "actions": actions, "took_ms": took,
        });
        Self { told: Some(("healed", data)), ..self }
    }

    /// Something is wrong that could not be put right, or not yet.
    pub(super) fn drift(
        engine: &Inner,
        tenant: &Tenant,
        (reason, hint): (&str, Option<&str>),
        container: Option<&str>,
    ) -> Self {
        let now = engine.clock.now();
        let before = engine.reconciler.written(tenant.id);
        let same = before.as_ref().and_then(|seen| seen.drift.as_ref());
        let same = same.filter(|drift| drift.reason == reason);
        let data = json!({ "tenant": tenant.name.as_str(), "reason": reason, "hint": hint });
        let told = same.is_none().then_some(("drifted", data));
        let drift = Drift {
            reason: reason.to_owned(),
            hint: hint.map(str::to_owned),
            since: same.map_or(now, |drift| drift.since),
        };
        let container = container.map(str::to_owned);
        let last = before.as_ref().map(|seen| seen.container.clone());
        let observation = Observation {
            tenant: tenant.id,
            observed_at: now,
            container: container.or(last).unwrap_or_else(|| "unknown".to_owned()),
            drift: Some(drift),
            restarts: before.as_ref().map(|seen| seen.restarts).unwrap_or_default(),
            conf: before.and_then(|seen| seen.conf),
        };
        let becomes = tenant.state.on(Event::Drift { at: now }).ok();
        Self { tenant: tenant.clone(), observation, becomes, told }
    }

    /// It is about to be started again.
    pub(super) fn restart(engine: &Inner, tenant: &Tenant, seen: &Seen) -> Self {
        let now = engine.clock.now();
        let before = engine.reconciler.written(tenant.id);
        let restarts = before.as_ref().map(|seen| seen.restarts).unwrap_or_default().and(now);
        let observation = Observation {
            tenant: tenant.id,
            observed_at: now,
            container: seen.container.clone(),
            drift: before.as_ref().and_then(|seen| seen.drift.clone()),
            restarts,
            conf: seen.conf.clone().or(before.and_then(|seen| seen.conf)),
        };
        Self { tenant: tenant.clone(), observation, becomes: None, told: None }
    }

    fn is_news(&self, engine: &Inner) -> bool {
        let before = engine.reconciler.written(self.tenant.id);
        let same = before.is_some_and(|before| {
            Observation { observed_at: before.observed_at, ..self.observation.clone() } == before
        });
        !same || self.becomes.is_some() || self.told.is_some()
    }
}

/// How many are written in one transaction: others write in between.
const BATCH: usize = 100;

/// Writes all of it. What somebody else overtook is left out.
pub(super) async fn write(engine: &Inner, news: Vec<News>) -> Result<(), StepError> {
    let mut news = news.into_iter().filter(|news| news.is_news(engine)).peekable();
    while news.peek().is_some() {
        write_batch(engine, news.by_ref().take(BATCH).collect()).await?;
    }
    Ok(())
}

async fn write_batch(engine: &Inner, news: Vec<News>) -> Result<(), StepError> {
    let mut written = Vec::new();
    let mut tx = engine.store.begin().await?;
    for one in news {
        if write_one(&mut tx, &one).await? {
            written.push(one);
        }
    }
    tx.commit().await?;
    for one in &written {
        say(one);
    }
    if written.iter().any(|one| one.told.is_some()) {
        engine.announce();
    }
    engine.reconciler.remember(written.into_iter().map(|one| one.observation));
    Ok(())
}

async fn write_one(tx: &mut Tx, news: &News) -> Result<bool, StepError> {
    let News { tenant, observation, becomes, told } = news;
    if let Some(next) = becomes
        && !tenants::set_state(tx, tenant.id, &tenant.state, next).await?.is_updated()
    {
        return Ok(false);
    }
    observations::put(tx, observation).await?;
    if let Some((kind, data)) = told {
        let event = NewEvent {
            organisation: tenant.organisation,
            operation: None,
            tenant: Some(tenant.id),
            kind: (*kind).to_owned(),
            data: data.clone(),
        };
        events::append(tx, &event, observation.observed_at).await?;
    }
    Ok(true)
}

fn say(news: &News) {
    let name = &news.tenant.name;
    match &news.told {
        Some(("healed", data)) => {
            tracing::info!(tenant.name = %name, %data, "a tenant was put right");
        }
        Some((_, data)) => {
            tracing::error!(tenant.name = %name, %data, "a tenant is not as it should be");
        }
        None => {}
    }
}
