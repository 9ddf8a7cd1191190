//! Linking an account with a provider, and unlinking it.
//!
//! # Invariants
//!
//! * Whoever links or unlinks their own account types its password once more: who finds an open session
//!   gets no way in that stays.
//! * With a link go the roles that groups of its provider brought, and other sessions.

use std::collections::BTreeSet;

use berth_domain::access::{Post, may_appoint};
use berth_domain::provider::NotWelcome;
use berth_domain::{Actor, Person, ProviderId, SessionId};
use berth_identity::oidc::SignInError;
use berth_store::{Tx, foreign, people, sessions};
use secrecy::SecretString;
use serde_json::json;

use super::arrive::Comer;
use super::{identities, read_next};
use crate::Engine;
use crate::error::{EngineError, ForeignError, PeopleError};
use crate::request::{LinkWith, Whence};
use crate::usecase::people::{get, written};
use crate::usecase::shown;
use crate::view::{Begun, PlanView, SignedIn};

impl Engine {
    /// Begins to link one's own account with a provider.
    pub async fn begin_link(
        &self,
        me: &SignedIn,
        whence: &Whence,
        (provider, request): (&str, LinkWith),
    ) -> Result<Begun, EngineError> {
        let provider = self.provider(provider)?;
        let next = read_next(request.next.as_deref())?;
        self.prove_once_more(me, whence, request.password).await?;
        self.send_away(provider, (next, Some(me.session))).await
    }

    /// Links the account of the session in which somebody went to a provider.
    pub(super) async fn link(
        &self,
        comer: &Comer<'_>,
        session: SessionId,
    ) -> Result<(), EngineError> {
        let Comer { provider, identity, ending } = comer;
        let mut tx = self.0.store.begin().await?;
        people::lock(&mut tx).await?;
        if !foreign::use_up(&mut tx, &ending.digest, ending.ends_at).await?.is_updated() {
            return Err(ForeignError::TurnedAway(SignInError::NotOurs).into());
        }
        let person = sessions::find_person(&mut tx, session, self.0.clock.now()).await?;
        let person = person.ok_or(ForeignError::SessionOver)?;
        match foreign::find(&mut tx, &identity.issuer, &identity.subject).await? {
            Some(known) if known.person == person.id => {}
            Some(_) => {
                drop(tx);
                let why = NotWelcome::SomebodyElse;
                self.turn_away(provider, &identity.subject, why).await?;
                return Err(ForeignError::LinkedElsewhere(provider.name.clone()).into());
            }
            None => self.note_identity(&mut tx, (provider, identity), &person, None).await?,
        }
        Ok(tx.commit().await?)
    }

    /// Unlinks one's own account. All other sessions end.
    pub async fn unlink_own(
        &self,
        me: &SignedIn,
        whence: &Whence,
        (provider, password): (&str, SecretString),
    ) -> Result<(), EngineError> {
        self.prove_once_more(me, whence, password).await?;
        let mut tx = self.0.store.begin().await?;
        people::lock(&mut tx).await?;
        let actor = me.person.actor();
        self.unlink(&mut tx, &actor, &me.person, provider).await?;
        self.end_sessions(&mut tx, &actor, &me.person, Some(me.session)).await?;
        Ok(tx.commit().await?)
    }

    /// Says what unlinking somebody would do.
    pub async fn plan_unlink(
        &self,
        _actor: &Actor,
        (who, provider): (&str, &str),
    ) -> Result<PlanView, EngineError> {
        may_appoint(&self.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;
        let mut tx = self.0.store.read().await?;
        let person = get(&mut tx, who).await?;
        linked(&mut tx, &person, provider).await?;
        let text = "end their sessions, and take what its groups brought; with a password they sign in as before";
        let summary = format!("unlink `{}` from `{provider}`", person.email);
        Ok(written::plan(summary, text.to_owned()))
    }

    /// Unlinks somebody's account from a provider. All their sessions end.
    pub async fn unlink_person(
        &self,
        actor: &Actor,
        (who, provider): (&str, &str),
    ) -> Result<(), EngineError> {
        may_appoint(&self.1.grants, Post::Operator).map_err(PeopleError::NotToAppoint)?;
        let mut tx = self.0.store.begin().await?;
        people::lock(&mut tx).await?;
        let person = get(&mut tx, who).await?;
        self.unlink(&mut tx, actor, &person, provider).await?;
        self.end_sessions(&mut tx, actor, &person, None).await?;
        Ok(tx.commit().await?)
    }

    async fn unlink(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: &Person,
        provider: &str,
    ) -> Result<(), EngineError> {
        let provider = linked(tx, person, provider).await?;
        foreign::delete(tx, person.id, &provider).await?;
        let deed = written::person("person.unlink", person);
        let deed = deed.before(json!({ "provider": provider.as_str() }));
        self.record(tx, actor, deed).await?;
        self.regroup(tx, &provider, person, &BTreeSet::new()).await
    }

    async fn prove_once_more(
        &self,
        me: &SignedIn,
        whence: &Whence,
        password: SecretString,
    ) -> Result<(), EngineError> {
        let stored = people::password(&mut self.0.store.read().await?, me.person.id).await?;
        if stored.is_none() {
            return Err(ForeignError::NoPassword.into());
        }
        self.prove(me, whence, password).await.map(drop)
    }
}

/// The provider of that id, with which somebody is linked. It need not be configured any more.
async fn linked(tx: &mut Tx, person: &Person, provider: &str) -> Result<ProviderId, EngineError> {
    let all = identities(tx, person).await?;
    let found = all.into_iter().find(|identity| identity.provider.as_str() == provider);
    let not_linked =
        || ForeignError::NotLinked { person: person.email.to_string(), provider: shown(provider) };
    Ok(found.ok_or_else(not_linked)?.provider)
}
