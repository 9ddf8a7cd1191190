//! Writing down what somebody was not let do.
//!
//! # Invariants
//!
//! * Of the same that is denied to the same again and again, the first few are written down one by one
//!   before they are answered; the rest are counted, and one entry tells how many there were.
//! * So whoever may do nothing fills no disk, however fast they ask, and that they asked is never lost:
//!   a process that is killed loses a count of a few minutes at most.
//!
//! Attempts at passwords and codes are not counted here: how many there are is bounded by how often
//! somebody may try (`docs/adr/0016`).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use berth_domain::access::Place;
use berth_domain::audit::{Object, ObjectKind, Outcome, Via};
use berth_domain::{Actor, AuditId, Timestamp, TokenId, chain};
use berth_store::audit::{self as stored, AuditEntry};
use serde_json::json;

use crate::Engine;
use crate::engine::Inner;
use crate::error::EngineError;

/// As much of what somebody typed as is kept.
const LONGEST: usize = 200;
/// How many of the same are written down one by one.
const ONE_BY_ONE: u64 = 5;
/// For how long the rest are counted before that is written down.
const COUNTED: Duration = Duration::from_mins(5);
/// How often it is looked whether a count is to be written down.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Somebody who was not let do something.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) place: Place,
    pub(crate) action: &'static str,
    pub(crate) object: Object,
    /// In words that may be shown. `None`: that it was denied says all.
    pub(crate) why: Option<&'static str>,
}

/// What counts as the same: who, with what and by which way, wanted what, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Same {
    actor: String,
    token: Option<TokenId>,
    via: Via,
    place: Place,
    what: String,
}

#[derive(Debug)]
struct Count {
    since: Timestamp,
    times: u64,
    /// The last one that was not written down by itself.
    last: Option<AuditEntry>,
}

/// What was denied in the last minutes.
#[derive(Debug, Default)]
pub(crate) struct Denials(Mutex<BTreeMap<Same, Count>>);

impl Count {
    /// Whether it is time to tell. A clock that was set back makes it so.
    fn is_over(&self, now: Timestamp) -> bool {
        now < self.since || now >= self.since + COUNTED
    }

    /// What is told of those that were counted. `None`: there were none.
    fn told(self) -> Option<AuditEntry> {
        let further = self.times.saturating_sub(ONE_BY_ONE);
        let after = json!({ "further": further, "since": self.since.to_string() });
        self.last.map(|last| AuditEntry { after: Some(after), ..last })
    }
}

impl Denials {
    /// Counts one more of the same, and returns what is to be written down by now.
    fn count(&self, same: Same, entry: AuditEntry) -> Vec<AuditEntry> {
        let (now, mut all) = (entry.at, self.lock());
        let mut written = Vec::new();
        if all.get(&same).is_some_and(|count| count.is_over(now)) {
            written.extend(all.remove(&same).and_then(Count::told));
        }
        let count = all.entry(same).or_insert(Count { since: now, times: 0, last: None });
        count.times = count.times.saturating_add(1);
        if count.times <= ONE_BY_ONE {
            written.push(entry);
        } else {
            count.last = Some(entry);
        }
        written
    }

    /// Takes what was counted and is to be written down: what is over by `now`, or with `None` all of it.
    fn take(&self, now: Option<Timestamp>) -> Vec<AuditEntry> {
        let mut all = self.lock();
        let over = all.extract_if(.., |_, count| now.is_none_or(|now| count.is_over(now)));
        over.filter_map(|(_, count)| count.told()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Same, Count>> {
        // A count is whole after each call, also if somebody panicked elsewhere meanwhile.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes counts down for as long as the process lives.
pub(crate) async fn keep(engine: &Inner) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        tell(engine, engine.denials.take(Some(engine.clock.now()))).await;
    }
}

/// Writes down what was counted when the process ends.
pub(crate) async fn tell_the_rest(engine: &Inner) {
    tell(engine, engine.denials.take(None)).await;
}

async fn tell(engine: &Inner, counted: Vec<AuditEntry>) {
    if counted.is_empty() {
        return;
    }
    if let Err(error) = append(engine, &counted).await {
        for entry in counted {
            tracing::error!(
                actor = %entry.actor, action = entry.action, counted = ?entry.after,
                error = %chain(&error), "cannot write down who was refused"
            );
        }
    }
}

async fn append(engine: &Inner, entries: &[AuditEntry]) -> Result<(), EngineError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    for entry in entries {
        stored::append(&mut tx, entry).await?;
    }
    Ok(tx.commit().await?)
}

impl Engine {
    /// Writes down that somebody asked for what they may not: which route of the API, or what else, and
    /// where. What they ask for again and again is counted.
    pub async fn note_denied(
        &self,
        actor: &Actor,
        place: Place,
        (action, path): (&str, &str),
    ) -> Result<(), EngineError> {
        self.deny(actor, (place, action), (action, path)).await
    }

    /// The same, where `what` tells what is the same and what is not.
    pub(in crate::usecase) async fn deny(
        &self,
        actor: &Actor,
        (place, what): (Place, &str),
        (action, path): (&str, &str),
    ) -> Result<(), EngineError> {
        let path: String = path.chars().take(LONGEST).collect();
        let entry = self.denial(actor, place, action, Object::named(ObjectKind::Route, path));
        let same = Same {
            actor: actor.to_string(),
            token: self.1.origin.token,
            via: self.1.origin.via,
            place,
            what: what.to_owned(),
        };
        append(&self.0, &self.0.denials.count(same, entry)).await
    }

    /// Writes down that somebody was not let do something that is not asked for without end.
    pub(in crate::usecase) async fn note_refused(
        &self,
        actor: &Actor,
        refusal: Refusal,
    ) -> Result<(), EngineError> {
        let Refusal { place, action, object, why } = refusal;
        let entry = self.denial(actor, place, action, object);
        let after = why.map(|why| json!({ "why": why }));
        append(&self.0, &[AuditEntry { after, ..entry }]).await
    }

    fn denial(&self, actor: &Actor, place: Place, action: &str, object: Object) -> AuditEntry {
        let organisation = match place {
            Place::Organisation(organisation) => Some(organisation),
            Place::Installation | Place::Nowhere => None,
        };
        AuditEntry {
            id: AuditId::from_uuid(self.0.ids.uuid()),
            at: self.0.clock.now(),
            organisation,
            actor: actor.clone(),
            action: action.to_owned(),
            object,
            before: None,
            after: None,
            origin: self.1.origin.clone(),
            outcome: Outcome::Denied,
        }
    }
}

#[cfg(test)]
mod tests;
