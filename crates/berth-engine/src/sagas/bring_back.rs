//! Brings a tenant back that was archived, or deleted with a grace period.
//!
//! 1. A network is reserved and made.
//! 2. The database is opened to its own role.
//! 3. The container.
//! 4. Its login page answers through the edge.
//! 5. The route opens. **Pivot.**
//!
//! One that was suspended when it was put away is suspended again: steps 3 and 4 have nothing to do,
//! and the route goes on refusing visitors.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::Tx;
use serde::{Deserialize, Serialize};

use super::{before, input, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, database, network, route};

steps! {
    /// What bringing back consists of.
    BringBackStep {
        /// Undo: remove the network, free its number.
        Network = "network", "preparing a network", 60;
        /// Undo: close it again.
        Database = "database", "opening the database", 60;
        /// Undo: remove the container.
        Container = "container", "starting the container", 120;
        /// Undo: forget the route.
        Check = "check", "waiting for the login page", 180;
        Publish = "publish", "opening the route", 60;
    }
}

pub(crate) struct BringBack;

/// What the operation was asked to do. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BringBackInput {
    /// Whether visitors go on being refused.
    pub(crate) suspended: bool,
}

#[async_trait]
impl Saga for BringBack {
    type Step = BringBackStep;
    const PIVOT: BringBackStep = BringBackStep::Publish;

    async fn run(&self, step: BringBackStep, context: &Context) -> Result<(), StepError> {
        let BringBackInput { suspended } = input(context)?;
        match step {
            BringBackStep::Network => network::ensure(context).await,
            BringBackStep::Database => database::open(context).await,
            BringBackStep::Container | BringBackStep::Check if suspended => Ok(()),
            BringBackStep::Container => container::ensure_started(context).await,
            BringBackStep::Check => route::check(context).await,
            BringBackStep::Publish if suspended => route::suspended(context).await,
            BringBackStep::Publish => route::open(context).await,
        }
    }

    async fn undo(&self, step: BringBackStep, context: &Context) -> Result<(), StepError> {
        match step {
            // The last to be undone: what an undo that was stuck told visitors is taken back here.
            BringBackStep::Network => {
                network::remove(context).await?;
                route::forget(context).await
            }
            BringBackStep::Database => database::close(context).await,
            BringBackStep::Container => container::remove(context).await,
            BringBackStep::Check | BringBackStep::Publish => route::forget(context).await,
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<BringBackStep>,
    ) -> Result<(), StepError> {
        let at = context.clock.now();
        let event = match outcome {
            Outcome::Committed if input::<BringBackInput>(context)?.suspended => {
                Event::Suspend { at }
            }
            Outcome::Committed => Event::Ready,
            Outcome::RolledBack => Event::Return { to: before::state(context)? },
            Outcome::Stuck(_) => {
                route::fail(context).await;
                before::failure(context)
            }
        };
        settle_tenant(tx, context, event).await
    }
}
