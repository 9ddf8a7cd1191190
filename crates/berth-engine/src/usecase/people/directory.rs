//! Everybody who has an account, for whoever runs the installation.
//!
//! # Invariants
//!
//! * The last operator who may sign in is not disabled.
//! * What somebody proves themselves with is taken from them on the host only.

use berth_domain::access::{Post, may_appoint};
use berth_domain::person::{Invitation, Offer, Session};
use berth_domain::{Actor, InvitationId, Person};
use berth_identity::token::InvitationToken;
use berth_store::{Tx, invitations, memberships, people, tokens};
use secrecy::SecretString;
use serde_json::json;

use super::{factor, get, invite, written};
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::Reset;
use crate::view::{PersonView, PlanView};

impl Engine {
    /// Lists everybody who has an account, by address.
    pub async fn people(&self, _actor: &Actor) -> Result<Vec<PersonView>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let listed = people::list(&mut tx).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a person cannot be read");
        }
        let mut views = Vec::with_capacity(listed.rows.len());
        for person in listed.rows {
            views.push(view(&mut tx, person).await?);
        }
        Ok(views)
    }

    /// Shows somebody.
    pub async fn person(&self, _actor: &Actor, who: &str) -> Result<PersonView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let person = get(&mut tx, who).await?;
        view(&mut tx, person).await
    }

    /// Says what disabling somebody, or enabling them, would do.
    pub async fn plan_disabling(
        &self,
        _actor: &Actor,
        who: &str,
        is_disabled: bool,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let person = get(&mut tx, who).await?;
        self.may_disable(&mut tx, &person, is_disabled).await?;
        let email = &person.email;
        Ok(if is_disabled {
            let text = "their sessions, invitations and tokens are no good any more".to_owned();
            written::plan(format!("disable `{email}`"), text)
        } else {
            let text = "they sign in as before; their tokens are good again".to_owned();
            written::plan(format!("enable `{email}`"), text)
        })
    }

    /// Lets somebody do nothing any more, or lets them in again.
    pub async fn disable_person(
        &self,
        actor: &Actor,
        who: &str,
        is_disabled: bool,
    ) -> Result<PersonView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let person = get(&mut tx, who).await?;
        by_now.may_disable(&mut tx, &person, is_disabled).await?;
        if person.disabled_at.is_some() != is_disabled {
            let since = is_disabled.then(|| self.0.clock.now());
            people::disable(&mut tx, person.id, since).await?;
            let action = if is_disabled { "person.disable" } else { "person.enable" };
            by_now.record(&mut tx, actor, written::person(action, &person)).await?;
        }
        if is_disabled {
            by_now.end_sessions(&mut tx, actor, &person, None).await?;
            invitations::delete_by(&mut tx, &person.actor(), None).await?;
        }
        let person = get(&mut tx, who).await?;
        let shown = view(&mut tx, person).await?;
        tx.commit().await?;
        Ok(shown)
    }

    /// Says what resetting somebody would do.
    pub async fn plan_reset(
        &self,
        actor: &Actor,
        who: &str,
        what: Reset,
    ) -> Result<PlanView, EngineError> {
        Self::demand_local(actor)?;
        let person = get(&mut self.0.store.read().await?, who).await?;
        let text = match what {
            Reset::Everything => {
                "end their sessions, tokens and invitations, forget their password, second factor and providers, and make a code for a new password"
            }
            Reset::Password => {
                "end their sessions, forget their password, and make a code for a new one"
            }
            Reset::SecondFactor => "end their sessions, and ask for no second factor any more",
            Reset::Waiting => "let them try again at once",
        };
        Ok(written::plan(format!("reset `{}`: {}", person.email, what.as_str()), text.to_owned()))
    }

    /// Takes from somebody what they prove themselves with, for whoever is on the host. Returns a code
    /// with which they choose a new password, if they need one.
    pub async fn reset_person(
        &self,
        actor: &Actor,
        who: &str,
        what: Reset,
    ) -> Result<Option<SecretString>, EngineError> {
        Self::demand_local(actor)?;
        let mut tx = self.0.store.begin().await?;
        people::lock(&mut tx).await?;
        let person = get(&mut tx, who).await?;
        if what.takes_second_factor() {
            factor::forget(&mut tx, &person).await?;
        }
        let code = if what.takes_password() {
            Some(self.forget_password(&mut tx, actor, &person).await?)
        } else {
            None
        };
        if what == Reset::Everything {
            // Whoever was in their place may have made some.
            tokens::delete_of(&mut tx, person.id).await?;
            berth_store::foreign::delete_all(&mut tx, person.id).await?;
            invitations::delete_by(&mut tx, &person.actor(), None).await?;
        }
        let deed = written::person("person.reset", &person);
        self.record(&mut tx, actor, deed.after(json!({ "reset": what.as_str() }))).await?;
        if what != Reset::Waiting {
            self.end_sessions(&mut tx, actor, &person, None).await?;
        }
        tx.commit().await?;
        self.0.doorkeeper.forget(&person.email);
        Ok(code)
    }

    async fn forget_password(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: &Person,
    ) -> Result<SecretString, EngineError> {
        people::clear_password(tx, person.id).await?;
        let (code, now) = (InvitationToken::draw()?, self.0.clock.now());
        let invitation = Invitation {
            id: InvitationId::from_uuid(self.0.ids.uuid()),
            email: person.email.clone(),
            offer: Offer::Password,
            created_at: now,
            created_by: actor.clone(),
            expires_at: now + invite::GOOD_FOR,
        };
        invitations::insert(tx, &invitation, &code.digest().to_string()).await?;
        Ok(code.shown_once())
    }

    /// Lists somebody's sessions, newest first.
    pub async fn person_sessions(
        &self,
        _actor: &Actor,
        who: &str,
    ) -> Result<Vec<Session>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let person = get(&mut tx, who).await?;
        self.list_sessions(&mut tx, &person).await
    }

    /// Ends all of somebody's sessions. Returns how many there were.
    pub async fn end_person_sessions(&self, actor: &Actor, who: &str) -> Result<u64, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let person = get(&mut tx, who).await?;
        may_appoint(&by_now.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;
        let ended = by_now.end_sessions(&mut tx, actor, &person, None).await?;
        tx.commit().await?;
        Ok(ended)
    }

    async fn may_disable(
        &self,
        tx: &mut Tx,
        person: &Person,
        is_disabled: bool,
    ) -> Result<(), EngineError> {
        may_appoint(&self.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;
        let goes = is_disabled && person.is_operator && person.disabled_at.is_none();
        if goes && people::count_operators(tx).await? <= 1 {
            let person = person.email.to_string();
            return Err(PeopleError::LastOne { person, what: "operator" }.into());
        }
        Ok(())
    }
}

async fn view(tx: &mut Tx, person: Person) -> Result<PersonView, EngineError> {
    let roles = memberships::named(tx, person.id).await?;
    let identities = super::foreign::identities(tx, &person).await?;
    Ok(PersonView { person, roles, identities })
}
