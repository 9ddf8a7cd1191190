//! What people are told about: which events are worth a message, to whom, in which words.
//!
//! # Invariants
//!
//! * The text of a message is one line per field, without control characters: whatever a tenant is
//!   called cannot become a header, a command of a terminal or a second line.
//! * The same reason about the same thing is told once an hour at most; that it is well again is told
//!   to whoever was told that it was not.

mod message;
mod pace;
mod pattern;
#[cfg(test)]
mod tests;
mod words;

pub use message::Message;
pub use pace::{HOUR, Said, TroubleState, UnknownTroubleState, backoff, say};
pub use pattern::{InvalidPattern, Patterns};
pub use words::{Facts, is_about_the_same, of_event, out_of_sight, recovered};

use std::fmt;
use std::str::FromStr;

use crate::operation::labels;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Not yet sent, or to be sent again.
    Waiting,
    Delivered,
    GivenUp,
}

labels!(DeliveryState, UnknownDeliveryState, "a state of a message", [
    Waiting => "waiting",
    Delivered => "delivered",
    GivenUp => "given_up",
]);

/// The kinds of which messages are made, besides those that end in `.recovered`.
pub const KINDS: [&str; 8] = [
    "tenant.broken",
    "tenant.drifted",
    "tenant.over_limit",
    "tenant.storage_warning",
    "tenant.expires",
    "operation.stuck",
    "schedule.missed",
    "host.disk_low",
];

/// Whether what a kind is about lasts until something is done, and can be well again.
#[must_use]
pub fn is_lasting(kind: &str) -> bool {
    !matches!(kind, "tenant.expires" | "tenant.storage_warning" | "schedule.missed" | "notice.test")
}
