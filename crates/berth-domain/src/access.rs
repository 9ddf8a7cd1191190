//! Who may do what.
//!
//! # Invariants
//!
//! * [`decide`] is the whole of it: nobody else compares roles or counts rights.
//! * What is not allowed is denied. Nobody has a right by having none, and nobody has one in an
//!   organisation because of another one.
//! * Pure: grants are read where they are kept, at the time of the request, and passed in.

mod appoint;
mod scope;
mod sees;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::OrganisationId;
use crate::operation::OperationKind;

pub use appoint::{NotToAppoint, Post, may_appoint, narrowed};
pub use scope::{InvalidScope, Scope};
pub use sees::{Sees, sees};

/// One thing that somebody may do, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Look at tenants, operations, schedules and quotas.
    Read,
    /// Make tenants, start, stop and change them.
    Operate,
    /// Rename tenants, put them away, delete them and bring them back; say who is told of what
    /// happens, and what people call the organisation.
    Administer,
    /// Read what tenants' Odoos say.
    Logs,
    /// Run commands and Odoo's shell inside tenants.
    Exec,
    /// Speak SQL to tenants' databases.
    Psql,
    /// See and set administrators' passwords.
    Secrets,
    /// Take a tenant's data away.
    Export,
    /// See who did what.
    Audit,
    /// Say who belongs to the organisation, and as what.
    Members,
    /// Read what Berth counts.
    Metrics,
    /// Run the installation: its disks, its clusters, which organisations there are and what they may
    /// have.
    Installation,
}

/// What a member is in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May look.
    Viewer,
    /// Works with tenants.
    Member,
    /// Answers for the organisation.
    Admin,
}

/// What somebody was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grants {
    /// Runs the installation, and so may do everything everywhere.
    Operator,
    /// Belongs to these organisations, and may do nothing outside of them.
    Memberships(BTreeMap<OrganisationId, Role>),
    /// Has a token with this scope for one organisation, or with `None` for all of the installation.
    Token { within: Option<OrganisationId>, scope: Scope },
}

/// Where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// To no organisation in particular.
    Installation,
    Organisation(OrganisationId),
    /// To an organisation that is not there.
    Nowhere,
}

/// Whether somebody may do what they ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    Denied,
}

/// Why somebody may not make a token with a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotToGive {
    #[error("a token cannot make tokens: they would outlive it")]
    ByAToken,
    #[error("you cannot give rights that you do not have: {0}")]
    NotHad(Scope),
    #[error("these are rights of the whole installation, not of an organisation: {0}")]
    NotOfAnOrganisation(Scope),
}

impl Right {
    pub const ALL: &[Self] = &[
        Self::Read,
        Self::Operate,
        Self::Administer,
        Self::Logs,
        Self::Exec,
        Self::Psql,
        Self::Secrets,
        Self::Export,
        Self::Audit,
        Self::Members,
        Self::Metrics,
        Self::Installation,
    ];

    /// What an operation takes, of whoever begins it and of whoever stops it, undoes it or tries it
    /// again.
    #[must_use]
    pub const fn of_operation(kind: OperationKind) -> Self {
        use OperationKind as K;
        match kind {
            K::TenantCreate
            | K::TenantImport
            | K::TenantStart
            | K::TenantStop
            | K::TenantRestart
            | K::TenantSet
            | K::TenantInstallModules
            | K::TenantUpgradeModules => Self::Operate,
            K::TenantRename
            | K::TenantUninstallModules
            | K::TenantArchive
            | K::TenantUnarchive
            | K::TenantDelete
            | K::TenantRestoreDeleted
            | K::TenantPurge => Self::Administer,
            K::TenantAdopt | K::TenantSuspend | K::TenantResume | K::Demo => Self::Installation,
        }
    }

    /// Whether it means nothing within one organisation.
    const fn is_of_the_installation(self) -> bool {
        matches!(self, Self::Metrics | Self::Installation)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Administer => "administer",
            Self::Logs => "logs",
            Self::Exec => "exec",
            Self::Psql => "psql",
            Self::Secrets => "secrets",
            Self::Export => "export",
            Self::Audit => "audit",
            Self::Members => "members",
            Self::Metrics => "metrics",
            Self::Installation => "installation",
        }
    }
}

impl Role {
    pub const ALL: &[Self] = &[Self::Viewer, Self::Member, Self::Admin];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The rights that come with it, in its organisation.
    #[must_use]
    pub const fn rights(self) -> &'static [Right] {
        use Right as R;
        match self {
            Self::Viewer => &[R::Read],
            Self::Member => &[R::Read, R::Operate, R::Logs],
            Self::Admin => &[
                R::Read,
                R::Operate,
                R::Administer,
                R::Logs,
                R::Exec,
                R::Psql,
                R::Secrets,
                R::Export,
                R::Audit,
                R::Members,
            ],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is viewer, member or admin")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

impl Decision {
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }
}

/// Decides whether somebody with these grants may do this there.
///
/// What is the same for everybody, such as the description of the API, is read in no organisation:
/// everybody who belongs to any may.
#[must_use]
pub fn decide(grants: &Grants, right: Right, place: Place) -> Decision {
    let is_allowed = match (grants, place) {
        (Grants::Operator, _) => true,
        (Grants::Token { within: None, scope }, _) => scope.covers(right),
        (Grants::Token { within: Some(own), scope }, Place::Organisation(organisation)) => {
            *own == organisation && !right.is_of_the_installation() && scope.covers(right)
        }
        (Grants::Token { within: Some(_), .. }, Place::Installation) => right == Right::Read,
        (Grants::Memberships(of), Place::Organisation(organisation)) => {
            of.get(&organisation).is_some_and(|role| role.rights().contains(&right))
        }
        (Grants::Memberships(of), Place::Installation) => right == Right::Read && !of.is_empty(),
        (Grants::Token { within: Some(_), .. } | Grants::Memberships(_), Place::Nowhere) => false,
    };
    if is_allowed { Decision::Allowed } else { Decision::Denied }
}

/// Decides whether somebody with these grants may make a token with this scope, for an organisation or
/// with `None` for all of the installation. Nobody gives what they do not have.
pub fn may_give(
    grants: &Grants,
    scope: &Scope,
    within: Option<OrganisationId>,
) -> Result<(), NotToGive> {
    let foreign = scope.rights().filter(|right| within.is_some() && right.is_of_the_installation());
    if let Some(foreign) = Scope::new(foreign) {
        return Err(NotToGive::NotOfAnOrganisation(foreign));
    }
    let has = |right: &Right| match (grants, within) {
        // What somebody may do in an organisation they may not do in all of them.
        (Grants::Token { .. }, _) | (Grants::Memberships(_), None) => false,
        (Grants::Operator, None) => true,
        (_, Some(organisation)) => {
            decide(grants, *right, Place::Organisation(organisation)).is_allowed()
        }
    };
    match Scope::new(scope.rights().filter(|right| !has(right))) {
        None => Ok(()),
        Some(_) if matches!(grants, Grants::Token { .. }) => Err(NotToGive::ByAToken),
        Some(missing) => Err(NotToGive::NotHad(missing)),
    }
}

#[cfg(test)]
mod tests;
