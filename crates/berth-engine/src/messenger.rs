//! The port to whatever carries messages out of the host.
//!
//! # Invariants
//!
//! * An implementation sends once per call and says what came of it; what is tried again, and when, is
//!   decided here in the engine.
//! * Every call ends within half a minute.

use async_trait::async_trait;
use berth_domain::notice::Message;
use berth_domain::{EmailAddress, Timestamp};
use secrecy::SecretString;

/// Where a message goes, and with what it is signed.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: SecretString,
}

/// A letter to one reader, text only. There may be a secret in it: it is not kept.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The same however often it is sent.
    pub id: String,
    pub to: EmailAddress,
    pub subject: String,
    pub text: SecretString,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It may arrive later.
    #[error("{0}")]
    Failed(String),
    /// Whoever listens there said that nobody does any more.
    #[error("the address is gone: it answered 410")]
    Gone,
    /// Nobody is to be reached this way, by configuration or by law of the network.
    #[error("{0}")]
    Refused(String),
}

/// Carries messages.
#[async_trait]
pub trait Messenger: std::fmt::Debug + Send + Sync {
    /// Says why an address cannot be one of a webhook, as far as can be told without asking anybody.
    fn check(&self, url: &str) -> Result<(), String>;

    /// To whom mail goes. Empty: none is sent.
    fn readers(&self) -> Vec<String>;

    /// Sends a message to a webhook. `at` is when it is signed.
    async fn post(&self, to: &Webhook, message: &Message, at: Timestamp)
    -> Result<(), Undelivered>;

    /// Sends a message by mail to the readers.
    async fn mail(&self, message: &Message) -> Result<(), Undelivered>;

    /// Whether letters can be sent.
    fn writes(&self) -> bool;

    /// Sends a letter to whom it is for, and to nobody else.
    async fn write(&self, letter: &Letter) -> Result<(), Undelivered>;
}
