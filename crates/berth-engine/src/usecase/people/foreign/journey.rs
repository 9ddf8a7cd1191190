//! What a browser holds while somebody is away at a provider.

use berth_domain::SessionId;
use berth_domain::provider::ReturnPath;
use berth_identity::oidc::SignInAttempt;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// A sign-in that is under way, and what it is for.
#[derive(Debug)]
pub(super) struct Journey {
    pub(super) attempt: SignInAttempt,
    /// The session whose account is to be linked. `None`: somebody signs in.
    pub(super) link: Option<SessionId>,
    pub(super) next: ReturnPath,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    attempt: String,
    link: Option<String>,
    next: String,
}

const VERSION: u32 = 1;

impl Journey {
    /// The text to seal.
    pub(super) fn to_sealable(&self) -> SecretString {
        let stored = Stored {
            version: VERSION,
            attempt: self.attempt.to_sealable().expose_secret().to_owned(),
            link: self.link.map(|session| session.to_string()),
            next: self.next.to_string(),
        };
        // A struct of texts and numbers has no way to fail.
        serde_json::to_string(&stored).unwrap_or_default().into()
    }

    /// Takes what was sealed. `None`: another version of Berth sealed it.
    pub(super) fn from_sealable(text: &SecretString) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text.expose_secret()).ok()?;
        let link = stored.link.map(|session| session.parse()).transpose().ok()?;
        (stored.version == VERSION).then_some(())?;
        Some(Self {
            attempt: SignInAttempt::from_sealable(&stored.attempt.into()).ok()?,
            link,
            next: stored.next.parse().ok()?,
        })
    }
}
