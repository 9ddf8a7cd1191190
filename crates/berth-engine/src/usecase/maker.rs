//! Whether whoever answers for a schedule may still do what it does.
//!
//! # Invariants
//!
//! * A schedule does no more than whoever made it, or changed it last, may by now: what was taken from
//!   them they do not go on doing by a clock (`docs/adr/0020`).
//! * Nothing is noted of that: who has the right again has their schedules again.

use berth_domain::access::{Grants, Place, Right, decide};
use berth_domain::schedule::{Label, Schedule};
use berth_domain::{Actor, Timestamp};
use berth_store::{Tx, people, tokens};

use crate::error::EngineError;
use crate::usecase::people::{grants_of, makers_of};

/// Why a schedule does nothing any more: who answers for it may not. `None`: they may.
pub(super) async fn lost(
    tx: &mut Tx,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Option<String>, EngineError> {
    let may = match &schedule.created_by {
        // Berth itself, and whoever is on the host: nothing can be taken from them.
        Actor::System | Actor::Local { .. } => true,
        Actor::Person { email } => match people::find(tx, email).await? {
            Some(person) => {
                let grants = grants_of(tx, &person).await?;
                grants.is_some_and(|grants| covers(&grants, schedule))
            }
            None => false,
        },
        Actor::Service { account, organisation } => {
            let is_within = organisation.is_some();
            may_account(tx, (account, is_within), schedule, now).await?
        }
        Actor::Nobody => false,
    };
    let action = schedule.action;
    Ok((!may).then(|| format!("{} may not {action} tenants any more", schedule.created_by)))
}

/// Whether an account has a token that is good for it. One takes the place of another (ADR 0014).
async fn may_account(
    tx: &mut Tx,
    (account, is_within): (&Label, bool),
    schedule: &Schedule,
    now: Timestamp,
) -> Result<bool, EngineError> {
    let within = is_within.then_some(schedule.organisation);
    let all = tokens::of_account(tx, within, account).await?;
    for error in &all.unreadable {
        tracing::warn!(%error, "a token cannot be read");
    }
    for token in all.rows {
        let makers = makers_of(tx, &token).await?;
        if token.grants(now, &makers).is_some_and(|grants| covers(&grants, schedule)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn covers(grants: &Grants, schedule: &Schedule) -> bool {
    let right = Right::of_operation(schedule.action.operation());
    decide(grants, right, Place::Organisation(schedule.organisation)).is_allowed()
}
