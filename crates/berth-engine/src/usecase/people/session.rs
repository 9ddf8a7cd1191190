//! Sessions: who is signed in, and for how long.

use std::time::Duration;

use berth_domain::person::Session;
use berth_domain::{Actor, Person, SessionId, Timestamp, chain};
use berth_identity::token::SessionToken;
use berth_store::{Tx, sessions};
use secrecy::{ExposeSecret as _, SecretString};

use super::sign_in::IDLE;
use super::{grants_of, written};
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::usecase::shown;
use crate::view::SignedIn;

/// How exactly it is known when a session was used last.
const SEEN: Duration = Duration::from_mins(1);

impl Engine {
    /// Says who shows the secret of a session, and what they may do. `None`: nobody, it is over.
    ///
    /// What is found here holds for one request: the next one asks again.
    pub async fn signed_in(&self, secret: &SecretString) -> Result<Option<SignedIn>, EngineError> {
        let Ok(shown) = secret.expose_secret().parse::<SessionToken>() else { return Ok(None) };
        let now = self.0.clock.now();
        let mut tx = self.0.store.read().await?;
        let digest = shown.digest().to_string();
        let found = sessions::find_by_digest(&mut tx, &digest, now).await?;
        let Some((session, person)) = found else { return Ok(None) };
        let Some(grants) = grants_of(&mut tx, &person).await? else { return Ok(None) };
        drop(tx);
        if session.seen_at < now - SEEN {
            self.note_seen(session.id, now).await;
        }
        Ok(Some(SignedIn { session: session.id, person, grants }))
    }

    /// Ends the session of whoever asks.
    pub async fn sign_out(&self, me: &SignedIn) -> Result<(), EngineError> {
        let mut tx = self.0.store.begin().await?;
        if sessions::delete(&mut tx, me.person.id, me.session).await?.is_updated() {
            let deed = written::person("person.sign_out", &me.person);
            self.record(&mut tx, &me.person.actor(), deed).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lists the sessions of whoever asks, newest first.
    pub async fn own_sessions(&self, me: &SignedIn) -> Result<Vec<Session>, EngineError> {
        let mut tx = self.0.store.read().await?;
        self.list_sessions(&mut tx, &me.person).await
    }

    /// Ends one session of whoever asks.
    pub async fn end_own_session(&self, me: &SignedIn, id: &str) -> Result<(), EngineError> {
        let no_such = || PeopleError::NoSuchSession(shown(id));
        let session = id.parse().map_err(|_| no_such())?;
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        if !sessions::delete(&mut tx, me.person.id, session).await?.is_updated() {
            return Err(no_such().into());
        }
        self.record(&mut tx, &me.person.actor(), written::person("session.end", &me.person))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of whoever asks but the one they ask in. Returns how many there were.
    pub async fn end_other_sessions(&self, me: &SignedIn) -> Result<u64, EngineError> {
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        let actor = me.person.actor();
        let ended = self.end_sessions(&mut tx, &actor, &me.person, Some(me.session)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    pub(super) async fn list_sessions(
        &self,
        tx: &mut Tx,
        person: &Person,
    ) -> Result<Vec<Session>, EngineError> {
        let listed = sessions::list(tx, person.id, self.0.clock.now()).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a session cannot be read");
        }
        Ok(listed.rows)
    }

    /// Ends all sessions of somebody but one, and writes it down if there were any.
    pub(super) async fn end_sessions(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: &Person,
        except: Option<SessionId>,
    ) -> Result<u64, EngineError> {
        let ended = sessions::delete_all(tx, person.id, except).await?;
        if ended > 0 {
            let deed = written::person("session.end", person);
            let deed = deed.before(serde_json::json!({ "sessions": ended }));
            self.record(tx, actor, deed).await?;
        }
        Ok(ended)
    }

    /// Whoever may not write may still read: a use that cannot be noted is not refused.
    async fn note_seen(&self, session: SessionId, now: Timestamp) {
        let noted = async {
            let mut tx = self.0.store.begin().await?;
            let noted = sessions::touch(&mut tx, session, (now, now - SEEN), now + IDLE).await?;
            tx.commit().await?;
            Ok::<_, EngineError>(noted)
        };
        if let Err(error) = noted.await {
            tracing::warn!(session.id = %session, error = %chain(&error), "cannot note that a session was used");
        }
    }
}
