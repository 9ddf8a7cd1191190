//! Carries messages out of the host: webhooks that are signed, and mail.
//!
//! # Invariants
//!
//! * Nothing inside the host's own networks is reached unless the configuration names its range: every
//!   address of a name is checked, and the one that was checked is the one that is connected to.
//! * Every call ends: connecting, TLS and the answer share one deadline, and no more of an answer is
//!   read than its head.
//! * Text of a message never becomes a header.
//!
//! Deliberately absent: when to send, how often, to whom (`berth-engine`).

mod mail;
mod policy;
mod resolve;
mod signature;
mod tls;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::Timestamp;
use berth_domain::notice::Message;
use berth_engine::{Messenger, Undelivered, Webhook};

pub use mail::{MailSettings, MailTls, NotAMail};
pub use policy::Policy;
pub use resolve::{Resolve, SystemResolver};
pub use signature::sign;
pub use tls::NoRoots;

/// How long everything of one POST may take: names, connecting, TLS, the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Webhooks and mail, as they are configured.
#[derive(Debug)]
pub struct Notifier {
    webhooks: webhook::Webhooks,
    mail: Option<mail::Mailer>,
}

/// Why a notifier cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("cannot trust anybody over TLS")]
    Tls(#[source] NoRoots),
    #[error("cannot send mail as it is configured")]
    Mail(#[source] NotAMail),
}

impl Notifier {
    /// Sets up what is configured. Nothing is connected to yet.
    pub fn new(policy: Policy, mail: Option<MailSettings>) -> Result<Self, SetupError> {
        Self::with(policy, mail, (Arc::new(SystemResolver), PATIENCE))
    }

    /// The same with somebody else who knows the addresses of names, and another patience with
    /// webhooks.
    pub fn with(
        policy: Policy,
        mail: Option<MailSettings>,
        (resolver, patience): (Arc<dyn Resolve>, Duration),
    ) -> Result<Self, SetupError> {
        let tls = tls::client().map_err(SetupError::Tls)?;
        let mail = mail.map(mail::Mailer::new).transpose().map_err(SetupError::Mail)?;
        Ok(Self { webhooks: webhook::Webhooks::new(policy, (resolver, patience), tls), mail })
    }
}

#[async_trait]
impl Messenger for Notifier {
    fn check(&self, url: &str) -> Result<(), String> {
        self.webhooks.check(url).map(drop)
    }

    fn readers(&self) -> Vec<String> {
        self.mail.as_ref().map(mail::Mailer::readers).unwrap_or_default()
    }

    async fn post(
        &self,
        to: &Webhook,
        message: &Message,
        at: Timestamp,
    ) -> Result<(), Undelivered> {
        self.webhooks.post(to, message, at).await
    }

    async fn mail(&self, message: &Message) -> Result<(), Undelivered> {
        match &self.mail {
            Some(mail) => mail.send(message).await,
            None => Err(Undelivered::Refused("no mail is configured: see `[mail]`".to_owned())),
        }
    }
}
