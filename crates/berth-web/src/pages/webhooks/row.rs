//! Messages, worded.

use berth_domain::Timestamp;
use berth_domain::notice::DeliveryState;
use berth_engine::view::Delivery;

use crate::pages::words::{Status, ago, capitalised, moment};

/// A message to somebody.
#[derive(Debug)]
pub(super) struct MessageRow {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) tenant: Option<String>,
    pub(super) when: String,
    pub(super) status: Status,
    /// How often it was tried, what came of it, and when it is tried next.
    pub(super) tries: String,
    /// Why the last try failed.
    pub(super) error: Option<String>,
    /// Whether it is at rest, so that somebody may have it sent again.
    pub(super) is_at_rest: bool,
}

impl MessageRow {
    pub(super) fn of(delivery: Delivery, now: Timestamp) -> Self {
        let Delivery { id, message, state, attempts, next_at, error, created_at, .. } = delivery;
        let tried = match attempts {
            0 => "Not tried yet".to_owned(),
            1 => "Tried once".to_owned(),
            many => format!("Tried {many} times"),
        };
        let next = next_at.map(|at| format!(", next at {} (UTC)", moment(at)));
        Self {
            id: id.to_string(),
            kind: message.kind,
            title: capitalised(&message.title),
            tenant: message.tenant,
            when: ago(created_at, now),
            status: status(state),
            tries: tried + &next.unwrap_or_default(),
            error,
            is_at_rest: state != DeliveryState::Waiting,
        }
    }
}

fn status(state: DeliveryState) -> Status {
    match state {
        DeliveryState::Waiting => Status::new("pending", word(state)),
        DeliveryState::Delivered => Status::new("ok", word(state)),
        DeliveryState::GivenUp => Status::new("error", word(state)),
    }
}

/// A state in a word.
pub(super) const fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "Waiting",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::GivenUp => "Given up",
    }
}
