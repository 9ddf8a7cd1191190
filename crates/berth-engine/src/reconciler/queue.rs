//! Who is looked at next, and who is being put right now.
//!
//! # Invariants
//!
//! * Nobody is tended twice at the same time. Who comes up meanwhile is looked at again afterwards.
//! * A tenant that makes others wait for long gives its place up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use berth_domain::TenantId;
use tokio::sync::oneshot;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::Subject;
use super::memory::Nudge;
use super::tend::{Report, Tended, tend};
use crate::engine::Inner;

/// Tenants to be looked at.
#[derive(Debug)]
pub(super) struct Queue {
    engine: Arc<Inner>,
    waiting: BTreeSet<Subject>,
    /// Who is tended, and who wants to hear what came of it.
    tended: BTreeMap<TenantId, (Subject, Vec<Heard>)>,
    /// Came up while they were being tended.
    again: BTreeSet<TenantId>,
    later: BTreeMap<TenantId, (Instant, Subject)>,
    /// Who wants to hear of the next visit.
    heard: BTreeMap<TenantId, Vec<Heard>>,
    tasks: JoinSet<(TenantId, Report)>,
    places: Arc<Semaphore>,
}

type Heard = oneshot::Sender<Report>;

impl Queue {
    pub(super) fn new(engine: &Arc<Inner>) -> Self {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from) * 2;
        Self {
            engine: Arc::clone(engine),
            waiting: BTreeSet::new(),
            tended: BTreeMap::new(),
            again: BTreeSet::new(),
            later: BTreeMap::new(),
            heard: BTreeMap::new(),
            tasks: JoinSet::new(),
            places: Arc::new(Semaphore::new(at_once)),
        }
    }

    pub(super) fn push(&mut self, subject: Subject) {
        if self.tended.contains_key(&subject.id) {
            self.again.insert(subject.id);
        } else if self.engine.reconciler.not_before(subject.id).is_none() {
            self.later.remove(&subject.id);
            self.waiting.insert(subject);
        }
    }

    /// Lets a tenant be looked after as soon as there is a place, however often that failed of late.
    pub(super) fn nudge(&mut self, Nudge { subject, heard }: Nudge) {
        self.heard.entry(subject.id).or_default().push(heard);
        if self.tended.contains_key(&subject.id) {
            self.again.insert(subject.id);
        } else {
            self.later.remove(&subject.id);
            self.waiting.insert(subject);
        }
    }

    /// Whether somebody looks after the tenant already.
    pub(super) fn has(&self, id: TenantId) -> bool {
        self.tended.contains_key(&id)
    }

    /// How many can be tended at once before somebody has to wait.
    pub(super) fn free_places(&self) -> usize {
        self.places.available_permits()
    }

    /// Does one thing that is to be done, and waits while there is nothing.
    pub(super) async fn work(&mut self) {
        let next_later = self.later.values().map(|(at, _)| *at).min();
        let later = async {
            match next_later {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let place = Arc::clone(&self.places).acquire_owned();
        tokio::select! {
            Some(ended) = self.tasks.join_next(), if !self.tasks.is_empty() => self.end(ended),
            Ok(place) = place, if !self.waiting.is_empty() => self.begin(place),
            () = later => self.wake(),
        }
    }

    fn begin(&mut self, place: OwnedSemaphorePermit) {
        let Some(subject) = self.waiting.pop_first() else { return };
        let heard = self.heard.remove(&subject.id).unwrap_or_default();
        self.tended.insert(subject.id, (subject, heard));
        let engine = Arc::clone(&self.engine);
        // Whoever takes over waits until nothing of it is at work any more.
        let tracker = self.engine.file_work.clone();
        let work = async move { (subject.id, tend(&engine, subject, place).await) };
        self.tasks.spawn(tracker.track_future(work));
    }

    fn end(&mut self, ended: Result<(TenantId, Report), tokio::task::JoinError>) {
        let (id, report) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // Whose it was is not said; the next scan comes by all of them.
                tracing::error!(%error, "looking after a tenant ended in a panic");
                self.tended.clear();
                return;
            }
        };
        let Some((subject, heard)) = self.tended.remove(&id) else { return };
        let again = self.again.remove(&id);
        let is_nudged = self.heard.contains_key(&id);
        match report.ended {
            Tended::Until(at) if !is_nudged => {
                self.later.insert(id, (at, subject));
            }
            _ if again => {
                self.waiting.insert(subject);
            }
            Tended::Well | Tended::Left | Tended::Until(_) => {}
        }
        for waits in heard {
            // Whoever asked may have gone away meanwhile.
            let _ = waits.send(report.clone());
        }
    }

    fn wake(&mut self) {
        let now = Instant::now();
        let due: Vec<Subject> =
            self.later.values().filter(|(at, _)| *at <= now).map(|(_, who)| *who).collect();
        for subject in due {
            self.later.remove(&subject.id);
            if !self.has(subject.id) {
                self.waiting.insert(subject);
            }
        }
    }
}
