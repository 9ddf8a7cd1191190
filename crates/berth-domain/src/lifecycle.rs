//! The tenant lifecycle.
//!
//! # Invariants
//!
//! * Data lives in the state that needs it: there is no `operation: Option<…>` that is "only set
//!   while something runs".
//! * `Deleting` is final: it is retried when it is stuck, never taken back. The row goes away when
//!   its operation is done. `Deleted` is the grace period before it, and there is a way back.
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
    /// Running, with more in its database and files than it may have. It goes on serving.
    OverLimit { since: Timestamp },
    /// It should be running, and something that it needs is not there or not as it should be.
    Drifted { since: Timestamp },
    /// Being started, stopped, restarted, given other limits and so on.
    Changing { operation: OperationId, change: Change },
    /// Stopped on purpose. Everything is kept; whoever may start it may do so.
    Stopped { since: Timestamp },
    /// Closed by an operator: visitors are refused, and only an operator resumes it.
    Suspended { since: Timestamp },
    /// Put away: no container, network or route. The database is kept, and closed to everybody.
    Archived { since: Timestamp },
    /// Put away like an archived one, and gone for good at `until` unless it is restored.
    Deleted { since: Timestamp, until: Timestamp },
    /// An operation failed and could not be undone. Waits for a person. Of one that was closed by an
    /// operator (`suspended`) only an operator opens it again, as if it were not broken.
    Broken { since: Timestamp, failed: OperationId, suspended: bool },
    /// Being removed for good. There is no way back.
    Deleting { operation: OperationId },
}

/// What is being done to a tenant that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    Start,
    Stop,
    Restart,
    Set,
    Rename,
    /// Other modules, or newer ones.
    Modules,
    Suspend,
    Resume,
    Archive,
    Unarchive,
    /// Into the grace period.
    Delete,
    /// Back out of the grace period.
    Restore,
}

impl Change {
    pub const ALL: [Self; 12] = [
        Self::Start,
        Self::Stop,
        Self::Restart,
        Self::Set,
        Self::Rename,
        Self::Modules,
        Self::Suspend,
        Self::Resume,
        Self::Archive,
        Self::Unarchive,
        Self::Delete,
        Self::Restore,
    ];

    /// Whether it ends in this way. It may always come back to a state that it could begin in.
    const fn ends_with(self, event: Event) -> bool {
        use Event as E;
        match (self, event) {
            (change, E::Return { to }) => to.allows(change),
            (Self::Start | Self::Restart | Self::Resume, E::Ready) => true,
            (Self::Stop, E::Halt { .. }) | (Self::Suspend, E::Suspend { .. }) => true,
            (Self::Archive, E::Archive { .. }) | (Self::Delete, E::Discard { .. }) => true,
            // What was suspended before it was put away is suspended again.
            (Self::Unarchive | Self::Restore, E::Ready | E::Suspend { .. }) => true,
            _ => false,
        }
    }

