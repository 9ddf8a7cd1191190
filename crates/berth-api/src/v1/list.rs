//! Lists, one page at a time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// What to send as `after` (what comes by name or the like) or `before` (what comes newest first) for
    /// the next page. `null` on the last one.
    pub next: Option<String>,
}
