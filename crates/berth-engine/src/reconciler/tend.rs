//! Looking after one tenant: look, plan, put right, look again.
//!
//! # Invariants
//!
//! * Everything that is done rests on what was seen after the tenant's lock was taken.
//! * Nothing is retried in here. What fails is looked at again later.

use std::sync::Arc;

use berth_domain::reconcile::{Action, Desired, Plan, Planned, Trouble, plan};
use berth_domain::{Tenant, TenantId, TenantState, Timestamp};
use berth_store::tenants;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit};
use tokio::time::Instant;

use super::publish::{Published, publish};
use super::record::{self, News};
use super::{Seen, Subject, execute, one};
use crate::engine::Inner;
use crate::operation::StepError;
use crate::parts::database;

/// After putting something right it is looked at again, so often at most.
const ROUNDS: u32 = 3;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tended {
    /// It is as it should be.
    Well,
    /// An operation has it, it is gone, or only a person can help.
    Left,
    /// Something failed or is waited for: look again then.
    Until(Instant),
}

/// What came of one visit, and what was done in it.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(super) ended: Tended,
    pub(crate) done: Vec<Planned>,
}

/// Whoever changes a tenant holds the lock of this name.
pub(crate) fn lock_name(id: TenantId) -> String {
    format!("tenant {id}")
}

/// What a tenant should be.
pub(crate) fn desired<'a>(engine: &Inner, tenant: &'a Tenant) -> Desired<'a> {
    Desired {
        tenant,
        subnet: tenant.subnet.and_then(|index| engine.settings.pool.subnet(index)),
        connections: database::connections(tenant.limits).role_limit(),
        restarts: engine
            .reconciler
            .written(tenant.id)
            .map(|seen| seen.restarts)
            .unwrap_or_default(),
    }
}

/// Puts one tenant right, as far as that is possible now.
pub(super) async fn tend(
    engine: &Arc<Inner>,
    subject: Subject,
    place: OwnedSemaphorePermit,
) -> Report {
    let mut visit =
        Visit { engine, subject, began: Instant::now(), done: Vec::new(), place: Some(place) };
    let ended = visit.rounds().await;
    Report { ended, done: visit.done }
}

/// One visit of a tenant.
struct Visit<'a> {
    engine: &'a Arc<Inner>,
    subject: Subject,
    began: Instant,
    /// What was done so far.
    done: Vec<Planned>,
    /// Given back once others would wait for too long.
    place: Option<OwnedSemaphorePermit>,
}