    /// What a tenant is while it happens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Start => "starting",
            Self::Stop => "stopping",
            Self::Restart => "restarting",
            Self::Set => "being changed",
            Self::Rename => "being renamed",
            Self::Modules => "changing modules",
            Self::Suspend => "being suspended",
            Self::Resume => "being resumed",
            Self::Archive => "being archived",
            Self::Unarchive => "being unarchived",
            Self::Delete => "being deleted",
            Self::Restore => "being restored",
        }
    }

    /// The verb that people read after "cannot".
    #[must_use]
    pub const fn passive(self) -> &'static str {
        match self {
            Self::Start => "be started",
            Self::Stop => "be stopped",
            Self::Restart => "be restarted",
            Self::Set => "be changed",
            Self::Rename => "be renamed",
            Self::Modules => "have its modules changed",
            Self::Suspend => "be suspended",
            Self::Resume => "be resumed",
            Self::Archive => "be archived",
            Self::Unarchive => "be unarchived",
            Self::Delete => "be deleted",
            Self::Restore => "be restored",
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
    /// It was suspended.
    Suspend { at: Timestamp },
    /// It was put away.
    Archive { at: Timestamp },
    /// It was put away, until it is removed for good.
    Discard { at: Timestamp, until: Timestamp },
    /// Something that it needs to run was found missing or wrong.
    Drift { at: Timestamp },
    /// It was found to have more than it may.
    Exceed { at: Timestamp },
    /// It was found to have no more than it may.
    Fit,
    /// It is what it was before the change: that came to nothing, or never meant to change the state.
    Return { to: TenantState },
    /// An operation failed and was not undone. `suspended`: visitors were refused by an operator.
    Fail { at: Timestamp, suspended: bool },
    /// The operation that failed goes on; `None` is the one that was creating it.
    Retry { operation: OperationId, change: Option<Change> },
    /// Its removal for good began.
    Purge { operation: OperationId },
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
            (S::Provisioning { .. } | S::Drifted { .. }, E::Ready) => Ok(S::Running),
            // What was there without a row is taken in, and brought up by nobody but a person.
            (S::Provisioning { .. }, E::Archive { at }) => Ok(S::Archived { since: at }),
            (S::Changing { change, .. }, event) if change.ends_with(event) => Ok(match event {
                E::Halt { at } => S::Stopped { since: at },
                E::Suspend { at } => S::Suspended { since: at },
                E::Archive { at } => S::Archived { since: at },
                E::Discard { at, until } => S::Deleted { since: at, until },
                E::Return { to } => to,
                _ => S::Running,
            }),

            (state, E::Change { operation, change }) if state.allows(change) => {
                Ok(S::Changing { operation, change })
            }

            (S::Running | S::OverLimit { .. }, E::Drift { at }) => Ok(S::Drifted { since: at }),
            (S::Running, E::Exceed { at }) => Ok(S::OverLimit { since: at }),
            (S::OverLimit { .. }, E::Fit) => Ok(S::Running),

            (
                S::Provisioning { operation } | S::Changing { operation, .. },
                E::Fail { at, suspended },
            ) => Ok(S::Broken { since: at, failed: operation, suspended }),
            (S::Broken { failed, .. }, E::Retry { operation, change }) if failed == operation => {
                Ok(match change {
                    Some(change) => S::Changing { operation, change },
                    None => S::Provisioning { operation },
                })
            }

            (state, E::Purge { operation }) if state.operation().is_none() => {
                Ok(S::Deleting { operation })
            }
            // Somebody changed their mind before anything was removed.
            (S::Deleting { .. }, E::Return { to }) if to.operation().is_none() => Ok(to),
            (state, event) => {
                Err(IllegalTransition { state: state.in_full(), event: event.label() })
            }
        }
    }

    /// Whether a change may begin.
    const fn allows(self, change: Change) -> bool {
        use Change as C;
        match self {
            Self::Running | Self::OverLimit { .. } => matches!(
                change,
                C::Stop
                    | C::Restart
                    | C::Set
                    | C::Rename
                    | C::Modules
                    | C::Suspend
                    | C::Archive
                    | C::Delete
            ),
            Self::Drifted { .. } => matches!(
                change,
                C::Start | C::Stop | C::Restart | C::Suspend | C::Archive | C::Delete
            ),
            Self::Stopped { .. } => matches!(
                change,
                C::Start | C::Set | C::Rename | C::Modules | C::Suspend | C::Archive | C::Delete
            ),
            Self::Suspended { .. } => matches!(
                change,
                C::Resume | C::Set | C::Rename | C::Modules | C::Archive | C::Delete
            ),
            Self::Archived { .. } => matches!(change, C::Unarchive | C::Delete),
            Self::Deleted { .. } => matches!(change, C::Restore),
            Self::Broken { suspended: false, .. } => {
                matches!(change, C::Start | C::Stop | C::Archive | C::Delete)
            }
            // What leads out of it are the ways that an operator has to a suspended one.
            Self::Broken { suspended: true, .. } => {
                matches!(change, C::Resume | C::Suspend | C::Archive | C::Delete)
            }
            Self::Provisioning { .. } | Self::Changing { .. } | Self::Deleting { .. } => false,
        }
    }

    /// Whether visitors are meant to be served now.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self, Self::Running | Self::OverLimit { .. } | Self::Drifted { .. })
    }

    /// What people read.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Provisioning { .. } => "provisioning",
            Self::Running => "running",
            Self::OverLimit { .. } => "over_limit",
            Self::Drifted { .. } => "drifted",
            Self::Changing { change, .. } => change.label(),
            Self::Stopped { .. } => "stopped",
            Self::Suspended { .. } => "suspended",
            Self::Archived { .. } => "archived",
            Self::Deleted { .. } => "deleted",
            Self::Broken { .. } => "broken",
            Self::Deleting { .. } => "deleting",
        }
    }

    /// The same with what else decides of the changes that may begin.
    #[must_use]
    pub const fn in_full(&self) -> &'static str {
        match self {
            Self::Broken { suspended: true, .. } => "broken and suspended",
            other => other.label(),
        }
    }

    /// Whether visitors are refused until an operator lets them in.
    #[must_use]
    pub const fn is_suspended(&self) -> bool {
        matches!(self, Self::Suspended { .. } | Self::Broken { suspended: true, .. })
    }

    /// The operation that has the tenant now.
    #[must_use]
    pub const fn operation(&self) -> Option<OperationId> {
        match self {
            Self::Provisioning { operation }
            | Self::Changing { operation, .. }
            | Self::Deleting { operation } => Some(*operation),
            Self::Running
            | Self::OverLimit { .. }
            | Self::Drifted { .. }
            | Self::Stopped { .. }
            | Self::Suspended { .. }
            | Self::Archived { .. }
            | Self::Deleted { .. }
            | Self::Broken { .. } => None,
        }
    }

    /// Since when it has been like this. `None` where nobody noted it.
    #[must_use]
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            Self::OverLimit { since }
            | Self::Drifted { since }
            | Self::Stopped { since }
            | Self::Suspended { since }
            | Self::Archived { since }
            | Self::Deleted { since, .. }
            | Self::Broken { since, .. } => Some(*since),
            Self::Provisioning { .. }
            | Self::Running
            | Self::Changing { .. }
            | Self::Deleting { .. } => None,
        }
    }
}

impl Event {
    /// The verb that people read after "cannot".
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Change { change, .. } => change.passive(),
            Self::Ready => "become ready",
            Self::Halt { .. } => "come to a halt",
            Self::Suspend { .. } => "come to be suspended",
            Self::Archive { .. } => "come to be archived",
            Self::Discard { .. } => "come to be deleted",
            Self::Drift { .. } => "drift",
            Self::Exceed { .. } => "exceed its limit",
            Self::Fit => "fit its limit",
            Self::Return { .. } => "be what it was",
            Self::Fail { .. } => "fail",
            Self::Retry { .. } => "go on with that operation",
            Self::Purge { .. } => "be deleted for good",
        }
    }
}

impl fmt::Display for TenantState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests;
