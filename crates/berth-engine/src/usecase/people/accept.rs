//! Accepting an invitation, and choosing a new password by a code.
//!
//! # Invariants
//!
//! * An invitation is for the account of its address and for no other.
//! * Whoever has an account already signs in with it: a code alone adds nothing to one.
//! * A code is used up in the transaction that does what it is good for.

use berth_domain::access::Post;
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::person::{Invitation, Offer};
use berth_domain::{Actor, Person, PersonId, PersonName, Problems, Timestamp};
use berth_identity::password;
use berth_identity::token::InvitationToken;
use berth_store::{Part, Tx, invitations, memberships, organisations, people};
use secrecy::{ExposeSecret as _, SecretString};

use super::doorkeeper::Purpose;
use super::{chosen, written};
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::{Accept, Whence};
use crate::usecase::audit::Refusal;
use crate::usecase::terms::over_people;
use crate::view::{CodeAsks, CodeView, SignedIn};

impl Engine {
    /// Does what a code is good for. `me` is whoever is signed in meanwhile.
    pub async fn accept_invitation(
        &self,
        me: Option<&SignedIn>,
        whence: &Whence,
        request: Accept,
    ) -> Result<Person, EngineError> {
        let now = self.0.clock.now();
        let door = &self.0.doorkeeper;
        let caller = door.ask((Purpose::Code, "invitation"), whence, now)?;
        let code = read(&request.code)?;
        let mut tx = self.0.store.read().await?;
        let found = offered(&mut tx, &code, now).await?;
        drop(tx);
        let Some((invitation, person)) = found else {
            self.note_not_accepted(None, me, "the code is not good").await?;
            return Err(PeopleError::BadCode.into());
        };
        if asked_of(invitation.offer, person.as_ref(), me) == CodeAsks::SignIn {
            door.halfway(&caller, now);
            self.note_not_accepted(Some(&invitation), me, "its owner is not signed in").await?;
            return Err(PeopleError::SignInFirst.into());
        }
        door.succeeded(&caller, now);
        self.carry_out((&invitation, person), me, request).await
    }

    /// Says what a code is good for, to whoever has it. It stays good: programs that look at mail open
    /// links as well. Nobody learns more by it than from trying the code, and it counts as a try.
    pub async fn look_at_code(
        &self,
        me: Option<&SignedIn>,
        whence: &Whence,
        code: &SecretString,
    ) -> Result<CodeView, EngineError> {
        let (now, code) = (self.0.clock.now(), read(code)?);
        let caller = self.0.doorkeeper.ask((Purpose::Code, "invitation"), whence, now)?;
        let mut tx = self.0.store.read().await?;
        let found = offered(&mut tx, &code, now).await?;
        let (invitation, person) = found.ok_or(PeopleError::BadCode)?;
        self.0.doorkeeper.succeeded(&caller, now);
        let asks = asked_of(invitation.offer, person.as_ref(), me);
        let organisation = match invitation.offer.organisation() {
            Some(id) => {
                let only = organisations::Filter { ids: Some(vec![id]), text: None };
                let found = organisations::page(&mut tx, &only, &Part::first(1)).await?;
                let found = found.rows.into_iter().next().map(|(organisation, _)| organisation);
                Some(found.ok_or(PeopleError::BadCode)?)
            }
            None => None,
        };
        Ok(CodeView { offer: invitation.offer, organisation, asks })
    }

    /// Writes down that somebody typed a code, and nothing came of it.
    async fn note_not_accepted(
        &self,
        invitation: Option<&Invitation>,
        me: Option<&SignedIn>,
        why: &'static str,
    ) -> Result<(), EngineError> {
        let organisation = invitation.and_then(|it| it.offer.organisation());
        let (_, place) = over_people(organisation);
        let object = invitation.map_or_else(
            || Object::named(ObjectKind::Invitation, "no invitation"),
            |it| Object::new(ObjectKind::Invitation, it.id, &it.email),
        );
        let refusal = Refusal { place, action: "invitation.accept", object, why: Some(why) };
        let actor = me.map_or(Actor::Nobody, |me| me.person.actor());
        self.note_refused(&actor, refusal).await
    }

    async fn carry_out(
        &self,
        (invitation, person): (&Invitation, Option<Person>),
        me: Option<&SignedIn>,
        request: Accept,
    ) -> Result<Person, EngineError> {
        let Accept { code: _, name, password } = request;
        match (invitation.offer, person) {
            (Offer::Password, Some(person)) => {
                self.choose_password(invitation, person, password).await
            }
            (Offer::Password, None) => Err(PeopleError::BadCode.into()),
            (Offer::Post(post), None) => {
                self.begin_account(invitation, post, (name, password)).await
            }
            (Offer::Post(post), Some(_)) => {
                let me = me.ok_or(PeopleError::SignInFirst)?;
                self.add_post(invitation, post, me).await
            }
        }
    }

