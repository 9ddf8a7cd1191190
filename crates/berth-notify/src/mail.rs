//! Mail to the readers that are configured, and letters to one reader.

use std::time::Duration;

use berth_domain::notice::Message;
use berth_engine::{Letter, Undelivered};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

/// How long one command of a mail server may take, and all of them together.
const COMMAND: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(25);

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// Name and password. `None`: the server asks for none.
    pub sign_in: Option<(String, SecretString)>,
    pub from: String,
    pub to: Vec<String>,
    pub reply_to: Option<String>,
}

/// How the way to the server is kept to ourselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Beginning in the clear; nothing is sent when the server does not offer more.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// Something configured is no address of mail, or TLS is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum NotAMail {
    #[error(
        "`{0}` is not an address of mail: write `name@example.com` or `Name <name@example.com>`"
    )]
    Address(String),
    #[error("cannot set up TLS to the mail server")]
    Tls(#[source] lettre::transport::smtp::Error),
}

#[derive(Debug)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    reply_to: Option<Mailbox>,
}

impl Mailer {
    pub(crate) fn new(settings: MailSettings) -> Result<Self, NotAMail> {
        let parameters = || TlsParameters::new_rustls(settings.host.clone()).map_err(NotAMail::Tls);
        let tls = match settings.tls {
            MailTls::StartTls => Tls::Required(parameters()?),
            MailTls::Implicit => Tls::Wrapper(parameters()?),
            MailTls::None => Tls::None,
        };
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
                .port(settings.port)
                .tls(tls)
                .timeout(Some(COMMAND));
        if let Some((name, password)) = settings.sign_in {
            let password = password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(name, password));
        }
        Ok(Self {
            transport: transport.build(),
            from: mailbox(&settings.from)?,
            to: settings.to.iter().map(|to| mailbox(to)).collect::<Result<_, _>>()?,
            reply_to: settings.reply_to.as_deref().map(mailbox).transpose()?,
        })
    }

    pub(crate) fn readers(&self) -> Vec<String> {
        self.to.iter().map(|reader| reader.email.to_string()).collect()
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        self.carry(self.letter(message)?).await
    }

    /// Sends a letter to one reader.
    pub(crate) async fn write(&self, letter: &Letter) -> Result<(), Undelivered> {
        self.carry(self.to_one(letter)?).await
    }

    async fn carry(&self, mail: lettre::Message) -> Result<(), Undelivered> {
        let sent = tokio::time::timeout(PATIENCE, self.transport.send(mail)).await;
        let late = |_| Undelivered::Failed("the mail server took too long".to_owned());
        sent.map_err(late)?
            .map(drop)
            .map_err(|error| Undelivered::Failed(berth_domain::chain(&error)))
    }

    fn letter(&self, message: &Message) -> Result<lettre::Message, Undelivered> {
        let mut letter = self.begun(&message.id, format!("[Berth] {}", message.title));
        for reader in &self.to {
            letter = letter.to(reader.clone());
        }
        self.ended(letter, text(message))
    }

    fn to_one(&self, letter: &Letter) -> Result<lettre::Message, Undelivered> {
        let Letter { id, to, subject, text } = letter;
        let to = mailbox(to.as_str()).map_err(|error| Undelivered::Refused(error.to_string()))?;
        self.ended(self.begun(id, subject.clone()).to(to), text.expose_secret().to_owned())
    }

    /// What all letters begin with.
    fn begun(&self, id: &str, subject: String) -> MessageBuilder {
        let domain = self.from.email.domain();
        lettre::Message::builder()
            .from(self.from.clone())
            .subject(subject)
            .message_id(Some(format!("<{id}@{domain}>")))
            .raw_header(automatic())
    }

    fn ended(
        &self,
        mut letter: MessageBuilder,
        text: String,
    ) -> Result<lettre::Message, Undelivered> {
        if let Some(reply_to) = &self.reply_to {
            letter = letter.reply_to(reply_to.clone());
        }
        letter
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|error| Undelivered::Refused(error.to_string()))
    }
}

/// Tells programs that answer mail not to (RFC 3834).
fn automatic() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

fn mailbox(text: &str) -> Result<Mailbox, NotAMail> {
    text.parse().map_err(|_| NotAMail::Address(text.chars().take(100).collect()))
}

/// What happened, since when, what helps.
fn text(message: &Message) -> String {
    let mut lines = vec!["Hello,".to_owned(), String::new(), format!("{}.", message.title)];
    lines.push(format!("{}.", message.message.trim_end_matches('.')));
    lines.push(String::new());
    lines.push(format!("When:         {}", message.time));
    for (what, value) in
        [("Tenant", &message.tenant), ("Address", &message.url), ("Operation", &message.operation)]
    {
        lines.extend(value.as_ref().map(|value| format!("{:14}{value}", format!("{what}:"))));
    }
    if message.hint.is_some() || message.command.is_some() {
        lines.push(String::new());
        lines.push("What helps:".to_owned());
        lines.extend(message.hint.as_ref().map(|hint| format!("  {hint}")));
        lines.extend(message.command.as_ref().map(|command| format!("  {command}")));
    }
    lines.push(String::new());
    lines.push("-- ".to_owned());
    lines.push("Berth. `berth webhook set mail --off` ends these messages.".to_owned());
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests;
