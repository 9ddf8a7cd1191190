//! Coming back from a provider.

use berth_domain::access::Post;
use berth_domain::person::{Invitation, Offer, address};
use berth_domain::provider::{Account, Address, NotWelcome, Reasons, Welcome, welcome};
use berth_domain::{EmailAddress, Person, PersonId, PersonName, Timestamp};
use berth_identity::oidc::{Callback, ForeignEmail, ForeignIdentity, SignInError};
use berth_identity::throttle::Caller;
use berth_store::foreign::{self, Identity};
use berth_store::{Tx, invitations, memberships, organisations, people, sessions};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::journey::Journey;
use super::{away_or_not, identities};
use crate::Engine;
use crate::error::{EngineError, ForeignError};
use crate::providers::SignInProvider;
use crate::request::{Returned, Whence};
use crate::usecase::people::doorkeeper::Purpose;
use crate::usecase::people::written;
use crate::view::{Arrival, Arrived, NewSession};

/// What is stored of a sign-in that ends, so that it ends once.
pub(super) struct Ending {
    pub(super) digest: String,
    pub(super) ends_at: Timestamp,
}

/// Somebody whom a provider vouches for.
pub(super) struct Comer<'a> {
    pub(super) provider: &'a SignInProvider,
    pub(super) identity: ForeignIdentity,
    pub(super) ending: Ending,
}

impl Engine {
    /// Ends a sign-in at a provider: begins a session, or links the account of the session in which it
    /// was begun.
    pub async fn finish_foreign(
        &self,
        whence: &Whence,
        provider: &str,
        returned: &Returned,
    ) -> Result<Arrived, EngineError> {
        let provider = self.provider(provider)?;
        let journey = self.journey(provider, returned).await?;
        let Journey { attempt, link, next } = journey;
        let ending = Ending { digest: attempt.digest().to_string(), ends_at: attempt.ends_at() };
        let (door, now) = (&self.0.doorkeeper, self.0.clock.now());
        let caller = door.ask((Purpose::Provider, ending.digest.as_str()), whence, now)?;
        let callback = Callback::from_query(returned.query.expose_secret());
        let callback = callback.map_err(ForeignError::Crooked)?;
        // In a box of its own: the protocol's library makes large futures.
        let met = Box::pin(provider.party.finish(attempt, callback, now)).await;
        let identity = match met {
            Ok(identity) => identity,
            Err(error) => return Err(self.not_met((provider, &caller), error, now).await?),
        };
        let comer = Comer { provider, identity, ending };
        let arrival = match link {
            None => Arrival::SignedIn(Box::new(self.let_in_comer(&comer, whence).await?)),
            Some(session) => {
                self.link(&comer, session).await?;
                Arrival::Linked
            }
        };
        door.succeeded(&caller, now);
        Ok(Arrived { arrival, next })
    }

    /// What this browser began at this provider. A stranger's answer without one is no attempt: it is
    /// neither judged nor written down.
    async fn journey(
        &self,
        provider: &SignInProvider,
        returned: &Returned,
    ) -> Result<Journey, EngineError> {
        let not_begun = || ForeignError::NotBegun(provider.name.clone());
        let held = returned.held.as_ref().ok_or_else(not_begun)?;
        let tx = self.0.store.read().await?;
        let opened = foreign::open(&tx, &provider.id, held.expose_secret());
        let journey = opened.as_ref().and_then(Journey::from_sealable);
        Ok(journey.ok_or_else(not_begun)?)
    }

    async fn not_met(
        &self,
        (provider, caller): (&SignInProvider, &Caller),
        error: SignInError,
        now: Timestamp,
    ) -> Result<EngineError, EngineError> {
        let error = away_or_not(provider, error);
        match &error {
            EngineError::Foreign(ForeignError::TurnedAway(_)) => {
                self.refuse_foreign(provider, None, "what came back is no good sign-in").await?;
            }
            // Nobody is to wait for what the provider did not do.
            _ => self.0.doorkeeper.succeeded(caller, now),
        }
        Ok(error)
    }

    async fn let_in_comer(
        &self,
        comer: &Comer<'_>,
        whence: &Whence,
    ) -> Result<NewSession, EngineError> {
        let Comer { provider, identity, ending } = comer;
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        // Holds all roles: what groups bring and take is decided on what is there now.
        people::lock(&mut tx).await?;
        if !foreign::use_up(&mut tx, &ending.digest, ending.ends_at).await?.is_updated() {
            drop(tx);
            self.refuse_foreign(provider, None, "the sign-in was ended before").await?;
            return Err(ForeignError::TurnedAway(SignInError::NotOurs).into());
        }
        let person = match self.meet(&mut tx, provider, identity).await? {
            Ok(person) => person,
            Err(why) => {
                drop(tx);
                return Err(self.turn_away(provider, &identity.subject, why).await?);
            }
        };
        if !people::sign_in_elsewhere(&mut tx, person.id, now).await?.is_updated() {
            drop(tx);
            let why = NotWelcome::Disabled;
            return Err(self.turn_away(provider, &identity.subject, why).await?);
        }
        let brought = provider.mapping.roles_of(&identity.groups);
        self.regroup(&mut tx, &provider.id, &person, &brought).await?;
        let person = people::find_by_id(&mut tx, person.id).await?.unwrap_or(person);
        let (session, secret) = self.new_session(&person, whence, now)?;
        sessions::insert(&mut tx, &session, &secret.digest().to_string()).await?;
        let deed = written::person("person.sign_in", &person);
        let deed = deed.after(json!({ "provider": provider.id.as_str() }));
        self.record(&mut tx, &person.actor(), deed).await?;
        tx.commit().await?;
        Ok(NewSession { session, person, secret: secret.expose().into() })
    }

