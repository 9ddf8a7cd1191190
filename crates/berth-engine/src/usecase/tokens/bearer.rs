//! Whoever shows a token.

use std::time::Duration;

use berth_domain::access::Grants;
use berth_domain::{Actor, Timestamp, TokenId, chain};
use berth_identity::token::ApiToken;
use berth_store::tokens as stored;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Engine;
use crate::error::EngineError;
use crate::usecase::people::makers_of;
use crate::usecase::terms::granted_by;
use crate::view::{Bearer, Credential};

/// How exactly it is known when a token was used last.
const USED: Duration = Duration::from_mins(1);
/// How often it is looked whether somebody who stays may still stay.
const LOOK_EVERY: Duration = Duration::from_secs(2);

impl Engine {
    /// Says who shows a token, and what they may do. `None`: nobody, the token is not good.
    ///
    /// What is found here holds for one request: the next one asks again.
    pub async fn bearer(&self, secret: &SecretString) -> Result<Option<Bearer>, EngineError> {
        // What is no token is known without asking the store.
        let Ok(shown) = secret.expose_secret().parse::<ApiToken>() else { return Ok(None) };
        let mut tx = self.0.store.read().await?;
        let found = stored::find_by_hash(&mut tx, &shown.digest().to_string()).await?;
        let Some((token, organisation)) = found else { return Ok(None) };
        let now = self.0.clock.now();
        let makers = makers_of(&mut tx, &token).await?;
        drop(tx);
        let Some(grants) = token.grants(now, &makers) else { return Ok(None) };
        if token.last_used_at.is_none_or(|at| at < now - USED) {
            self.note_use(token.id, now).await;
        }
        let actor = Actor::Service { account: token.account, organisation };
        Ok(Some(Bearer { token: token.id, actor, grants }))
    }

    /// Waits until whoever stays may not do any more what they came with: their token is not good or
    /// their session is over, or they may do other things by now than these.
    pub async fn until_void(&self, shown: Credential, grants: &Grants) {
        loop {
            match self.granted_by(shown).await {
                Ok(Some(now)) if now == *grants => {}
                Ok(_) => return,
                // As long as the control database does not answer, nobody can revoke anything.
                Err(error) => {
                    tracing::warn!(?shown, error = %chain(&error), "cannot look after somebody who stays");
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn granted_by(&self, shown: Credential) -> Result<Option<Grants>, EngineError> {
        let mut tx = self.0.store.read().await?;
        granted_by(&mut tx, shown, self.0.clock.now()).await
    }

    /// Whoever may not write may still read: a use that cannot be noted is not refused.
    async fn note_use(&self, token: TokenId, now: Timestamp) {
        let noted = async {
            let mut tx = self.0.store.begin().await?;
            let noted = stored::touch(&mut tx, token, (now, now - USED)).await?;
            tx.commit().await?;
            Ok::<_, EngineError>(noted)
        };
        if let Err(error) = noted.await {
            tracing::warn!(token.id = %token, error = %chain(&error), "cannot note that a token was used");
        }
    }
}
