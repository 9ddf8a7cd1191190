//! Whether whoever answers for what goes on by itself may still see to it.
//!
//! # Invariants
//!
//! * A schedule does, and a webhook tells, no more than whoever made it, or changed it last, may have it do
//!   by now: what was taken from them does not go on without them (`docs/adr/0020`).
//! * Nothing is noted of that: who has the right again has their schedules and webhooks again.

use berth_domain::access::{Grants, Place, Right, decide};
use berth_domain::schedule::{Label, Schedule};
use berth_domain::{Actor, OrganisationId, Timestamp};
use berth_store::subscriptions::{Channel, Subscription};
use berth_store::{Tx, people, tokens};

use super::people::{grants_of, makers_of};
use crate::error::EngineError;

/// What whoever answers for something has to have.
#[derive(Debug, Clone, Copy)]
struct Needed {
    right: Right,
    organisation: OrganisationId,
}

/// Why a schedule does nothing any more: who answers for it may not. `None`: they may.
pub(super) async fn schedule_lost(
    tx: &mut Tx,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Option<String>, EngineError> {
    let (maker, action) = (&schedule.created_by, schedule.action);
    let right = Right::of_operation(action.operation());
    let may = may(tx, maker, Needed { right, organisation: schedule.organisation }, now).await?;
    Ok((!may).then(|| format!("{maker} may not {action} tenants any more")))
}

/// Why nobody is told by a webhook any more: who answers for it may not look after webhooks. `None`: they
/// may. The readers of mail are the configuration's.
pub(super) async fn webhook_lost(
    tx: &mut Tx,
    subscription: &Subscription,
    now: Timestamp,
) -> Result<Option<String>, EngineError> {
    if subscription.channel == Channel::Mail {
        return Ok(None);
    }
    let maker = &subscription.created_by;
    let needed = Needed { right: Right::Administer, organisation: subscription.organisation };
    let may = may(tx, maker, needed, now).await?;
    Ok((!may).then(|| format!("{maker} may not look after webhooks any more")))
}

async fn may(
    tx: &mut Tx,
    maker: &Actor,
    needed: Needed,
    now: Timestamp,
) -> Result<bool, EngineError> {
    match maker {
        // Berth itself, and whoever is on the host: nothing can be taken from them.
        Actor::System | Actor::Local { .. } => Ok(true),
        Actor::Person { email } => match people::find(tx, email).await? {
            Some(person) => {
                let grants = grants_of(tx, &person).await?;
                Ok(grants.is_some_and(|grants| needed.is_in(&grants)))
            }
            None => Ok(false),
        },
        Actor::Service { account, organisation } => {
            may_account(tx, (account, organisation.is_some()), needed, now).await
        }
        Actor::Nobody => Ok(false),
    }
}

/// Whether an account has a token that is good for it. One takes the place of another (ADR 0014).
async fn may_account(
    tx: &mut Tx,
    (account, is_within): (&Label, bool),
    needed: Needed,
    now: Timestamp,
) -> Result<bool, EngineError> {
    let within = is_within.then_some(needed.organisation);
    let all = tokens::of_account(tx, within, account).await?;
    for error in &all.unreadable {
        tracing::warn!(%error, "a token cannot be read");
    }
    for token in all.rows {
        let makers = makers_of(tx, &token).await?;
        if token.grants(now, &makers).is_some_and(|grants| needed.is_in(&grants)) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Needed {
    fn is_in(self, grants: &Grants) -> bool {
        decide(grants, self.right, Place::Organisation(self.organisation)).is_allowed()
    }
}
