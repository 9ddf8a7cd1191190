//! People: how they come, prove who they are, and go.
//!
//! # Invariants
//!
//! * What somebody may do is read for each request (`grants_of`), and a disabled account may nothing. It
//!   is read again in the transaction of each change of people (`terms`).
//! * A code, a step of an authenticator and an invitation are used up in the transaction that lets
//!   somebody in.
//! * No secret leaves but once, to whoever it was made for; the audit has none.
//! * Nobody makes anybody more than they are themselves, and a token makes nobody anything
//!   (`berth_domain::access::may_appoint`).

mod accept;
mod account;
mod claim;
mod directory;
mod doorkeeper;
mod factor;
mod foreign;
mod invite;
mod letter;
mod members;
mod session;
mod sign_in;
mod written;

use std::collections::BTreeMap;

use berth_domain::access::{Grants, NotToAppoint, Place};
use berth_domain::person::address;
use berth_domain::token::Makers;
use berth_domain::{Actor, Person, PersonId, Problems, Token};
use berth_identity::password::{self, NewPassword};
use berth_store::{Tx, memberships, people};
use secrecy::SecretString;

use super::shown;
use crate::Engine;
use crate::error::{EngineError, PeopleError};

pub(crate) use doorkeeper::Doorkeeper;

/// What a person may do by now. `None`: nothing.
pub(super) async fn grants_of(tx: &mut Tx, person: &Person) -> Result<Option<Grants>, EngineError> {
    let of = memberships::of(tx, person.id).await?;
    for error in &of.unreadable {
        tracing::warn!(%error, "what somebody is in an organisation cannot be read");
    }
    Ok(person.grants(of.rows.into_iter().collect::<BTreeMap<_, _>>()))
}

/// What whoever made a token may do by now.
pub(super) async fn makers_of(tx: &mut Tx, token: &Token) -> Result<Makers, EngineError> {
    let Some(id) = token.person else { return Ok(Makers::Host) };
    match people::find_by_id(tx, id).await? {
        Some(person) => Ok(Makers::Person(grants_of(tx, &person).await?)),
        None => Ok(Makers::Person(None)),
    }
}

/// The account of whoever acts. `None`: they have none.
pub(super) async fn account_of(
    tx: &mut Tx,
    actor: &Actor,
) -> Result<Option<PersonId>, EngineError> {
    match actor {
        Actor::Person { email } => Ok(people::find(tx, email).await?.map(|person| person.id)),
        Actor::System | Actor::Local { .. } | Actor::Service { .. } | Actor::Nobody => Ok(None),
    }
}

/// Finds somebody by what people or programs call them: an address, or an id.
async fn find(tx: &mut Tx, who: &str) -> Result<Option<Person>, EngineError> {
    if let Ok(id) = who.parse() {
        return Ok(people::find_by_id(tx, id).await?);
    }
    match address(who) {
        Ok(email) => Ok(people::find(tx, &email).await?),
        Err(_) => Ok(None),
    }
}

/// The same of somebody who must be there.
async fn get(tx: &mut Tx, who: &str) -> Result<Person, EngineError> {
    find(tx, who).await?.ok_or_else(|| PeopleError::NoSuchPerson(shown(who)).into())
}

/// Reads a password that somebody chose.
fn chosen(
    password: Option<SecretString>,
    owner: &password::Person<'_>,
    problems: &mut Problems,
) -> Option<NewPassword> {
    let Some(password) = password else {
        problems.add("password", "choose a password");
        return None;
    };
    match NewPassword::choose(password, owner) {
        Ok(chosen) => Some(chosen),
        Err(weaknesses) => {
            for weakness in weaknesses {
                problems.add("password", weakness);
            }
            None
        }
    }
}

impl Engine {
    /// Writes down that somebody wanted to make somebody else what they may not.
    async fn refuse_to_appoint(
        &self,
        actor: &Actor,
        place: Place,
        asked: (&str, &str),
        why: NotToAppoint,
    ) -> EngineError {
        self.refused(actor, place, asked, PeopleError::NotToAppoint(why).into()).await
    }

    /// Refuses whoever does not reach the host itself.
    fn demand_local(actor: &Actor) -> Result<(), EngineError> {
        match actor {
            Actor::Local { .. } => Ok(()),
            Actor::System | Actor::Service { .. } | Actor::Person { .. } | Actor::Nobody => {
                Err(PeopleError::LocalOnly.into())
            }
        }
    }
}
