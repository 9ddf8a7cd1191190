//! Of which organisations somebody learns that there are any.

use std::collections::BTreeSet;

use super::{Grants, Place};
use crate::OrganisationId;

/// Which organisations somebody is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    All,
    Only(BTreeSet<OrganisationId>),
}

/// Says which organisations somebody with these grants is told of: those in which they may do anything.
#[must_use]
pub fn sees(grants: &Grants) -> Sees {
    match grants {
        Grants::Operator | Grants::Token { within: None, .. } => Sees::All,
        Grants::Token { within: Some(own), .. } => Sees::Only(BTreeSet::from([*own])),
        Grants::Memberships(of) => Sees::Only(of.keys().copied().collect()),
    }
}

impl Sees {
    /// Whether somebody learns of a place that there is one.
    #[must_use]
    pub fn has(&self, place: Place) -> bool {
        match (self, place) {
            (Self::All, _) | (Self::Only(_), Place::Installation) => true,
            (Self::Only(own), Place::Organisation(organisation)) => own.contains(&organisation),
            (Self::Only(_), Place::Nowhere) => false,
        }
    }
}
