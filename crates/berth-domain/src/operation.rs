//! Durable changes: what kinds there are, how urgent they are, where they stand.

use std::fmt;
use std::str::FromStr;

use crate::lifecycle::Change;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationKind {
    TenantCreate,
    /// Makes a tenant of what is left of one whose row is gone.
    TenantAdopt,
    /// Makes a tenant of a backup.
    TenantImport,
    TenantStart,
    TenantStop,
    TenantRestart,
    TenantSet,
    TenantRename,
    TenantInstallModules,
    TenantUpgradeModules,
    /// What the modules kept in the database goes with them.
    TenantUninstallModules,
    TenantSuspend,
    TenantResume,
    TenantArchive,
    TenantUnarchive,
    /// Into the grace period.
    TenantDelete,
    /// Back out of the grace period.
    TenantRestoreDeleted,
    /// For good.
    TenantPurge,
    /// Blocks until told. For trying out recovery by hand and in tests.
    Demo,
}

/// Which queue an operation waits in. A person who waits goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    High,
    Default,
    Low,
}

/// Where an operation stands. It always ends in one of the last three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationState {
    /// Waits for its turn.
    Queued,
    /// Goes forward under a live lease.
    Running,
    /// Unwinds under a live lease, after a failure or because somebody cancelled it.
    Undoing,
    /// Everything it promised is there.
    Done,
    /// Nothing of it is left.
    Undone,
    /// Neither: a person decides between `retry` and `undo`.
    Stuck,
}

macro_rules! labels {
    ($name:ident, $unknown:ident, $what:literal, [$($variant:ident => $label:literal),+ $(,)?]) => {
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $label),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// A value that this version of Berth does not know, perhaps written by a newer one.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("`{0}` is not {what} that this version of Berth knows", what = $what)]
        pub struct $unknown(pub String);

        impl FromStr for $name {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($label => Ok(Self::$variant),)+
                    _ => Err($unknown(text.to_owned())),
                }
            }
        }
    };
}

pub(crate) use labels;

labels!(OperationKind, UnknownKind, "a kind of operation", [
    TenantCreate => "tenant.create",
    TenantAdopt => "tenant.adopt",
    TenantImport => "tenant.import",
    TenantStart => "tenant.start",
    TenantStop => "tenant.stop",
    TenantRestart => "tenant.restart",
    TenantSet => "tenant.set",
    TenantRename => "tenant.rename",
    TenantInstallModules => "tenant.install_modules",
    TenantUpgradeModules => "tenant.upgrade_modules",
    TenantUninstallModules => "tenant.uninstall_modules",
    TenantSuspend => "tenant.suspend",
    TenantResume => "tenant.resume",
    TenantArchive => "tenant.archive",
    TenantUnarchive => "tenant.unarchive",
    TenantDelete => "tenant.delete",
    TenantRestoreDeleted => "tenant.restore_deleted",
    TenantPurge => "tenant.purge",
    Demo => "demo",
]);

labels!(Queue, UnknownQueue, "a queue", [High => "high", Default => "default", Low => "low"]);

labels!(OperationState, UnknownState, "a state of an operation", [
    Queued => "queued",
    Running => "running",
    Undoing => "undoing",
    Done => "done",
    Undone => "undone",
    Stuck => "stuck",
]);

impl OperationKind {
    /// What it does to the state of its tenant. `None`: it makes or removes one, or has none.
    #[must_use]
    pub const fn change(self) -> Option<Change> {
        match self {
            Self::TenantStart => Some(Change::Start),
            Self::TenantStop => Some(Change::Stop),
            Self::TenantRestart => Some(Change::Restart),
            Self::TenantSet => Some(Change::Set),
            Self::TenantRename => Some(Change::Rename),
            Self::TenantInstallModules
            | Self::TenantUpgradeModules
            | Self::TenantUninstallModules => Some(Change::Modules),
            Self::TenantSuspend => Some(Change::Suspend),
            Self::TenantResume => Some(Change::Resume),
            Self::TenantArchive => Some(Change::Archive),
            Self::TenantUnarchive => Some(Change::Unarchive),
            Self::TenantDelete => Some(Change::Delete),
            Self::TenantRestoreDeleted => Some(Change::Restore),
            Self::TenantCreate
            | Self::TenantImport
            | Self::TenantAdopt
            | Self::TenantPurge
            | Self::Demo => None,
        }
    }
}

impl OperationState {
    /// Whether nobody works on it any more.
    #[must_use]
    pub const fn is_at_rest(self) -> bool {
        matches!(self, Self::Done | Self::Undone | Self::Stuck)
    }
}
