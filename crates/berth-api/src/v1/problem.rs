//! Problem documents (RFC 9457).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The [`Problem::kind`] that says that a request was carried out, and what was answered to it is lost.
const DONE: &str = "urn:berth:problem:done";

/// Why a request was not carried out, or cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// What kind of problem it is: `urn:berth:problem:not-found`. Programs branch on this.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind, for people.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// This problem, in one sentence.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// Also in `x-request-id` and in the server's log.
    pub request_id: String,
    /// What stands behind it, nearest cause first. Empty for failures of Berth itself, whose causes
    /// are only in its log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Everything that is wrong with the request, at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// Whether what was asked for is done all the same.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.kind == DONE
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldProblem {
    /// What it is about, as the caller spells it. Empty when it is about the request as a whole.
    pub field: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}
