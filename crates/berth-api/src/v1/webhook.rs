//! Webhooks on the wire.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody who is told what happens: a webhook, or the readers of mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Webhook {
    pub id: String,
    /// `mail` are the readers that the configuration names.
    pub name: String,
    /// `null` of `mail`.
    pub url: Option<String>,
    /// Kinds and beginnings of kinds: `tenant.*,operation.stuck`.
    pub events: String,
    pub enabled: bool,
    /// Why it is off.
    pub disabled: Option<String>,
    /// Why nothing is sent although it is on: whoever made it, or changed it last, may not look after
    /// webhooks any more. Whoever changes it answers for it from then on.
    pub resting: Option<String>,
    /// Messages of the last day.
    pub counts: MessageCounts,
    pub created_at: Timestamp,
    pub created_by: String,
}

/// How many messages there are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageCounts {
    pub waiting: u64,
    pub delivered: u64,
    pub given_up: u64,
}

/// A webhook that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookCreated {
    pub webhook: Webhook,
    /// With which its messages are signed: `whsec_` and base64. Shown this once.
    pub secret: String,
}

impl fmt::Debug for WebhookCreated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookCreated").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// A webhook to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookCreate {
    pub url: String,
    /// Default: the host of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Default: `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<String>,
}

/// What is to be different about a webhook. What is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSet {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// One message to one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    pub id: String,
    pub kind: String,
    /// One line.
    pub title: String,
    /// Why.
    pub message: String,
    pub tenant: Option<String>,
    pub operation: Option<String>,
    /// `waiting`, `delivered` or `given_up`.
    pub state: String,
    pub attempts: u32,
    /// When it is tried next. `null` at rest.
    pub next_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}
