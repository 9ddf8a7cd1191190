//! All that is known of how an operation went, and of how long others like it took.

use std::time::Duration;

use berth_domain::access::{Place, Right};
use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{Actor, Timestamp};
use berth_store::operations::{self as stored, Filter, JournalRecord, RecordKind};
use berth_store::{Part, events, tenants};

use super::{find, view};
use crate::Engine;
use crate::error::EngineError;
use crate::usecase::events::LOG;
use crate::usecase::organisation;
use crate::view::{EventView, OperationInFull, ToldView, TookView, TryEnd, TryView};

/// How much of what happened is told.
const EVENTS: u32 = 400;
/// How many operations are looked at to say how long one takes.
const LIKE_IT: u32 = 20;

impl Engine {
    /// Looks at one operation with all of its tries. What tenants' Odoos said is told to whoever may read
    /// their logs.
    pub async fn operation_in_full(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<OperationInFull, EngineError> {
        let mut tx = self.0.store.read().await?;
        let operation = find(&mut tx, actor, org, id).await?;
        let journal = stored::journal(&mut tx, operation.id).await?;
        let happened =
            events::newest_of(&mut tx, operation.organisation, operation.id, EVENTS).await?;
        for error in &happened.unreadable {
            tracing::warn!(%error, "an event cannot be read");
        }
        let tenant = match operation.tenant {
            Some(tenant) => tenants::get(&mut tx, operation.organisation, tenant).await?,
            None => None,
        };
        let sees_logs = self.1.may(Right::Logs, Place::Organisation(operation.organisation));
        let told = happened.rows.into_iter().filter(|event| sees_logs || event.kind != LOG);
        Ok(OperationInFull {
            view: view(&operation, &journal),
            tries: tries(&journal, operation.state.is_at_rest()),
            told: journal.iter().filter_map(told_by).collect(),
            events: told
                .map(|event| EventView {
                    id: event.id,
                    at: event.at,
                    operation: event.operation,
                    kind: event.kind,
                    data: event.data,
                })
                .collect(),
            lease_until: operation.lease_until.filter(|_| !operation.state.is_at_rest()),
            tenant: tenant.map(|tenant| tenant.name),
        })
    }

    /// How long operations of a kind took in an organisation, the last times that one was done. `None`: none
    /// was yet.
    pub async fn took(
        &self,
        actor: &Actor,
        org: &str,
        kind: OperationKind,
    ) -> Result<Option<TookView>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let filter = Filter { state: Some(OperationState::Done), tenant: None, kind: Some(kind) };
        let done =
            stored::list(&mut tx, organisation.id, &filter, &Part::first(LIKE_IT)).await?.rows;
        let spans = done.into_iter().filter_map(|it| Some((it.started_at?, it.finished_at?)));
        Ok(took(spans))
    }
}

fn took(spans: impl Iterator<Item = (Timestamp, Timestamp)>) -> Option<TookView> {
    let mut lasted: Vec<Duration> = spans
        // A clock that was put back says nothing.
        .filter_map(|(from, to)| Duration::try_from(to.duration_since(from)).ok())
        .collect();
    lasted.sort_unstable();
    let slowest = *lasted.last()?;
    let (count, middle) = (lasted.len(), lasted.len() / 2);
    let median = match count % 2 {
        1 => lasted[middle],
        _ => (lasted[middle - 1] + lasted[middle]) / 2,
    };
    Some(TookView { count, median, slowest })
}

/// Every try, by what the journal says of it.
fn tries(journal: &[JournalRecord], is_at_rest: bool) -> Vec<TryView> {
    let mut tries: Vec<TryView> = Vec::new();
    for row in journal {
        let Some(step) = &row.step else { continue };
        let is_undo = matches!(row.record, RecordKind::Undone | RecordKind::UndoFailed);
        let open = tries.iter_mut().rfind(|it| it.step == *step && it.end == TryEnd::None);
        let begun = || TryView {
            step: step.clone(),
            attempt: row.attempt,
            is_undo,
            began_at: row.at,
            end: TryEnd::None,
        };
        match (row.record, open) {
            // It was begun before, and nobody wrote what came of that.
            (RecordKind::Started, Some(before)) => {
                before.end = TryEnd::BrokeOff;
                tries.push(begun());
            }
            (RecordKind::Started, None) => tries.push(begun()),
            // What is taken back may have been in the middle of something.
            (RecordKind::Undone | RecordKind::UndoFailed, open) => {
                if let Some(open) = open {
                    open.end = TryEnd::BrokeOff;
                }
                tries.push(TryView { end: end(row), ..begun() });
            }
            (_, Some(open)) => open.end = end(row),
            (_, None) => {}
        }
    }
    if is_at_rest {
        tries
            .iter_mut()
            .filter(|it| it.end == TryEnd::None)
            .for_each(|it| it.end = TryEnd::BrokeOff);
    }
    tries
}

