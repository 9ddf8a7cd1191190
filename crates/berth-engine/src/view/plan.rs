//! What will be done, and what the reconciler would do.

use std::collections::BTreeMap;

use berth_domain::operation::OperationKind;
use berth_domain::reconcile::{Plan, Planned};
use berth_domain::{OperationId, Tenant};

/// What will be created or changed, in the order in which it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// One sentence: `create tenant acme`.
    pub summary: String,
    pub actions: Vec<PlanAction>,
    /// What the new or changed thing will be: `host` → `acme.localhost`.
    pub settings: BTreeMap<&'static str, String>,
}

/// One thing that will be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAction {
    /// The step that does it.
    pub step: &'static str,
    /// In words: `clone database from the blueprint of odoo:19.0 (base, en_US)`.
    pub text: String,
}

/// What is there of a tenant, and what the reconciler would do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantPlanView {
    pub tenant: Tenant,
    /// The operation that has the tenant, which is left to it.
    pub operation: Option<(OperationId, OperationKind)>,
    /// What was observed just now: `container` → `running`.
    pub observed: Vec<(&'static str, String)>,
    /// Troubles included that were not observed: a broken tenant waits for a person.
    pub plan: Plan,
}

/// What came of looking after a tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconciliationView {
    /// What was done, in this order.
    pub done: Vec<Planned>,
    /// It is not over yet: the tenant takes long to answer, or others are looked after first.
    pub is_at_work: bool,
    /// How it is now, and what would still be done.
    pub now: TenantPlanView,
}
