//! What people can have done to a tenant, and how it is said.
//!
//! # Invariants
//!
//! * An action is called the same everywhere: on its button, on its page, in what is said afterwards.
//! * When one may be taken is not said here: that is the engine's to know.

use berth_domain::operation::OperationKind;
use berth_engine::request::{RenameTenant, TenantChange};

use crate::pages::words::deed;

/// Something that can be done to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Start,
    Stop,
    Restart,
    Resume,
    Suspend,
    Rename,
    Archive,
    Unarchive,
    Restore,
    Delete,
    Purge,
}

/// What is said of an action.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// The last part of its address.
    pub(crate) key: &'static str,
    /// `is started`.
    pub(crate) passive: &'static str,
    pub(crate) icon: &'static str,
    /// What it leaves alone.
    pub(crate) unaffected: &'static str,
    /// The safe answer.
    pub(crate) instead: &'static str,
}

impl Action {
    /// In the order of menus.
    pub(crate) const ALL: [Self; 11] = [
        Self::Start,
        Self::Resume,
        Self::Unarchive,
        Self::Restore,
        Self::Restart,
        Self::Stop,
        Self::Suspend,
        Self::Rename,
        Self::Archive,
        Self::Delete,
        Self::Purge,
    ];

    /// What is asked of the engine. A new name is added by whoever asks for one.
    pub(crate) fn change(self) -> TenantChange {
        match self {
            Self::Start => TenantChange::Start,
            Self::Stop => TenantChange::Stop,
            Self::Restart => TenantChange::Restart,
            Self::Resume => TenantChange::Resume,
            Self::Suspend => TenantChange::Suspend,
            Self::Rename => TenantChange::Rename(RenameTenant::default()),
            Self::Archive => TenantChange::Archive,
            Self::Unarchive => TenantChange::Unarchive,
            Self::Restore => TenantChange::RestoreDeleted,
            Self::Delete => TenantChange::Delete,
            Self::Purge => TenantChange::Purge,
        }
    }

    /// The operation that does it, as far as there is a grace period.
    pub(crate) const fn kind(self) -> OperationKind {
        use OperationKind as K;
        match self {
            Self::Start => K::TenantStart,
            Self::Stop => K::TenantStop,
            Self::Restart => K::TenantRestart,
            Self::Resume => K::TenantResume,
            Self::Suspend => K::TenantSuspend,
            Self::Rename => K::TenantRename,
            Self::Archive => K::TenantArchive,
            Self::Unarchive => K::TenantUnarchive,
            Self::Restore => K::TenantRestoreDeleted,
            Self::Delete => K::TenantDelete,
            Self::Purge => K::TenantPurge,
        }
    }

    /// `Start`: on buttons, and before the name of a tenant.
    pub(crate) const fn verb(self) -> &'static str {
        deed(self.kind())
    }

    /// Whether somebody is asked before: visitors notice it, or it is more than one click to take back.
    pub(crate) const fn asks(self) -> bool {
        match self {
            Self::Start | Self::Restart | Self::Resume | Self::Unarchive | Self::Restore => false,
            Self::Stop
            | Self::Suspend
            | Self::Rename
            | Self::Archive
            | Self::Delete
            | Self::Purge => true,
        }
    }

    /// Whether something is lost by it, sooner or later.
    pub(crate) const fn is_grave(self) -> bool {
        matches!(self, Self::Delete | Self::Purge)
    }

    /// Whether it can be done to several tenants at once. What each is called, and what cannot be
    /// brought back, is said for each by itself.
    pub(crate) const fn is_for_many(self) -> bool {
        !matches!(self, Self::Rename | Self::Purge)
    }

    #[expect(clippy::too_many_lines, reason = "a table of words")]
    pub(crate) const fn words(self) -> Words {
        match self {
            Self::Start => Words {
                key: "start",
                passive: "is started",
                icon: "play",
                unaffected: "Database and files stay as they are.",
                instead: "Leave it as it is",
            },
            Self::Stop => Words {
                key: "stop",
                passive: "is stopped",
                icon: "stop",
                unaffected: "Database, files and settings stay as they are. Visitors are told that it is \
                             stopped, until somebody starts it.",
                instead: "Let it run",
            },
            Self::Restart => Words {
                key: "restart",
                passive: "is restarted",
                icon: "restart",
                unaffected: "Database and files stay as they are. Visitors wait meanwhile; requests that \
                             are under way are finished.",
                instead: "Let it run",
            },
            Self::Resume => Words {
                key: "resume",
                passive: "is resumed",
                icon: "play",
                unaffected: "Database and files stay as they are.",
                instead: "Leave it suspended",
            },
            Self::Suspend => Words {
                key: "suspend",
                passive: "is suspended",
                icon: "shield",
                unaffected: "Database, files and settings stay as they are. Only an operator opens it again.",
                instead: "Let it run",
            },
            Self::Rename => Words {
                key: "rename",
                passive: "is renamed",
                icon: "pen",
                unaffected: "Database, files, users and passwords stay as they are.",
                instead: "Keep its name",
            },
            Self::Archive => Words {
                key: "archive",
                passive: "is archived",
                icon: "box",
                unaffected: "Database and files are kept, closed to everybody. Name and host stay taken.",
                instead: "Keep it in use",
            },
            Self::Unarchive => Words {
                key: "unarchive",
                passive: "is brought back",
                icon: "undo",
                unaffected: "Database and files are as they were when it was archived.",
                instead: "Leave it archived",
            },
            Self::Restore => Words {
                key: "restore-deleted",
                passive: "is restored",
                icon: "undo",
                unaffected: "Database and files are as they were when it was deleted.",
                instead: "Leave it deleted",
            },
            Self::Delete => Words {
                key: "delete",
                passive: "is deleted",
                icon: "trash",
                unaffected: "Other tenants are not touched.",
                instead: "Keep it",
            },
            Self::Purge => Words {
                key: "delete-now",
                passive: "is removed for good",
                icon: "trash",
                unaffected: "Other tenants are not touched.",
                instead: "Keep it",
            },
        }
    }
}
