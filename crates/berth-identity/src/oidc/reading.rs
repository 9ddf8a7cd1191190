//! How what a provider says is read, each kind of answer by itself and without a connection.
//!
//! For trials that ask millions of questions. What signs people in believes by the same functions.

use berth_domain::{Problems, Timestamp};
use berth_outbound::Outbound;
use openidconnect::core::{CoreJsonWebKeySet, CoreProviderMetadata};
use serde_json::Value;

use super::error::BadToken;
use super::identity::ForeignIdentity;
use super::known::Known;
use super::provider::{TokenRefusal, Tokens};
use super::settings::{ProviderSettings, Settings};
use super::verify::{Token, verify};

/// Reads the answers of one provider.
#[derive(Debug)]
pub struct Reading {
    settings: Settings,
    outbound: Outbound,
}

impl Reading {
    /// Checks settings. Nobody is asked.
    pub fn new(settings: ProviderSettings, outbound: Outbound) -> Result<Self, Problems> {
        let settings = settings.check(&outbound)?;
        Ok(Self { settings, outbound })
    }

    /// Whether what a provider says about itself is believed.
    #[must_use]
    pub fn discovery(&self, body: &[u8], now: Timestamp) -> bool {
        let Ok(metadata) = serde_json::from_slice::<CoreProviderMetadata>(body) else {
            return false;
        };
        metadata.issuer() == &self.settings.issuer
            && Known::learn(metadata, &self.settings, &self.outbound, now).is_ok()
    }

    /// Whether an answer to a code can be read, as tokens or as a refusal.
    #[must_use]
    pub fn tokens(body: &[u8]) -> bool {
        serde_json::from_slice::<Tokens>(body).is_ok()
            || serde_json::from_slice::<TokenRefusal>(body).is_ok()
    }

    /// Who a token says that somebody is, if it is believed. `None`: keys or token cannot be read.
    #[must_use]
    pub fn id_token(
        &self,
        keys: &[u8],
        token: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Option<Result<ForeignIdentity, BadToken>> {
        let keys: CoreJsonWebKeySet = serde_json::from_slice(keys).ok()?;
        let token: Token = serde_json::from_value(Value::from(token)).ok()?;
        let claim = self.settings.groups_claim.as_deref();
        let believed = verify(&token, &self.settings, &keys, nonce, now);
        Some(believed.map(|claims| ForeignIdentity::of(claims, claim)))
    }
}