    /// Finds the account of somebody, links the one that they may be met by, or makes one.
    async fn meet(
        &self,
        tx: &mut Tx,
        provider: &SignInProvider,
        identity: &ForeignIdentity,
    ) -> Result<Result<Person, NotWelcome>, EngineError> {
        let ForeignIdentity { issuer, subject, .. } = identity;
        let now = self.0.clock.now();
        if let Some(known) = foreign::find(tx, issuer, subject).await? {
            // It is held by the lock of all roles.
            let _updated = foreign::touch(tx, (issuer, subject), &provider.id, now).await?;
            let person = people::find_by_id(tx, known.person).await?;
            let person = person.filter(|person| person.disabled_at.is_none());
            return Ok(person.ok_or(NotWelcome::Disabled));
        }
        let (worth, email) = worth(provider, &identity.email);
        let (account, invited) = match &email {
            Some(email) => (
                people::find(tx, email).await?,
                invitations::to_organisations(tx, email, now).await?.rows,
            ),
            None => (None, Vec::new()),
        };
        let known = match &account {
            Some(person) => Some(known_as(tx, person, issuer).await?),
            None => None,
        };
        let reasons = Reasons {
            has_group: !provider.mapping.roles_of(&identity.groups).is_empty(),
            is_invited: !invited.is_empty(),
            lets_in_strangers: provider.terms.lets_in_strangers,
        };
        let person = match (welcome(worth, known, reasons), account, email) {
            (Err(why), _, _) => return Ok(Err(why)),
            (Ok(Welcome::Link), Some(person), _) => person,
            (Ok(Welcome::Make), _, Some(email)) => {
                self.make_account(tx, (email, identity.name.as_deref()), &invited).await?
            }
            // Neither is decided without what it needs.
            (Ok(Welcome::Link | Welcome::Make), _, _) => return Ok(Err(NotWelcome::NoAddress)),
        };
        self.note_identity(tx, (provider, identity), &person, Some(now)).await?;
        Ok(Ok(person))
    }

    /// Links an identity that is linked with nobody.
    pub(super) async fn note_identity(
        &self,
        tx: &mut Tx,
        (provider, identity): (&SignInProvider, &ForeignIdentity),
        person: &Person,
        signed_in_at: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let row = Identity {
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            person: person.id,
            provider: provider.id.clone(),
            created_at: self.0.clock.now(),
            signed_in_at,
        };
        if !foreign::insert(tx, &row).await?.is_updated() {
            return Err(ForeignError::LinkedElsewhere(provider.name.clone()).into());
        }
        let deed = written::person("person.link", person);
        let told = json!({ "provider": provider.id.as_str(), "subject": identity.subject });
        self.record(tx, &person.actor(), deed.after(told)).await
    }

    /// Makes an account without a password, with what its address was invited to.
    async fn make_account(
        &self,
        tx: &mut Tx,
        (email, name): (EmailAddress, Option<&str>),
        invited: &[Invitation],
    ) -> Result<Person, EngineError> {
        let now = self.0.clock.now();
        let person = Person {
            id: PersonId::from_uuid(self.0.ids.uuid()),
            name: called(name, &email)?,
            email,
            is_operator: false,
            disabled_at: None,
            second_factor_since: None,
            created_at: now,
            signed_in_at: None,
        };
        people::insert(tx, &person, None).await?;
        let deed = written::person("person.create", &person).after(written::told(&person));
        self.record(tx, &person.actor(), deed).await?;
        for invitation in invited {
            let Offer::Post(Post::In(organisation, role)) = invitation.offer else { continue };
            if organisations::is_there(tx, organisation).await?
                && invitations::delete(tx, Some(organisation), invitation.id).await?.is_updated()
            {
                memberships::put(tx, (organisation, person.id), role, now).await?;
                self.record_accepted(tx, invitation, &person).await?;
            }
        }
        Ok(person)
    }
}

/// What an address is worth, and as accounts have it.
fn worth(provider: &SignInProvider, email: &ForeignEmail) -> (Address, Option<EmailAddress>) {
    let (is_verified, email) = match email {
        ForeignEmail::Verified(email) => (true, email),
        ForeignEmail::Unverified(email) => (false, email),
        ForeignEmail::Unknown => return (Address::Missing, None),
    };
    match address(email.as_str()) {
        Ok(email) if is_verified && provider.terms.vouches_for_addresses => {
            (Address::Believed, Some(email))
        }
        Ok(_) => (Address::NotBelieved, None),
        Err(_) => (Address::Missing, None),
    }
}

async fn known_as(tx: &mut Tx, person: &Person, issuer: &str) -> Result<Account, EngineError> {
    let is_linked_here =
        identities(tx, person).await?.iter().any(|identity| identity.issuer == issuer);
    Ok(Account {
        is_operator: person.is_operator,
        is_disabled: person.disabled_at.is_some(),
        is_linked_here,
    })
}

/// What the provider calls them, or what stands before the `@`.
fn called(name: Option<&str>, email: &EmailAddress) -> Result<PersonName, EngineError> {
    let before = email.as_str().split('@').next().unwrap_or_default();
    let before: String = before.chars().take(100).collect();
    if let Some(name) = name.and_then(|name| name.parse::<PersonName>().ok()) {
        return Ok(name);
    }
    before.parse::<PersonName>().map_err(|error| EngineError::Failed(error.to_string()))
}
