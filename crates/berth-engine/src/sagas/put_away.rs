//! Puts a tenant away: archives it, or deletes it with a grace period.
//!
//! 1. The route is forgotten: its host is unknown. **Pivot**: visitors know, so it is finished, not
//!    taken back.
//! 2. The container goes.
//! 3. The database is closed to everybody, its role may not sign in.
//! 4. The network goes and its number is free again.
//!
//! Database, files, secrets, name and host are kept.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::Tx;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{before, input, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, database, modules, network, route};

steps! {
    /// What putting away consists of.
    PutAwayStep {
        Route = "route", "closing the route", 30;
        Container = "container", "removing the container", 120;
        Database = "database", "closing the database", 60;
        Network = "network", "removing the network", 60;
    }
}

/// What the tenant is to be afterwards.
pub(crate) enum PutAway {
    Archived,
    /// Until it is removed for good.
    Deleted,
}

/// What the operation was asked to do. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PutAwayInput {
    /// After which a deleted tenant is removed for good, counted from the end of the operation.
    pub(crate) grace_days: u32,
    /// Whether visitors were refused before: bringing it back does not let them in.
    pub(crate) suspended: bool,
}

#[async_trait]
impl Saga for PutAway {
    type Step = PutAwayStep;
    const PIVOT: PutAwayStep = PutAwayStep::Route;

    async fn run(&self, step: PutAwayStep, context: &Context) -> Result<(), StepError> {
        match step {
            PutAwayStep::Route => route::forget(context).await,
            PutAwayStep::Container => {
                modules::remove(context).await?;
                container::remove(context).await
            }
            PutAwayStep::Database => database::close(context).await,
            PutAwayStep::Network => network::remove(context).await,
        }
    }

    /// There is nothing before the pivot, so there is nothing to undo.
    async fn undo(&self, _: PutAwayStep, _: &Context) -> Result<(), StepError> {
        Ok(())
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<PutAwayStep>,
    ) -> Result<(), StepError> {
        let at = context.clock.now();
        let event = match (outcome, self) {
            (Outcome::Committed, Self::Archived) => Event::Archive { at },
            (Outcome::Committed, Self::Deleted) => {
                let days = input::<PutAwayInput>(context)?.grace_days;
                let grace = SignedDuration::from_hours(24 * i64::from(days));
                Event::Discard { at, until: at + grace }
            }
            // Cancelled before it began.
            (Outcome::RolledBack, _) => Event::Return { to: before::state(context)? },
            (Outcome::Stuck(_), _) => before::failure(context),
        };
        settle_tenant(tx, context, event).await
    }
}
