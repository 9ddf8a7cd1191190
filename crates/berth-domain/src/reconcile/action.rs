//! What a plan consists of.

use super::RouteGoal;
use crate::Timestamp;

/// One thing that is done to put a tenant right. Each may be done twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make the role, or give it its password, its limit and the right to sign in.
    EnsureRole,
    /// Give the database back to its own role.
    HandBackDatabase,
    /// Let its role connect to the database.
    OpenDatabase,
    /// Let nobody connect to the database.
    CloseDatabase,
    /// Write `odoo.conf`.
    WriteConf,
    /// Look for every file that the database names, and mark the folder as the tenant's.
    VerifyFiles,
    MakeNetwork,
    /// Make the network again with its own subnet. The container on it goes.
    ReplaceNetwork,
    /// Make or replace the container so that it is as it should be, and start it.
    RunContainer,
    StopContainer,
    RemoveContainer,
    RemoveNetwork,
    /// See that the login page is served, and let visitors in.
    Publish,
    /// Tell visitors what is going on.
    SetRoute(RouteGoal),
    ForgetRoute,
}

impl Action {
    /// A word for programs.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::EnsureRole => "ensure_role",
            Self::HandBackDatabase => "hand_back_database",
            Self::OpenDatabase => "open_database",
            Self::CloseDatabase => "close_database",
            Self::WriteConf => "write_conf",
            Self::VerifyFiles => "verify_files",
            Self::MakeNetwork => "make_network",
            Self::ReplaceNetwork => "replace_network",
            Self::RunContainer => "run_container",
            Self::StopContainer => "stop_container",
            Self::RemoveContainer => "remove_container",
            Self::RemoveNetwork => "remove_network",
            Self::Publish => "publish",
            Self::SetRoute(_) => "set_route",
            Self::ForgetRoute => "forget_route",
        }
    }

    /// What people read of it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::EnsureRole => "make its database role as it should be",
            Self::HandBackDatabase => "give the database back to its role",
            Self::OpenDatabase => "open the database",
            Self::CloseDatabase => "close the database",
            Self::WriteConf => "write odoo.conf",
            Self::VerifyFiles => "look for every file that the database names",
            Self::MakeNetwork => "make the network",
            Self::ReplaceNetwork => "make the network again",
            Self::RunContainer => "start the container as it should be",
            Self::StopContainer => "stop the container",
            Self::RemoveContainer => "remove the container",
            Self::RemoveNetwork => "remove the network",
            Self::Publish => "wait for the login page and open the route",
            Self::SetRoute(RouteGoal::Open) => "open the route",
            Self::SetRoute(RouteGoal::Stopped) => "tell visitors that it is stopped",
            Self::SetRoute(RouteGoal::Suspended) => "tell visitors that it is suspended",
            Self::SetRoute(RouteGoal::Failed) => "tell visitors that it does not work",
            Self::ForgetRoute => "forget the route",
        }
    }
}

/// An action and why it is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub action: Action,
    /// What was found, in words.
    pub reason: String,
}

/// Something that no action puts right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong, in words.
    pub reason: String,
    /// What a person can do. `None`: it may pass by itself.
    pub hint: Option<String>,
}

/// What is to be done about a tenant, in this order, and what nobody but a person can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub actions: Vec<Planned>,
    pub troubles: Vec<Trouble>,
    /// When to look again at what is being waited for. `None`: nothing is.
    pub wait_until: Option<Timestamp>,
}

impl Plan {
    /// Whether everything is as it should be.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.troubles.is_empty()
    }

    /// Whether this is among what is to be done.
    #[must_use]
    pub fn has(&self, action: Action) -> bool {
        self.actions.iter().any(|planned| planned.action == action)
    }

    pub(super) fn act(&mut self, action: Action, reason: impl Into<String>) {
        self.actions.push(Planned { action, reason: reason.into() });
    }

    pub(super) fn ask(&mut self, reason: impl Into<String>, hint: impl Into<String>) {
        self.troubles.push(Trouble { reason: reason.into(), hint: Some(hint.into()) });
    }

    pub(super) fn hope(&mut self, reason: impl Into<String>) {
        self.troubles.push(Trouble { reason: reason.into(), hint: None });
    }
}
