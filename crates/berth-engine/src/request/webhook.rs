//! What is asked of webhooks.

/// A webhook to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateWebhook {
    pub url: String,
    /// Default: the host of the address.
    pub name: Option<String>,
    /// Default: everything.
    pub events: Option<String>,
}

/// What is to be different about a webhook. `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SetWebhook {
    pub url: Option<String>,
    pub events: Option<String>,
    pub enabled: Option<bool>,
}
