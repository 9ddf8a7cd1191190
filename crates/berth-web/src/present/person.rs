//! People.

use std::collections::BTreeMap;

use berth_api::v1 as api;
use berth_domain::access::Role;
use berth_domain::person::{Invitation, Session};
use berth_domain::{Person, SessionId};
use berth_engine::view::{Enrolment, Identity, Member, NewInvitation, PersonView, ProviderView};
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) fn person(PersonView { person, roles, identities }: PersonView) -> api::Person {
    let Person {
        id,
        email,
        name,
        is_operator,
        disabled_at,
        second_factor_since,
        created_at,
        signed_in_at,
    } = person;
    let named = |(organisation, role): (String, Role)| (organisation, role.to_string());
    api::Person {
        id: id.to_string(),
        email: email.to_string(),
        name: name.to_string(),
        operator: is_operator,
        roles: roles.into_iter().map(named).collect(),
        providers: identities.into_iter().map(linked).collect(),
        disabled_at,
        second_factor_since,
        created_at,
        signed_in_at,
    }
}

/// Somebody whose account was just made or changed: what they are where is asked for apart.
pub(crate) fn account(person: Person) -> api::Person {
    self::person(PersonView { person, roles: BTreeMap::new(), identities: Vec::new() })
}

fn linked(identity: Identity) -> api::LinkedProvider {
    let Identity { issuer, subject, provider, created_at, signed_in_at, .. } = identity;
    let provider = provider.to_string();
    api::LinkedProvider { provider, issuer, subject, since: created_at, signed_in_at }
}

pub(crate) fn sign_in_provider(ProviderView { id, name }: ProviderView) -> api::SignInProvider {
    api::SignInProvider { id: id.to_string(), name }
}

pub(crate) fn member(Member { person, role, since }: Member) -> api::Member {
    api::Member {
        id: person.id.to_string(),
        email: person.email.to_string(),
        name: person.name.to_string(),
        role: role.to_string(),
        since,
        disabled: person.disabled_at.is_some(),
        second_factor: person.second_factor_since.is_some(),
        signed_in_at: person.signed_in_at,
    }
}

pub(crate) fn session(session: Session, current: Option<SessionId>) -> api::Session {
    let Session { id, created_at, seen_at, address, user_agent, idle_at, ends_at, .. } = session;
    api::Session {
        id: id.to_string(),
        created_at,
        seen_at,
        address,
        user_agent,
        idle_at,
        ends_at,
        current: current == Some(id),
    }
}

/// A list of sessions, of which one may be the one that asks.
pub(crate) fn sessions(
    sessions: Vec<Session>,
    current: Option<SessionId>,
) -> api::List<api::Session> {
    let items = sessions.into_iter().map(|it| session(it, current)).collect();
    api::List { items, next: None }
}

pub(crate) fn invitation(invitation: Invitation) -> api::Invitation {
    let Invitation { id, email, offer, created_at, created_by, expires_at } = invitation;
    api::Invitation {
        id: id.to_string(),
        email: email.to_string(),
        role: offer.as_str().to_owned(),
        created_at,
        created_by: created_by.to_string(),
        expires_at,
    }
}

pub(crate) fn new_invitation(new: NewInvitation) -> api::InvitationCreated {
    let NewInvitation { invitation: made, code, is_mailed } = new;
    api::InvitationCreated {
        invitation: invitation(made),
        code: code.expose_secret().to_owned(),
        mailed: is_mailed,
    }
}

pub(crate) fn enrolment(Enrolment { url, key }: Enrolment) -> api::SecondFactorEnrolment {
    api::SecondFactorEnrolment {
        url: url.expose_secret().to_owned(),
        key: key.expose_secret().to_owned(),
    }
}

pub(crate) fn recovery_codes(codes: &[SecretString]) -> api::RecoveryCodes {
    let shown = |code: &SecretString| code.expose_secret().to_owned();
    api::RecoveryCodes { codes: codes.iter().map(shown).collect() }
}
