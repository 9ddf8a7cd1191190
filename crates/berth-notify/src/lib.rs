//! Carries messages out of the host: webhooks that are signed, and mail.
//!
//! # Invariants
//!
//! * Webhooks go out through `berth-outbound`: nothing inside the host's own networks is reached, every
//!   call ends, and no more of an answer is read than its head.
//! * Text of a message never becomes a header.
//!
//! Deliberately absent: when to send, how often, to whom (`berth-engine`).

mod mail;
mod signature;
mod webhook;

use async_trait::async_trait;
use berth_domain::Timestamp;
use berth_domain::notice::Message;
use berth_engine::{Letter, Messenger, Undelivered, Webhook};
use berth_outbound::Outbound;

pub use mail::{MailSettings, MailTls, NotAMail};
pub use signature::sign;

/// Webhooks and mail, as they are configured.
#[derive(Debug)]
pub struct Notifier {
    outbound: Outbound,
    mail: Option<mail::Mailer>,
}

impl Notifier {
    /// Sets up what is configured. Nothing is connected to yet.
    pub fn new(outbound: Outbound, mail: Option<MailSettings>) -> Result<Self, NotAMail> {
        Ok(Self { outbound, mail: mail.map(mail::Mailer::new).transpose()? })
    }
}

#[async_trait]
impl Messenger for Notifier {
    fn check(&self, url: &str) -> Result<(), String> {
        self.outbound.check(url).map(drop).map_err(|why| webhook::in_full(&why))
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
        webhook::post(&self.outbound, to, message, at).await
    }

    async fn mail(&self, message: &Message) -> Result<(), Undelivered> {
        match &self.mail {
            Some(mail) => mail.send(message).await,
            None => Err(no_mail()),
        }
    }

    fn writes(&self) -> bool {
        self.mail.is_some()
    }

    async fn write(&self, letter: &Letter) -> Result<(), Undelivered> {
        match &self.mail {
            Some(mail) => mail.write(letter).await,
            None => Err(no_mail()),
        }
    }
}

fn no_mail() -> Undelivered {
    Undelivered::Refused("no mail is configured: see `[mail]`".to_owned())
}
