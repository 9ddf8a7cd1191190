//! Who may do what.
//!
//! # Invariants
//!
//! * [`decide`] is the whole of it: nobody else compares roles or counts rights.
//! * What is not allowed is denied. Nobody has a right by having none, and nobody has one in an
//!   organisation because of another one.
//! * Pure: grants are read where they are kept, at the time of the request, and passed in.

use std::collections::BTreeMap;

use crate::OrganisationId;

/// One thing that somebody may do, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Look at tenants, operations, schedules and quotas.
    Read,
    /// Make tenants, start, stop and change them.
    Operate,
    /// Rename tenants, put them away, delete them and bring them back; say who is told of what
    /// happens.
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
    /// Run the installation: its disks, its clusters, what organisations may have.
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
        Self::Installation,
    ];

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
        (Grants::Memberships(of), Place::Organisation(organisation)) => {
            of.get(&organisation).is_some_and(|role| role.rights().contains(&right))
        }
        (Grants::Memberships(of), Place::Installation) => right == Right::Read && !of.is_empty(),
        (Grants::Memberships(_), Place::Nowhere) => false,
    };
    if is_allowed { Decision::Allowed } else { Decision::Denied }
}

#[cfg(test)]
mod tests;
