//! What was done to a tenant lately: operations, and what people did that is none.

use berth_domain::audit::Outcome;
use berth_domain::{Actor, TenantId, Timestamp};
use berth_engine::request::{AuditFilter, OperationFilter};
use berth_engine::view::{AuditEntry, OperationView};
use berth_engine::{Engine, EngineError};

use super::deeds;
use crate::pages::words::{Status, ago, deed, lasted, moment, who};

/// How many of each are looked at.
const LATELY: u32 = 12;
/// How many are shown.
const SHOWN: usize = 12;

/// Something that was done.
#[derive(Debug)]
pub(super) struct Deed {
    at: Timestamp,
    pub(super) when: String,
    pub(super) status: Status,
    pub(super) text: String,
    pub(super) by: String,
    /// The operation and how long it took, if it was one.
    pub(super) operation: Option<(String, String)>,
}

/// Reads what was done lately, newest first; of what only some may see, as far as `audits` says.
pub(super) async fn lately(
    engine: &Engine,
    (actor, org): (&Actor, &str),
    (name, id): (&str, TenantId),
    audits: bool,
) -> Result<Vec<Deed>, EngineError> {
    let now = engine.now();
    let (tenant, limit) = (Some(name.to_owned()), Some(LATELY));
    let filter = OperationFilter { tenant, limit, ..OperationFilter::default() };
    let operations = engine.operations(actor, org, &filter).await?.operations;
    let mut deeds: Vec<Deed> =
        operations.iter().map(|view| Deed::of_operation(view, now)).collect();
    if audits {
        let (kind, object) = (Some("tenant".to_owned()), Some(id.to_string()));
        let filter = AuditFilter { kind, object, limit: Some(LATELY), ..AuditFilter::default() };
        let entries = engine.audit(actor, Some(org), &filter).await?.items;
        let own = entries.iter().filter(|entry| !began_operation(entry));
        deeds.extend(own.map(|entry| Deed::of_audit(entry, now)));
    }
    Ok(newest_first(deeds))
}

fn newest_first(mut deeds: Vec<Deed>) -> Vec<Deed> {
    deeds.sort_by_key(|deed| std::cmp::Reverse(deed.at));
    deeds.truncate(SHOWN);
    deeds
}

/// Whether it is told of by its operation already.
fn began_operation(entry: &AuditEntry) -> bool {
    entry.after.as_ref().is_some_and(|after| after.get("operation").is_some())
}

impl Deed {
    fn of_operation(view: &OperationView, now: Timestamp) -> Self {
        let end = view.finished_at.unwrap_or(now);
        let took = view.started_at.map(|start| lasted(start, end)).unwrap_or_default();
        Self {
            at: view.created_at,
            when: when(view.created_at, now),
            status: Status::of_operation(view.state),
            text: deed(view.kind).to_owned(),
            by: who(&view.created_by),
            operation: Some((view.id.to_string(), took)),
        }
    }

    fn of_audit(entry: &AuditEntry, now: Timestamp) -> Self {
        let status = match entry.outcome {
            Outcome::Allowed => Status::new("ok", "Recorded"),
            Outcome::Denied => Status::new("warn", "Denied"),
        };
        Self {
            at: entry.at,
            when: when(entry.at, now),
            status,
            text: deeds::audited(&entry.action),
            by: who(&entry.actor.to_string()),
            operation: None,
        }
    }
}

/// An age up to a day, and then the time.
fn when(at: Timestamp, now: Timestamp) -> String {
    let is_today = now.as_second() - at.as_second() < 86_400;
    if is_today { ago(at, now) } else { moment(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_last_comes_first_and_there_is_an_end_to_it() {
        let deed = |second: i64| Deed {
            at: Timestamp::from_second(second).unwrap(),
            when: String::new(),
            status: Status::new("ok", "Done"),
            text: second.to_string(),
            by: String::new(),
            operation: None,
        };

        let deeds = newest_first((0..20).map(deed).collect());

        assert_eq!(deeds.len(), SHOWN);
        assert_eq!(deeds[0].text, "19");
        assert_eq!(deeds[SHOWN - 1].text, "8");
    }
}
