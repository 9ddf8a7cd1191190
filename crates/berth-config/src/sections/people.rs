//! Who signs in, who is told what, and what is known of what they did.

use std::path::PathBuf;

use berth_domain::IpRange;

use super::section;
use crate::setting::{MailHost, MailTls, Mailbox, Word};

section! {
    /// Sign-in at foreign providers (`OpenID` Connect), of which there may be several; see below.
    /// They are told to send people back to `/api/v1/sign-in/providers/ID/callback` of
    /// `console.public_url`.
    SignIn = "sign_in" {
        /// Ranges that are not public and where providers may be all the same, as in `["10.0.0.0/8"]`.
        /// A provider can have Berth ask whatever is in them; http without TLS is allowed there only.
        allow_private: Vec<IpRange> = "[]",
    }
}

section! {
    /// How messages leave this host: webhooks, and mail (see below).
    Notify = "notify" {
        /// Ranges that are not public and may be reached all the same, as in `["192.168.1.0/24"]`.
        /// Whoever may make webhooks can then send messages to everything in them; http without TLS is
        /// allowed there and nowhere else.
        allow_private: Vec<IpRange> = "[]",
    }
}

section! {
    /// Who did what.
    Audit = "audit" {
        /// For how many days it is known. 0: for ever.
        keep_days: u32 = "365",
    }
}

section! {
    /// Mail to people who want to know when something is wrong.
    Mail = "mail" {
        /// The mail server. Empty: no mail is sent.
        host: Option<MailHost> = r#""""#,
        /// Its port. 0: 587 with `starttls`, 465 with `implicit`, 25 with `none`.
        port: Option<u16> = "0",
        /// `starttls`, `implicit` (TLS from the first byte) or `none`.
        /// `none` only to this host itself, or to an address that `notify.allow_private` names.
        tls: MailTls = r#""starttls""#,
        /// The name to sign in with. Empty: the server asks for none.
        user: Option<Word> = r#""""#,
        /// A file (mode 0600) that holds the password. Needs `user`.
        password_file: Option<PathBuf> = r#""""#,
        /// Whom the mail is from, as in `"Berth <berth@example.com>"`.
        from: Option<Mailbox> = r#""""#,
        /// Whom it goes to, as in `["ops@example.com"]`.
        to: Vec<Mailbox> = "[]",
        /// Where answers go. Empty: to `from`.
        reply_to: Option<Mailbox> = r#""""#,
    }
}
