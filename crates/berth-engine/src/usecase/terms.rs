//! What whoever asks may do at the moment at which something changes.
//!
//! # Invariants
//!
//! * What somebody may do is read when the head of their request arrives. Its body may take long: so it is
//!   read once more in the transaction that changes something, and what was taken from them meanwhile
//!   counts.
//! * Who belongs where, and tokens, change under one lock (`people::lock`), taken before that reading:
//!   of a change and one that takes the right to it, one comes first.

use berth_domain::access::{Grants, Place, Right};
use berth_domain::{Actor, OrganisationId, Timestamp};
use berth_store::{Tx, people, sessions, tokens};

use super::people::{grants_of, makers_of};
use crate::Engine;
use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::view::{Credential, SignedIn};

/// What somebody may do by now with what they showed. `None`: it is not good any more.
pub(super) async fn granted_by(
    tx: &mut Tx,
    shown: Credential,
    now: Timestamp,
) -> Result<Option<Grants>, EngineError> {
    match shown {
        Credential::Token(token) => {
            let Some(token) = tokens::find_good(tx, token, now).await? else { return Ok(None) };
            let makers = makers_of(tx, &token).await?;
            Ok(token.grants(now, &makers))
        }
        Credential::Session(session) => match sessions::find_person(tx, session, now).await? {
            Some(person) => grants_of(tx, &person).await,
            None => Ok(None),
        },
    }
}

/// Refuses to go on when whoever asks may do other things by now than when they asked.
pub(super) async fn refuse_if_changed(
    tx: &mut Tx,
    engine: &Inner,
    asker: &Asker,
) -> Result<(), EngineError> {
    let Some(shown) = asker.shown else { return Ok(()) };
    let by_now = granted_by(tx, shown, engine.clock.now()).await?;
    if by_now.as_ref() == Some(&asker.grants) { Ok(()) } else { Err(changed()) }
}

/// The right to say who belongs somewhere, and where that is.
pub(super) const fn over_people(organisation: Option<OrganisationId>) -> (Right, Place) {
    match organisation {
        Some(organisation) => (Right::Members, Place::Organisation(organisation)),
        None => (Right::Installation, Place::Installation),
    }
}

/// Asked again, they are told what became of them.
fn changed() -> EngineError {
    EngineError::Unavailable("what you may do was changed just now: ask again".to_owned())
}

impl Engine {
    /// The same engine on the terms of this moment, for a change of people or tokens. Nobody else changes
    /// what anybody may do until the transaction ends.
    pub(super) async fn by_now(&self, tx: &mut Tx) -> Result<Self, EngineError> {
        people::lock(tx).await?;
        let Some(shown) = self.1.shown else { return Ok(self.clone()) };
        let grants = granted_by(tx, shown, self.0.clock.now()).await?.ok_or_else(changed)?;
        Ok(self.asked_by(Asker { grants, shown: None, ..self.1.clone() }))
    }

    /// Refuses whoever was signed in when they asked and is not any more. Nobody else ends sessions, nor
    /// disables anybody, until the transaction ends.
    pub(super) async fn still_signed_in(
        &self,
        tx: &mut Tx,
        me: &SignedIn,
    ) -> Result<(), EngineError> {
        people::lock(tx).await?;
        let found = sessions::find_person(tx, me.session, self.0.clock.now()).await?;
        if found.is_some_and(|person| person.id == me.person.id) { Ok(()) } else { Err(changed()) }
    }

    /// Writes down that somebody wanted what they may not, after a transaction that is given up.
    pub(super) async fn refused(
        &self,
        actor: &Actor,
        place: Place,
        asked: (&str, &str),
        why: EngineError,
    ) -> EngineError {
        if let Err(error) = self.note_denied(actor, place, asked).await {
            tracing::error!(%actor, action = asked.0, %error, "cannot write down who was refused");
        }
        why
    }
}
