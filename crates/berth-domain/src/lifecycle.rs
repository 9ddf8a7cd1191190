//! The tenant lifecycle.
//!
//! # Invariants
//!
//! * Data lives in the state that needs it: there is no `operation: Option<…>` that is "only set
//!   while something runs".
//! * `Deleting` is final: a deletion that is stuck is retried, never taken back. The row goes away
//!   when its operation is done.
//! * Nothing here performs I/O or reads the clock; callers pass `at`.

use std::fmt;

use crate::{OperationId, Timestamp};

/// What a tenant is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantState {
    /// Being built. Takes no traffic.
    Provisioning { operation: OperationId },
    /// Its login page was served through the edge under its own host name.
    Running,
    /// Being started, stopped, restarted or given other limits.
    Changing { operation: OperationId, change: Change },
    /// Stopped on purpose. Everything is kept.
    Stopped { since: Timestamp },
    /// An operation failed and could not be undone. Waits for a person.
    Broken { since: Timestamp, failed: OperationId },
    /// Being removed. There is no way back.
    Deleting { operation: OperationId },
}

/// What is being done to a tenant that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    Start,
    Stop,
    Restart,
    Set,
}

impl Change {
    pub const ALL: [Self; 4] = [Self::Start, Self::Stop, Self::Restart, Self::Set];

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Start => "starting",
            Self::Stop => "stopping",
            Self::Restart => "restarting",
            Self::Set => "being changed",
        }
    }
}

/// What happens to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// An operation began to change it.
    Change { operation: OperationId, change: Change },
    /// Its login page answered through the edge.
    Ready,
    /// It was stopped.
    Halt { at: Timestamp },
    /// An operation failed and was not undone.
    Fail { at: Timestamp },
    /// The operation that failed goes on; `None` is the one that was creating it.
    Retry { operation: OperationId, change: Option<Change> },
    /// Its removal began.
    Delete { operation: OperationId },
}

/// The event cannot happen to a tenant in this state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tenant that is {state} cannot {event}")]
pub struct IllegalTransition {
    pub state: &'static str,
    pub event: &'static str,
}

impl TenantState {
    /// Returns the state that follows `event`.
    ///
    /// This match is the whole lifecycle. Add transitions here, never with an `if state == …` at a
    /// call site.
    pub fn on(self, event: Event) -> Result<Self, IllegalTransition> {
        use Event as E;
        use TenantState as S;

        match (self, event) {
            (S::Provisioning { .. } | S::Changing { .. }, E::Ready) => Ok(S::Running),
            (S::Changing { .. }, E::Halt { at }) => Ok(S::Stopped { since: at }),

            (
                S::Running,
                E::Change { operation, change: change @ (Change::Stop | Change::Restart) },
            ) => Ok(S::Changing { operation, change }),
            (
                S::Stopped { .. } | S::Broken { .. },
                E::Change { operation, change: Change::Start },
            ) => Ok(S::Changing { operation, change: Change::Start }),
            (S::Broken { .. }, E::Change { operation, change: Change::Stop }) => {
                Ok(S::Changing { operation, change: Change::Stop })
            }
            (S::Running | S::Stopped { .. }, E::Change { operation, change: Change::Set }) => {
                Ok(S::Changing { operation, change: Change::Set })
            }

            (S::Provisioning { operation } | S::Changing { operation, .. }, E::Fail { at }) => {
                Ok(S::Broken { since: at, failed: operation })
            }

            (S::Broken { failed, .. }, E::Retry { operation, change }) if failed == operation => {
                Ok(match change {
                    Some(change) => S::Changing { operation, change },
                    None => S::Provisioning { operation },
                })
            }

            (S::Running | S::Stopped { .. } | S::Broken { .. }, E::Delete { operation }) => {
                Ok(S::Deleting { operation })
            }
            (state, event) => Err(IllegalTransition { state: state.label(), event: event.label() }),
        }
    }

    /// What people read.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Provisioning { .. } => "provisioning",
            Self::Running => "running",
            Self::Changing { change, .. } => change.label(),
            Self::Stopped { .. } => "stopped",
            Self::Broken { .. } => "broken",
            Self::Deleting { .. } => "deleting",
        }
    }

    /// The operation that has the tenant now.
    #[must_use]
    pub const fn operation(&self) -> Option<OperationId> {
        match self {
            Self::Provisioning { operation }
            | Self::Changing { operation, .. }
            | Self::Deleting { operation } => Some(*operation),
            Self::Running | Self::Stopped { .. } | Self::Broken { .. } => None,
        }
    }
}

impl Event {
    /// The verb that people read after "cannot".
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Change { change: Change::Start, .. } => "be started",
            Self::Change { change: Change::Stop, .. } => "be stopped",
            Self::Change { change: Change::Restart, .. } => "be restarted",
            Self::Change { change: Change::Set, .. } => "be changed",
            Self::Ready => "become ready",
            Self::Halt { .. } => "come to a halt",
            Self::Fail { .. } => "fail",
            Self::Retry { .. } => "go on with that operation",
            Self::Delete { .. } => "be deleted",
        }
    }
}

impl fmt::Display for TenantState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn states() -> Vec<TenantState> {
        let operation = OperationId::from_uuid(uuid::Uuid::from_u128(1));
        let mut states = vec![
            TenantState::Provisioning { operation },
            TenantState::Running,
            TenantState::Stopped { since: Timestamp::UNIX_EPOCH },
            TenantState::Broken { since: Timestamp::UNIX_EPOCH, failed: operation },
            TenantState::Deleting { operation },
        ];
        states.extend(Change::ALL.map(|change| TenantState::Changing { operation, change }));
        states
    }

    fn events() -> Vec<Event> {
        let operation = OperationId::from_uuid(uuid::Uuid::from_u128(2));
        let at = Timestamp::UNIX_EPOCH;
        let mut events =
            vec![Event::Ready, Event::Halt { at }, Event::Fail { at }, Event::Delete { operation }];
        events.extend(Change::ALL.map(|change| Event::Change { operation, change }));
        let failed = OperationId::from_uuid(uuid::Uuid::from_u128(1));
        events.push(Event::Retry { operation: failed, change: None });
        events.push(Event::Retry { operation, change: None });
        events
    }

    #[test]
    fn the_lifecycle_is_this_table() {
        let mut table = String::new();
        for state in states() {
            for event in events() {
                if let Ok(next) = state.on(event) {
                    let (state, event, next) = (state.label(), event.label(), next.label());
                    writeln!(table, "{state:<13} {event:<13} -> {next}").unwrap();
                }
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nothing_leaves_a_deletion() {
        let deleting =
            TenantState::Deleting { operation: OperationId::from_uuid(uuid::Uuid::nil()) };

        assert!(events().into_iter().all(|event| deleting.on(event).is_err()));
    }
}
