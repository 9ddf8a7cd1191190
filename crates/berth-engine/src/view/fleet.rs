//! Tenants, many at once.

use std::collections::BTreeMap;

use berth_domain::OperationId;

use super::{OperationView, StateName, TenantView};

/// Some of the tenants that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantPage {
    pub tenants: Vec<TenantView>,
    /// What to ask for the ones that come after. `None`: there are none.
    pub next: Option<String>,
}

/// Some of the tenants that were asked for, and the operations that say why they are as they are: what
/// is at work on one, what failed of one that is broken.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetView {
    pub page: TenantPage,
    pub operations: BTreeMap<OperationId, OperationView>,
}

/// What an organisation has, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub organisation: String,
    /// What people call it.
    pub title: String,
    pub tenants: BTreeMap<StateName, u64>,
    /// Operations that something is done for.
    pub at_work: u64,
    /// Operations that wait for their turn.
    pub waiting: u64,
}
