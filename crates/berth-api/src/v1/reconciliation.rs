//! What the reconciler sees and does, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is there of a tenant, and what Berth would do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantPlan {
    pub tenant: String,
    pub state: String,
    /// The operation that works at it. It is left to that.
    pub operation: Option<AtWork>,
    /// What was observed just now.
    pub observed: Vec<Fact>,
    /// What would be done, in this order. Empty: nothing is to be done, or nothing can be.
    pub actions: Vec<Healing>,
    /// What no action puts right.
    pub troubles: Vec<Trouble>,
    /// When it is looked at again. `null`: nothing is waited for.
    pub wait_until: Option<Timestamp>,
}

/// An operation, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AtWork {
    pub id: String,
    /// `tenant.restart`.
    pub kind: String,
}

/// One thing that was observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// `container`, `network`, `database`, `role`, `filestore`, `odoo.conf`, `route`.
    pub what: String,
    /// In words.
    pub is: String,
}

/// One thing that is done to put a tenant right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Healing {
    /// `run_container`.
    pub action: String,
    /// The same for people.
    pub text: String,
    /// What was found.
    pub reason: String,
}

/// Something that no action puts right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trouble {
    pub reason: String,
    /// What a person can do. `null`: it may pass by itself.
    pub hint: Option<String>,
}

/// What came of looking after a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliation {
    /// What was done, in this order. Empty with a dry run.
    pub done: Vec<Healing>,
    /// It is not over yet: ask again.
    pub at_work: bool,
    /// How it is now, and what would still be done.
    pub now: TenantPlan,
}
