//! Signing in.
//!
//! # Invariants
//!
//! * Whether there is an account changes neither the answer nor the work: a password is judged, and the
//!   refusal written down, in either case.
//! * Whoever's password is right is told that a second factor is missing; nobody else learns whether
//!   there is one.
//! * Each attempt that was judged is written down, also one that was right as far as it went.

use std::time::Duration;

use berth_domain::access::Place;
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::person::{Session, address};
use berth_domain::{Actor, EmailAddress, Person, Problems, SessionId, Timestamp};
use berth_identity::password::{Password, PasswordHash, Verdict};
use berth_identity::throttle::Caller;
use berth_identity::token::SessionToken;
use berth_store::{people, sessions};

use super::doorkeeper::Purpose;
use super::factor::Code;
use super::written;
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::{SignIn, Whence};
use crate::usecase::audit::Refusal;
use crate::view::NewSession;

/// How long a session lasts that is not used, and one that is.
pub(super) const IDLE: Duration = Duration::from_hours(12);
const LONGEST: Duration = Duration::from_hours(24 * 7);
/// As much of what a browser calls itself as is kept.
const USER_AGENT: usize = 200;

/// Somebody whose password was right.
struct Known {
    /// To be told what came of it.
    caller: Caller,
    person: Person,
    /// What is stored, and what is to be stored in its place.
    hash: String,
    better: Option<PasswordHash>,
}

impl Engine {
    /// Begins a session for whoever proves who they are.
    pub async fn begin_session(
        &self,
        whence: &Whence,
        request: SignIn,
    ) -> Result<NewSession, EngineError> {
        let SignIn { email, password, code } = request;
        let mut problems = Problems::default();
        let email = problems.check("email", address(&email));
        let password = problems.check("password", Password::typed(password));
        let code = code.and_then(|code| problems.check("code", Code::typed(&code)));
        let (Some(email), Some(password), true) = (email, password, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        let known = self.judge(&email, password, whence).await?;
        let (door, now) = (&self.0.doorkeeper, self.0.clock.now());
        if known.person.second_factor_since.is_some() && code.is_none() {
            door.halfway(&known.caller, now);
            self.refuse_for(&email, "the second factor is missing").await?;
            return Err(PeopleError::SecondFactor.into());
        }
        door.succeeded(&known.caller, now);
        self.let_in(known, code, whence).await
    }

    /// Says who it is, as far as a password says.
    async fn judge(
        &self,
        email: &EmailAddress,
        password: Password,
        whence: &Whence,
    ) -> Result<Known, EngineError> {
        let now = self.0.clock.now();
        let door = &self.0.doorkeeper;
        let caller = door.ask((Purpose::Password, email.as_str()), whence, now)?;
        let found = people::find_with_password(&mut self.0.store.read().await?, email).await?;
        let found = found.filter(|(person, _)| person.disabled_at.is_none());
        let stored = found.as_ref().and_then(|(_, hash)| hash.as_deref()).and_then(readable);
        let verdict = door.desk.verify(stored, password.clone()).await?;
        let known = match found {
            Some((person, Some(hash))) if verdict.is_right() => (person, hash),
            _ => return Err(self.refuse(email).await?),
        };
        let (person, hash) = known;
        let better = match verdict {
            Verdict::RightButOutgrown => Some(door.desk.rehash(password).await?),
            Verdict::Right | Verdict::Wrong => None,
        };
        Ok(Known { caller, person, hash, better })
    }

    async fn let_in(
        &self,
        known: Known,
        code: Option<Code>,
        whence: &Whence,
    ) -> Result<NewSession, EngineError> {
        let Known { caller: _, person, hash, better } = known;
        let now = self.0.clock.now();
        let factor = match (&code, person.second_factor_since) {
            (Some(code), Some(_)) => {
                let email = person.email.as_str();
                let asked = (Purpose::SecondFactor, email);
                Some((code, self.0.doorkeeper.ask(asked, whence, now)?))
            }
            (_, None) | (None, Some(_)) => None,
        };
        let mut tx = self.0.store.begin().await?;
        // Holds the row: whoever takes the account away meanwhile comes before or after all of this.
        let is_same = people::sign_in(&mut tx, person.id, &hash, now).await?.is_updated();
        let found = people::find_by_id(&mut tx, person.id).await?;
        let found = found.filter(|it| it.second_factor_since == person.second_factor_since);
        let (true, Some(person)) = (is_same, found) else {
            drop(tx);
            return Err(self.refuse(&person.email).await?);
        };
        if let Some((code, _)) = &factor
            && !self.use_up(&mut tx, &person, code).await?
        {
            drop(tx);
            return Err(self.refuse_for(&person.email, "the second factor is wrong").await?);
        }
        if let Some(better) = better {
            let better = better.to_phc();
            let change = (Some(hash.as_str()), Some(better.as_str()));
            // The row is held, so that nobody was faster.
            let _updated = people::change_password(&mut tx, person.id, change).await?;
        }
        let (session, secret) = self.new_session(&person, whence, now)?;
        sessions::insert(&mut tx, &session, &secret.digest().to_string()).await?;
        self.record(&mut tx, &person.actor(), written::person("person.sign_in", &person)).await?;
        tx.commit().await?;
        if let Some((_, caller)) = &factor {
            self.0.doorkeeper.succeeded(caller, now);
        }
        Ok(NewSession { session, person, secret: secret.expose().into() })
    }

    pub(super) fn new_session(
        &self,
        person: &Person,
        whence: &Whence,
        now: Timestamp,
    ) -> Result<(Session, SessionToken), EngineError> {
        let user_agent = whence.user_agent.as_ref().map(|text| {
            text.chars().filter(|c| !c.is_control()).take(USER_AGENT).collect::<String>()
        });
        let session = Session {
            id: SessionId::from_uuid(self.0.ids.uuid()),
            person: person.id,
            created_at: now,
            seen_at: now,
            address: whence.address.map(|address| address.to_string()),
            user_agent,
            idle_at: now + IDLE,
            ends_at: now + LONGEST,
        };
        Ok((session, SessionToken::draw()?))
    }

    /// Writes down that somebody was not let in, by the address that was typed.
    pub(super) async fn refuse(&self, email: &EmailAddress) -> Result<EngineError, EngineError> {
        self.note_sign_in(email, None).await
    }

    /// The same of somebody whose password was right.
    async fn refuse_for(
        &self,
        email: &EmailAddress,
        why: &'static str,
    ) -> Result<EngineError, EngineError> {
        self.note_sign_in(email, Some(why)).await
    }

    async fn note_sign_in(
        &self,
        email: &EmailAddress,
        why: Option<&'static str>,
    ) -> Result<EngineError, EngineError> {
        let refusal = Refusal {
            place: Place::Installation,
            action: "person.sign_in",
            object: Object::named(ObjectKind::Person, email),
            why,
        };
        self.note_refused(&Actor::Nobody, refusal).await?;
        Ok(PeopleError::NotLetIn.into())
    }
}

/// What is stored of a password, if it is what we would compute.
pub(super) fn readable(stored: &str) -> Option<PasswordHash> {
    let hash = stored.parse();
    if let Err(error) = &hash {
        tracing::error!(%error, "what is stored of somebody's password is not of Berth");
    }
    hash.ok()
}
