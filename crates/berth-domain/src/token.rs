//! Tokens: how a program shows who it is.
//!
//! # Invariants
//!
//! * A token has the rights of its scope where it belongs, and no others; once its time is over it has
//!   none.
//! * What a token says is known to whoever has it and to nobody else: it is no part of this type.

use crate::access::{Grants, Scope, narrowed};
use crate::schedule::Label;
use crate::{Actor, OrganisationId, PersonId, Timestamp, TokenId};

/// A token, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    /// `None`: it is of the installation, and good for all organisations.
    pub organisation: Option<OrganisationId>,
    /// The service account that it was made for: whatever uses it does so under this name. There may be
    /// several of one account, so that one can take the place of another.
    pub account: Label,
    pub scope: Scope,
    pub created_at: Timestamp,
    pub created_by: Actor,
    /// `None`: it stays good until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// To within a minute or so. `None`: never.
    pub last_used_at: Option<Timestamp>,
    /// Who made it, and so bounds what it may do. `None`: the operator of the host.
    pub person: Option<PersonId>,
}

/// What whoever made a token may do by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Makers {
    /// The operator of the host: everything.
    Host,
    /// A person. `None`: nothing any more.
    Person(Option<Grants>),
}

impl Token {
    /// Whether its time is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What whoever shows it may do. `None`: nothing, its time is over. If a person made it, that is no
    /// more than they may by now (`makers`).
    #[must_use]
    pub fn grants(&self, now: Timestamp, makers: &Makers) -> Option<Grants> {
        if self.is_expired(now) {
            return None;
        }
        let within = self.organisation;
        let scope = match makers {
            Makers::Host => self.scope.clone(),
            Makers::Person(grants) => narrowed(&self.scope, grants.as_ref()?, within)?,
        };
        Some(Grants::Token { within, scope })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_token_grants_its_scope_until_its_time_is_over_and_nothing_from_then_on() {
        let end = Timestamp::constant(1_790_000_000, 0);
        let second = jiff::SignedDuration::from_secs(1);
        let organisation = Some(OrganisationId::from_uuid(Uuid::from_u128(1)));
        let token = Token {
            id: TokenId::from_uuid(Uuid::from_u128(2)),
            organisation,
            account: "ci".parse().unwrap(),
            scope: "read".parse().unwrap(),
            created_at: end - second,
            created_by: Actor::System,
            expires_at: Some(end),
            last_used_at: None,
            person: None,
        };
        let grants = Grants::Token { within: organisation, scope: token.scope.clone() };

        assert_eq!(token.grants(end - second, &Makers::Host), Some(grants.clone()));
        assert_eq!(token.grants(end, &Makers::Host), None);
        assert_eq!(token.grants(end + second, &Makers::Host), None);
        let endless = Token { expires_at: None, ..token };
        assert_eq!(endless.grants(Timestamp::MAX, &Makers::Host), Some(grants.clone()));
        let operator = Makers::Person(Some(Grants::Operator));
        assert_eq!(endless.grants(end, &operator), Some(grants));
        let removed = Makers::Person(Some(Grants::Memberships(BTreeMap::new())));
        assert_eq!(endless.grants(end, &removed), None);
        assert_eq!(endless.grants(end, &Makers::Person(None)), None);
    }
}
