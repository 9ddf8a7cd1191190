//! Foreign providers of sign-ins on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Secret;

/// A foreign provider at which people may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignInProvider {
    pub id: String,
    /// As people read it.
    pub name: String,
}

/// A provider with which an account is linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkedProvider {
    pub provider: String,
    /// As the provider calls itself.
    pub issuer: String,
    /// What they are called there.
    pub subject: String,
    pub since: Timestamp,
    /// `null`: never.
    pub signed_in_at: Option<Timestamp>,
}

/// One's own account, to be linked with a provider.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderLink {
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub current_password: Secret,
    /// The path of the console to be sent back to. Left out: `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A link that was just begun: the browser goes on at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderVisit {
    pub url: String,
}
