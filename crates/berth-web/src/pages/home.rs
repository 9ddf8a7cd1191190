//! `/`: whoever comes is sent where they belong.

use axum::response::Response;
use berth_domain::access::Grants;

use super::html::see_other;
use crate::context::Visit;
use crate::error::ApiError;

/// The organisation that is always there.
const FIRST: &str = "default";

/// Sends somebody to the door, or to the tenants that are theirs.
pub(crate) async fn home(visit: Visit) -> Result<Response, ApiError> {
    let Some(me) = &visit.me else {
        let door = if visit.engine.is_claimed().await? { "/sign-in" } else { "/claim" };
        return Ok(see_other(door));
    };
    let roles = visit.engine.who_am_i(me).await?.roles;
    let first = match &me.grants {
        Grants::Operator if roles.is_empty() => Some(FIRST.to_owned()),
        _ => roles.into_keys().next(),
    };
    match first {
        Some(name) => Ok(see_other(&format!("/organisations/{name}/tenants"))),
        // Somebody who belongs nowhere any more may still look after their account.
        None => Ok(see_other("/account")),
    }
}