fn end(row: &JournalRecord) -> TryEnd {
    let at = row.at;
    let why = || row.detail.clone().unwrap_or_else(|| "nothing says why".to_owned());
    match row.record {
        RecordKind::Succeeded | RecordKind::Undone => TryEnd::Done { at },
        RecordKind::Failed | RecordKind::Faltered | RecordKind::UndoFailed => {
            TryEnd::Failed { at, why: why() }
        }
        RecordKind::Started | RecordKind::UndoRequested | RecordKind::RetryRequested => {
            TryEnd::None
        }
    }
}

fn told_by(row: &JournalRecord) -> Option<ToldView> {
    let is_retry = match row.record {
        RecordKind::RetryRequested => true,
        RecordKind::UndoRequested => false,
        _ => return None,
    };
    Some(ToldView { is_retry, actor: row.actor.as_ref().map(ToString::to_string), at: row.at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn row(second: i64, record: RecordKind, (step, attempt): (&str, u32)) -> JournalRecord {
        let detail =
            matches!(record, RecordKind::Failed | RecordKind::Faltered | RecordKind::UndoFailed);
        JournalRecord {
            record,
            step: Some(step.to_owned()),
            attempt,
            detail: detail.then(|| format!("{step} is tired")),
            actor: None,
            at: at(second),
        }
    }

    fn told(journal: &[JournalRecord], is_at_rest: bool) -> Vec<String> {
        let word = |it: &TryView| {
            let end = match &it.end {
                TryEnd::None => "at work".to_owned(),
                TryEnd::Done { .. } => "done".to_owned(),
                TryEnd::Failed { why, .. } => why.clone(),
                TryEnd::BrokeOff => "broke off".to_owned(),
            };
            let undo = if it.is_undo { "undo " } else { "" };
            format!("{undo}{} {}: {end}", it.step, it.attempt)
        };
        tries(journal, is_at_rest).iter().map(word).collect()
    }

    #[test]
    fn each_try_has_its_own_end() {
        use RecordKind as R;
        let journal = [
            row(1, R::Started, ("network", 1)),
            row(2, R::Succeeded, ("network", 1)),
            row(3, R::Started, ("files", 1)),
            row(4, R::Faltered, ("files", 1)),
            row(5, R::Started, ("files", 2)),
        ];

        assert_eq!(
            told(&journal, false),
            ["network 1: done", "files 1: files is tired", "files 2: at work"]
        );
    }

    #[test]
    fn what_was_begun_and_not_ended_was_taken_up_again() {
        use RecordKind as R;
        let journal = [
            row(1, R::Started, ("files", 1)),
            row(9, R::Started, ("files", 1)),
            row(10, R::Failed, ("files", 1)),
            row(11, R::Undone, ("files", 1)),
        ];

        assert_eq!(
            told(&journal, true),
            ["files 1: broke off", "files 1: files is tired", "undo files 1: done"]
        );
    }

    #[test]
    fn the_middle_of_how_long_it_took_is_said() {
        let spans = |seconds: &[i64]| took(seconds.iter().map(|second| (at(0), at(*second))));

        assert_eq!(spans(&[]), None);
        let found = spans(&[9, 1, 2]).unwrap();
        assert_eq!((found.count, found.median.as_secs(), found.slowest.as_secs()), (3, 2, 9));
        assert_eq!(spans(&[4, 2]).unwrap().median.as_secs(), 3);
        // The clock was put back while it was at work.
        assert_eq!(spans(&[-5]), None);
    }
}
