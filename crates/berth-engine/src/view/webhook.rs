//! Who is told what happens.

use berth_store::deliveries::Counts;
use berth_store::subscriptions::Subscription;
use secrecy::SecretString;

/// Somebody who is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookView {
    pub subscription: Subscription,
    /// Why nothing is sent although it is on: whoever answers for it may not look after it any more.
    pub resting: Option<String>,
    /// Of the last day.
    pub counts: Counts,
}

/// A webhook that was just made, with the secret that is not shown again.
#[derive(Debug)]
pub struct NewWebhook {
    pub webhook: WebhookView,
    pub secret: SecretString,
}
