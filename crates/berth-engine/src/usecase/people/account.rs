//! Somebody's own account.

use berth_domain::Problems;
use berth_identity::password::{self, Password};
use berth_store::people;
use secrecy::SecretString;

use super::doorkeeper::Purpose;
use super::sign_in::readable;
use super::{chosen, written};
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::{ChangePassword, Whence};
use crate::view::{PersonView, SignedIn};

impl Engine {
    /// Shows whoever asks who they are.
    pub async fn who_am_i(&self, me: &SignedIn) -> Result<PersonView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let roles = berth_store::memberships::named(&mut tx, me.person.id).await?;
        let identities = super::foreign::identities(&mut tx, &me.person).await?;
        Ok(PersonView { person: me.person.clone(), roles, identities })
    }

    /// Puts a password in the place of one's own. All other sessions end.
    pub async fn change_password(
        &self,
        me: &SignedIn,
        whence: &Whence,
        request: ChangePassword,
    ) -> Result<(), EngineError> {
        let ChangePassword { current, new } = request;
        let person = &me.person;
        let mut problems = Problems::default();
        let owner = password::Person { email: person.email.as_str(), name: person.name.as_str() };
        let new = chosen(Some(new), &owner, &mut problems);
        let (Some(new), true) = (new, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        let stored = self.prove(me, whence, current).await?;
        let hash = self.0.doorkeeper.desk.hash(new).await?.to_phc();
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        let change = (Some(stored.as_str()), Some(hash.as_str()));
        if !people::change_password(&mut tx, person.id, change).await?.is_updated() {
            return Err(PeopleError::NotLetIn.into());
        }
        let actor = person.actor();
        self.record(&mut tx, &actor, written::person("password.change", person)).await?;
        self.end_sessions(&mut tx, &actor, person, Some(me.session)).await?;
        Ok(tx.commit().await?)
    }

    /// Has whoever is signed in prove once more that it is they. Returns what is stored.
    pub(super) async fn prove(
        &self,
        me: &SignedIn,
        whence: &Whence,
        password: SecretString,
    ) -> Result<String, EngineError> {
        let mut problems = Problems::default();
        let Some(password) = problems.check("current_password", Password::typed(password)) else {
            return Err(EngineError::Invalid(problems));
        };
        let (person, door, now) = (&me.person, &self.0.doorkeeper, self.0.clock.now());
        let caller = door.ask((Purpose::Password, person.email.as_str()), whence, now)?;
        let stored = people::password(&mut self.0.store.read().await?, person.id).await?;
        let hash = stored.as_deref().and_then(readable);
        let verdict = door.desk.verify(hash, password).await?;
        match stored {
            Some(stored) if verdict.is_right() => {
                door.succeeded(&caller, now);
                Ok(stored)
            }
            _ => Err(self.refuse(&person.email).await?),
        }
    }
}
