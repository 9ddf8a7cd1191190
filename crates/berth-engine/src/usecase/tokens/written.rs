//! What is said of a token, in plans and in the audit.

use std::collections::BTreeMap;

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::{Timestamp, Token};
use serde_json::{Value, json};

use crate::usecase::audit::Deed;
use crate::view::{PlanAction, PlanView};

pub(super) fn deed(action: &'static str, token: &Token) -> Deed {
    let object = Object::new(ObjectKind::Token, token.id, &token.account);
    match token.organisation {
        Some(organisation) => Deed::new(action, organisation, object),
        None => Deed::to_installation(action, object),
    }
}

pub(super) fn told(token: &Token) -> Value {
    json!({
        "account": token.account.as_str(),
        "scope": token.scope.to_string(),
        "expires_at": token.expires_at.map(|at| at.to_string()),
    })
}

pub(super) fn plan(what: &str, token: &Token, now: Timestamp) -> PlanView {
    let until = match token.expires_at {
        Some(at) if token.is_expired(now) => format!("until {at}, which is over"),
        Some(at) => format!("until {at}"),
        None => "until it is revoked".to_owned(),
    };
    let place = if token.organisation.is_some() { "the organisation" } else { "the installation" };
    PlanView {
        summary: format!("{what} a token of `{}`", token.account),
        actions: vec![PlanAction {
            step: "token",
            text: format!("{what} a token for {place}, good {until}"),
        }],
        settings: BTreeMap::from([("scope", token.scope.to_string())]),
    }
}
