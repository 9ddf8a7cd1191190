//! What would happen, on the wire.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What will be created or changed, in the order in which it happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// `create tenant acme`.
    pub summary: String,
    pub actions: Vec<PlanAction>,
    /// What the new or changed thing will be.
    pub settings: BTreeMap<String, String>,
}

/// One thing that will be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanAction {
    /// The step that does it.
    pub step: String,
    pub text: String,
}
