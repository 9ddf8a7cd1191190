//! On what terms something is asked for.

use berth_domain::OrganisationId;
use berth_domain::access::{Grants, Place, Right, decide};
use berth_domain::audit::Origin;

use crate::once::Once;
use crate::view::Credential;

/// By which way something is asked for, and what whoever asks may do. Who that is, is an argument of
/// every use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub origin: Origin,
    pub grants: Grants,
    /// What they showed for it, to be looked at again. `None`: nothing that could be taken from them.
    pub shown: Option<Credential>,
    /// How to know what is asked for again. `None`: it is done as often as it is asked for.
    pub once: Option<Once>,
}

impl Asker {
    /// Berth itself, which does what somebody was allowed to ask for before.
    pub const INSIDE: Self =
        Self { origin: Origin::INSIDE, grants: Grants::Operator, shown: None, once: None };

    pub(crate) fn may(&self, right: Right, place: Place) -> bool {
        decide(&self.grants, right, place).is_allowed()
    }

    /// Whether they run the installation, as far as this organisation goes.
    pub(crate) fn is_operator_in(&self, organisation: OrganisationId) -> bool {
        self.may(Right::Installation, Place::Organisation(organisation))
    }
}
