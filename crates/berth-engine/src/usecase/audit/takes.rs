//! What a deed takes of whoever does it.
//!
//! # Invariants
//!
//! * It is asked where a deed is written down: in its transaction, or before it. So nothing is changed or
//!   opened for whoever may not, whichever way a use case is called.
//! * What nobody listed here is the operator's alone.
//! * Deliberately absent: what people do about themselves and each other. What that takes depends on whom it
//!   is about, and `people` and `tokens` ask for it.

use berth_domain::access::{Place, Right};
use berth_domain::operation::OperationKind;

use super::Deed;
use crate::asker::Asker;
use crate::error::EngineError;

/// Refuses whoever may not do this.
pub(super) fn demand(asker: &Asker, deed: &Deed) -> Result<(), EngineError> {
    let place = deed.organisation.map_or(Place::Installation, Place::Organisation);
    match right(deed.action) {
        Some(right) if !asker.may(right, place) => Err(EngineError::NoRight(right)),
        Some(_) | None => Ok(()),
    }
}

/// `None`: it is about people.
fn right(action: &str) -> Option<Right> {
    if let Ok(kind) = action.parse::<OperationKind>() {
        return Some(Right::of_operation(kind));
    }
    let (object, _) = action.split_once('.').unwrap_or((action, ""));
    match (object, action) {
        ("invitation" | "member" | "person" | "second_factor" | "session" | "token", _)
        | (_, "installation.claim" | "password.change" | "setup_token.show") => None,
        (_, "password.set" | "password.show" | "tenant.login_link") => Some(Right::Secrets),
        (_, "tenant.eject" | "tenant.export") => Some(Right::Export),
        (_, "tenant.exec" | "tenant.shell") => Some(Right::Exec),
        (_, "tenant.psql") => Some(Right::Psql),
        ("webhook", _) | (_, "organisation.set") => Some(Right::Administer),
        ("operation" | "schedule" | "upload", _) | (_, "tenant.note" | "tenant.reconcile") => {
            Some(Right::Operate)
        }
        _ => Some(Right::Installation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_listed_takes_the_right_to_the_installation() {
        for action in ["", "tenant.fly", "quota.set", "organisation.delete", "orphan.remove"] {
            assert_eq!(right(action), Some(Right::Installation), "{action}");
        }
    }

    #[test]
    fn a_deed_that_begins_an_operation_takes_what_the_operation_does() {
        for kind in OperationKind::ALL {
            assert_eq!(right(kind.as_str()), Some(Right::of_operation(*kind)), "{kind:?}");
        }
    }
}
