//! What is said of people, in plans and in the audit.

use std::collections::BTreeMap;

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::person::Invitation;
use berth_domain::{OrganisationId, Person};
use serde_json::{Value, json};

use crate::usecase::audit::Deed;
use crate::view::{PlanAction, PlanView};

/// What is done to an account.
pub(super) fn person(action: &'static str, person: &Person) -> Deed {
    Deed::to_installation(action, Object::new(ObjectKind::Person, person.id, &person.email))
}

/// What is done to somebody in an organisation.
pub(super) fn member(action: &'static str, organisation: OrganisationId, person: &Person) -> Deed {
    let object = Object::new(ObjectKind::Person, person.id, &person.email);
    Deed::new(action, organisation, object)
}

pub(super) fn invitation(action: &'static str, invitation: &Invitation) -> Deed {
    let object = Object::new(ObjectKind::Invitation, invitation.id, &invitation.email);
    match invitation.offer.organisation() {
        Some(organisation) => Deed::new(action, organisation, object),
        None => Deed::to_installation(action, object),
    }
}

pub(super) fn told(person: &Person) -> Value {
    json!({
        "email": person.email.as_str(),
        "name": person.name.as_str(),
        "operator": person.is_operator,
    })
}

pub(super) fn offered(invitation: &Invitation) -> Value {
    json!({
        "email": invitation.email.as_str(),
        "offer": invitation.offer.as_str(),
        "expires_at": invitation.expires_at.to_string(),
    })
}

/// One thing that would be done.
pub(super) fn plan(summary: String, text: String) -> PlanView {
    PlanView {
        summary,
        actions: vec![PlanAction { step: "people", text }],
        settings: BTreeMap::new(),
    }
}