impl Visit<'_> {
    async fn rounds(&mut self) -> Tended {
        let Self { engine, subject, .. } = *self;
        for _ in 0..ROUNDS {
            match self.round().await {
                Ok(Some(tended)) => return tended,
                Ok(None) => {}
                Err(error) => {
                    let next = engine.reconciler.failed(subject.id);
                    tracing::warn!(tenant.id = %subject.id, error = %error.why, "cannot look after a tenant");
                    return Tended::Until(next);
                }
            }
        }
        // It changes as fast as it is put right.
        Tended::Until(engine.reconciler.failed(subject.id))
    }

    /// `None`: something was done, and it is worth another look. An error means that nothing could be
    /// seen or written, which is not the tenant's fault.
    async fn round(&mut self) -> Result<Option<Tended>, StepError> {
        let engine = self.engine;
        let lock = engine.locks.try_lock(&lock_name(self.subject.id));
        let Some(lock) = lock else { return Ok(Some(Tended::Left)) };
        let Some(tenant) = read(engine, self.subject).await? else {
            return Ok(Some(Tended::Left));
        };
        let seen = one(engine, &tenant).await?;
        let now = engine.clock.now();
        let desired = desired(engine, &tenant);
        let plan = plan(&desired, &seen.observed, now);
        if plan.is_empty() {
            self.settle(&tenant, &seen, now).await?;
            return Ok(Some(Tended::Well));
        }
        if let Err(error) = self.act(&tenant, &seen, &plan).await {
            return self.fail(&tenant, &seen, &error).await.map(Some);
        }
        if let Some(trouble) = plan.troubles.first() {
            return self.give_up(&tenant, &seen, trouble, &plan).await.map(Some);
        }
        if plan.has(Action::Publish) {
            return self.open(&tenant, &seen, lock).await;
        }
        Ok(None)
    }

    async fn act(&mut self, tenant: &Tenant, seen: &Seen, plan: &Plan) -> Result<(), StepError> {
        for planned in &plan.actions {
            if planned.action != Action::Publish {
                tracing::info!(
                    tenant.name = %tenant.name, action = planned.action.label(),
                    found = %planned.reason, "putting a tenant right"
                );
                execute::execute(self.engine, tenant, seen, planned.action).await?;
                self.done.push(planned.clone());
            }
        }
        Ok(())
    }

    /// Lets visitors in once it answers.
    async fn open(
        &mut self,
        tenant: &Tenant,
        seen: &Seen,
        lock: OwnedMutexGuard<()>,
    ) -> Result<Option<Tended>, StepError> {
        let mut slow = Slow { visit: self, tenant, seen };
        match publish(tenant, &mut slow, lock).await {
            Ok(Published::Open) => self.confirm(tenant).await,
            Ok(Published::Left) => Ok(Some(Tended::Left)),
            Err(error) => self.fail(tenant, seen, &error).await.map(Some),
        }
    }

    /// Visitors get through. What else there may be is found by looking once more.
    async fn confirm(&mut self, tenant: &Tenant) -> Result<Option<Tended>, StepError> {
        let seen = one(self.engine, tenant).await?;
        let now = self.engine.clock.now();
        // That it serves is known now; in its row it may still be drifted.
        let serving = Tenant { state: TenantState::Running, ..tenant.clone() };
        if !plan(&desired(self.engine, &serving), &seen.observed, now).is_empty() {
            return Ok(None);
        }
        // Its state may have become another one while it was waited for.
        let Some(tenant) = read(self.engine, self.subject).await? else {
            return Ok(Some(Tended::Left));
        };
        self.settle(&tenant, &seen, now).await?;
        Ok(Some(Tended::Well))
    }

    async fn settle(
        &mut self,
        tenant: &Tenant,
        seen: &Seen,
        now: Timestamp,
    ) -> Result<(), StepError> {
        self.engine.reconciler.succeeded(tenant.id);
        let restarts = desired(self.engine, tenant).restarts;
        let mut news = News::well(tenant, seen, restarts, now);
        if !self.done.is_empty() {
            news = news.healed(&self.done, self.began.elapsed());
        }
        record::write(self.engine, vec![news]).await
    }

    async fn fail(
        &mut self,
        tenant: &Tenant,
        seen: &Seen,
        error: &StepError,
    ) -> Result<Tended, StepError> {
        let found = self.done.last().map(|planned| planned.reason.as_str());
        let reason = match found {
            Some(found) => format!("{found}, and: {}", error.why),
            None => error.why.clone(),
        };
        let hint = format!("see its log with `berth tenant logs {}`", tenant.name);
        self.drift(tenant, seen, (&reason, Some(&hint))).await?;
        Ok(Tended::Until(self.engine.reconciler.failed(tenant.id)))
    }

    async fn give_up(
        &mut self,
        tenant: &Tenant,
        seen: &Seen,
        trouble: &Trouble,
        plan: &Plan,
    ) -> Result<Tended, StepError> {
        self.drift(tenant, seen, (&trouble.reason, trouble.hint.as_deref())).await?;
        let Some(until) = plan.wait_until else { return Ok(Tended::Left) };
        let wait = until.duration_since(self.engine.clock.now());
        Ok(Tended::Until(Instant::now() + wait.try_into().unwrap_or_default()))
    }

    async fn drift(
        &self,
        tenant: &Tenant,
        seen: &Seen,
        why: (&str, Option<&str>),
    ) -> Result<(), StepError> {
        let news = News::drift(self.engine, tenant, why, Some(&seen.container));
        record::write(self.engine, vec![news]).await
    }
}

/// What is done about a tenant that takes long to answer.
pub(super) struct Slow<'a, 'b> {
    visit: &'a mut Visit<'b>,
    tenant: &'a Tenant,
    seen: &'a Seen,
}

impl Slow<'_, '_> {
    pub(super) const fn engine(&self) -> &Arc<Inner> {
        self.visit.engine
    }

    /// Others need not wait for it, and nobody is told that it runs.
    pub(super) async fn is_slow(&mut self) -> Result<(), StepError> {
        self.visit.place = None;
        let found = self.visit.done.last().map(|planned| planned.reason.as_str());
        let found = found.unwrap_or("its route was not open");
        let reason = format!("{found}; its login page does not answer yet");
        self.visit.drift(self.tenant, self.seen, (&reason, None)).await
    }
}

/// `None`: it is gone, or an operation has it.
pub(super) async fn read(engine: &Inner, subject: Subject) -> Result<Option<Tenant>, StepError> {
    let mut tx = engine.store.read().await?;
    let tenant = tenants::get(&mut tx, subject.organisation, subject.id).await?;
    Ok(tenant.filter(|tenant| tenant.state.operation().is_none()))
}
