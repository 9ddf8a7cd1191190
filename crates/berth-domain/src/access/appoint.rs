//! Who makes whom what, and what is left of what somebody gave.

use super::{Grants, Place, Right, Role, Scope, decide};
use crate::OrganisationId;

/// What somebody is invited to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    /// Of the whole installation.
    Operator,
    In(OrganisationId, Role),
}

/// Why somebody may not say that somebody else is this or that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotToAppoint {
    #[error("a token makes nobody anything: only people and the operator of the host do")]
    ByAToken,
    #[error("you cannot give a role above your own, nor take one from whoever has it")]
    AboveOwn,
}

/// Decides whether somebody with these grants may make somebody else this, or take it from them. Nobody
/// reaches above their own role.
pub fn may_appoint(grants: &Grants, post: Post) -> Result<(), NotToAppoint> {
    match (grants, post) {
        (Grants::Operator, _) => Ok(()),
        (Grants::Token { .. }, _) => Err(NotToAppoint::ByAToken),
        (Grants::Memberships(of), Post::In(organisation, role)) => {
            let own = of.get(&organisation);
            let may = own.is_some_and(|own| own.rights().contains(&Right::Members) && role <= *own);
            if may { Ok(()) } else { Err(NotToAppoint::AboveOwn) }
        }
        (Grants::Memberships(_), Post::Operator) => Err(NotToAppoint::AboveOwn),
    }
}

/// The part of a scope that somebody with these grants has there themselves. `None`: nothing of it.
#[must_use]
pub fn narrowed(scope: &Scope, grants: &Grants, within: Option<OrganisationId>) -> Option<Scope> {
    let has = |right: &Right| match (grants, within) {
        (Grants::Memberships(_), None) => false,
        (Grants::Operator | Grants::Token { .. }, None) => {
            decide(grants, *right, Place::Installation).is_allowed()
        }
        (_, Some(organisation)) => {
            decide(grants, *right, Place::Organisation(organisation)).is_allowed()
        }
    };
    Scope::new(scope.rights().filter(has))
}
