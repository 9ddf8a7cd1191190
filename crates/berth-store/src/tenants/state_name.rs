//! The words for states of tenants in the control database.

use std::str::FromStr;

use berth_domain::TenantState;

/// A state without what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateName {
    Provisioning,
    Running,
    OverLimit,
    Drifted,
    Changing,
    Stopped,
    Suspended,
    Archived,
    Deleted,
    Broken,
    Deleting,
}

impl StateName {
    pub const ALL: [Self; 11] = [
        Self::Provisioning,
        Self::Running,
        Self::OverLimit,
        Self::Drifted,
        Self::Changing,
        Self::Stopped,
        Self::Suspended,
        Self::Archived,
        Self::Deleted,
        Self::Broken,
        Self::Deleting,
    ];

    #[must_use]
    pub const fn of(state: &TenantState) -> Self {
        match state {
            TenantState::Provisioning { .. } => Self::Provisioning,
            TenantState::Running => Self::Running,
            TenantState::OverLimit { .. } => Self::OverLimit,
            TenantState::Drifted { .. } => Self::Drifted,
            TenantState::Changing { .. } => Self::Changing,
            TenantState::Stopped { .. } => Self::Stopped,
            TenantState::Suspended { .. } => Self::Suspended,
            TenantState::Archived { .. } => Self::Archived,
            TenantState::Deleted { .. } => Self::Deleted,
            TenantState::Broken { .. } => Self::Broken,
            TenantState::Deleting { .. } => Self::Deleting,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Running => "running",
            Self::OverLimit => "over_limit",
            Self::Drifted => "drifted",
            Self::Changing => "changing",
            Self::Stopped => "stopped",
            Self::Suspended => "suspended",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
            Self::Broken => "broken",
            Self::Deleting => "deleting",
        }
    }
}

/// Not a state that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state of a tenant that this version of Berth knows")]
pub struct UnknownStateName(pub String);

impl FromStr for StateName {
    type Err = UnknownStateName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = Self::ALL.into_iter().find(|name| name.as_str() == text);
        name.ok_or_else(|| UnknownStateName(text.to_owned()))
    }
}