    async fn choose_password(
        &self,
        invitation: &Invitation,
        person: Person,
        password: Option<SecretString>,
    ) -> Result<Person, EngineError> {
        let mut problems = Problems::default();
        let owner = password::Person { email: person.email.as_str(), name: person.name.as_str() };
        let chosen = chosen(password, &owner, &mut problems);
        let Some(chosen) = chosen else { return Err(EngineError::Invalid(problems)) };
        let hash = self.0.doorkeeper.desk.hash(chosen).await?.to_phc();
        let mut tx = self.0.store.begin().await?;
        people::lock(&mut tx).await?;
        take(&mut tx, invitation).await?;
        let before = people::password(&mut tx, person.id).await?;
        let change = (before.as_deref(), Some(hash.as_str()));
        if !people::change_password(&mut tx, person.id, change).await?.is_updated() {
            return Err(PeopleError::BadCode.into());
        }
        let actor = person.actor();
        self.record(&mut tx, &actor, written::person("password.change", &person)).await?;
        self.end_sessions(&mut tx, &actor, &person, None).await?;
        tx.commit().await?;
        Ok(person)
    }

    async fn begin_account(
        &self,
        invitation: &Invitation,
        post: Post,
        (name, password): (Option<String>, Option<SecretString>),
    ) -> Result<Person, EngineError> {
        let mut problems = Problems::default();
        let name = name.unwrap_or_default();
        let owner = password::Person { email: invitation.email.as_str(), name: &name };
        let chosen = chosen(password, &owner, &mut problems);
        let name = problems.check("name", name.parse::<PersonName>());
        let (Some(name), Some(chosen)) = (name, chosen) else {
            return Err(EngineError::Invalid(problems));
        };
        let hash = self.0.doorkeeper.desk.hash(chosen).await?.to_phc();
        let now = self.0.clock.now();
        let person = Person {
            id: PersonId::from_uuid(self.0.ids.uuid()),
            email: invitation.email.clone(),
            name,
            is_operator: post == Post::Operator,
            disabled_at: None,
            second_factor_since: None,
            created_at: now,
            signed_in_at: None,
        };
        let mut tx = self.0.store.begin().await?;
        people::lock(&mut tx).await?;
        take(&mut tx, invitation).await?;
        people::insert(&mut tx, &person, Some(&hash)).await?;
        if let Post::In(organisation, role) = post {
            memberships::put(&mut tx, (organisation, person.id), role, now).await?;
        }
        self.record_accepted(&mut tx, invitation, &person).await?;
        tx.commit().await?;
        Ok(person)
    }

    async fn add_post(
        &self,
        invitation: &Invitation,
        post: Post,
        me: &SignedIn,
    ) -> Result<Person, EngineError> {
        let person = me.person.clone();
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        take(&mut tx, invitation).await?;
        match post {
            Post::Operator => people::make_operator(&mut tx, person.id).await?,
            Post::In(organisation, role) => {
                // Nobody loses by accepting what they were offered before they became more.
                let own = memberships::find(&mut tx, organisation, person.id).await?;
                let role = own.map_or(role, |own| own.role.max(role));
                let now = self.0.clock.now();
                memberships::put(&mut tx, (organisation, person.id), role, now).await?;
            }
        }
        self.record_accepted(&mut tx, invitation, &person).await?;
        tx.commit().await?;
        Ok(person)
    }

    pub(super) async fn record_accepted(
        &self,
        tx: &mut Tx,
        invitation: &Invitation,
        person: &Person,
    ) -> Result<(), EngineError> {
        let deed = written::invitation("invitation.accept", invitation);
        let deed = deed.after(written::offered(invitation));
        self.record(tx, &person.actor(), deed).await
    }
}

fn read(code: &SecretString) -> Result<InvitationToken, EngineError> {
    let mut problems = Problems::default();
    let code = problems.check("code", code.expose_secret().parse());
    code.ok_or(EngineError::Invalid(problems))
}

/// What a code offers, and to whom if they have an account. `None`: it is not good.
async fn offered(
    tx: &mut Tx,
    code: &InvitationToken,
    now: Timestamp,
) -> Result<Option<(Invitation, Option<Person>)>, EngineError> {
    let digest = code.digest().to_string();
    let Some(invitation) = invitations::find_by_digest(tx, &digest, now).await? else {
        return Ok(None);
    };
    let person = people::find(tx, &invitation.email).await?;
    Ok(Some((invitation, person)))
}

/// What is asked of whoever uses a code.
fn asked_of(offer: Offer, person: Option<&Person>, me: Option<&SignedIn>) -> CodeAsks {
    match (offer, person, me) {
        (Offer::Password, _, _) => CodeAsks::Password,
        (Offer::Post(_), None, _) => CodeAsks::NameAndPassword,
        (Offer::Post(_), Some(person), Some(me)) if person.id == me.person.id => CodeAsks::Nothing,
        (Offer::Post(_), Some(_), _) => CodeAsks::SignIn,
    }
}

/// Uses an invitation up, unless somebody was faster: also whoever removed what it is to.
async fn take(tx: &mut Tx, invitation: &Invitation) -> Result<(), EngineError> {
    let organisation = invitation.offer.organisation();
    let is_there = match organisation {
        Some(organisation) => organisations::is_there(tx, organisation).await?,
        None => true,
    };
    let is_taken =
        is_there && invitations::delete(tx, organisation, invitation.id).await?.is_updated();
    if is_taken { Ok(()) } else { Err(PeopleError::BadCode.into()) }
}
