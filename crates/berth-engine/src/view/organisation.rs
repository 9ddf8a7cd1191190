//! Organisations.

use berth_domain::Organisation;

use crate::revision::Revision;

/// An organisation, and how much there is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationView {
    pub organisation: Organisation,
    /// Stands for what people call it.
    pub revision: Revision,
    /// How many tenants it has, in any state.
    pub tenants: u64,
}
