//! What the reconciler remembers between two looks. All of it can be found out again.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use berth_domain::TenantId;
use berth_domain::reconcile::Restarts;
use berth_store::observations::Observation;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::Subject;
use super::tend::Report;

/// Shared by everybody who looks.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    state: Mutex<State>,
    nudges: Mutex<Vec<Nudge>>,
    nudged: Notify,
}

/// Somebody waits for a tenant to be looked after.
#[derive(Debug)]
pub(super) struct Nudge {
    pub(super) subject: Subject,
    pub(super) heard: oneshot::Sender<Report>,
}

#[derive(Debug, Default)]
struct State {
    subjects: BTreeMap<TenantId, Subject>,
    /// Observations as they were written last.
    written: BTreeMap<TenantId, Observation>,
    failures: BTreeMap<TenantId, Failures>,
    /// What was last said in the log of why nothing can be seen.
    complaint: Option<String>,
}

/// Attempts in a row that failed.
#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    next: Instant,
}

/// After the first failed attempt; it doubles with each.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Memory {
    /// Whom an id stands for. `None`: a tenant that was made since the last scan.
    pub(super) fn subject(&self, id: TenantId) -> Option<Subject> {
        self.state().subjects.get(&id).copied()
    }

    /// These are all tenants there are.
    pub(super) fn know<'a>(&self, tenants: impl Iterator<Item = &'a berth_domain::Tenant>) {
        let mut state = self.state();
        state.subjects = tenants.map(|tenant| (tenant.id, Subject::of(tenant))).collect();
        let State { subjects, written, failures, .. } = &mut *state;
        written.retain(|id, _| subjects.contains_key(id));
        failures.retain(|id, _| subjects.contains_key(id));
    }

    /// Asks whoever reconciles to look after a tenant now, and to say what came of it.
    pub(crate) fn nudge(&self, subject: Subject) -> oneshot::Receiver<Report> {
        let (heard, report) = oneshot::channel();
        let mut nudges = self.nudges.lock().unwrap_or_else(PoisonError::into_inner);
        nudges.push(Nudge { subject, heard });
        self.nudged.notify_one();
        report
    }

    /// Waits until somebody asked for something.
    pub(super) async fn nudged(&self) -> Vec<Nudge> {
        self.nudged.notified().await;
        mem::take(&mut *self.nudges.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins from nothing.
    pub(super) fn forget(&self) {
        *self.state() = State::default();
    }

    /// Whether nothing was looked at yet.
    pub(super) fn is_new(&self) -> bool {
        self.state().subjects.is_empty()
    }

    pub(super) fn written(&self, id: TenantId) -> Option<Observation> {
        self.state().written.get(&id).cloned()
    }

    pub(crate) fn remember(&self, observations: impl IntoIterator<Item = Observation>) {
        let mut state = self.state();
        state.written.extend(observations.into_iter().map(|seen| (seen.tenant, seen)));
    }

    /// Lets a tenant's restarts count from the beginning again.
    pub(crate) fn forget_restarts(&self, id: TenantId) {
        if let Some(seen) = self.state().written.get_mut(&id) {
            seen.restarts = Restarts::default();
        }
    }

    /// An attempt failed. Returns when the next one may be.
    pub(super) fn failed(&self, id: TenantId) -> Instant {
        let mut state = self.state();
        let failures =
            state.failures.entry(id).or_insert(Failures { count: 0, next: Instant::now() });
        let pause = PAUSE.saturating_mul(1 << failures.count.min(8)).min(LONGEST_PAUSE);
        failures.count += 1;
        failures.next = Instant::now() + pause;
        failures.next
    }

    pub(super) fn succeeded(&self, id: TenantId) {
        self.state().failures.remove(&id);
    }

    /// When the next attempt may be. `None`: now.
    pub(super) fn not_before(&self, id: TenantId) -> Option<Instant> {
        let next = self.state().failures.get(&id)?.next;
        (next > Instant::now()).then_some(next)
    }

    /// Says in the log why nothing can be seen, once.
    pub(super) fn complain(&self, why: &str) {
        let mut state = self.state();
        if state.complaint.as_deref() != Some(why) {
            tracing::error!(error = why, "cannot look after the tenants");
            state.complaint = Some(why.to_owned());
        }
    }

    /// Everything can be seen again.
    pub(super) fn see_clearly(&self) {
        if self.state().complaint.take().is_some() {
            tracing::info!("the tenants are looked after again");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
