//! Starts a tenant that is stopped or broken, and resumes one that was suspended.
//!
//! 1. The database is open, the container is there as it should be, and runs.
//! 2. Its login page answers through the edge.
//! 3. The route opens. **Pivot.**

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::Tx;

use super::{before, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, database, files, network, route};

steps! {
    /// What a start consists of.
    StartStep {
        /// Undo: stop it again.
        Container = "container", "starting the container", 120;
        /// Undo: say what the tenant was.
        Check = "check", "waiting for the login page", 180;
        Publish = "publish", "opening the route", 60;
    }
}

pub(crate) struct Start;

#[async_trait]
impl Saga for Start {
    type Step = StartStep;
    const PIVOT: StartStep = StartStep::Publish;

    async fn run(&self, step: StartStep, context: &Context) -> Result<(), StepError> {
        match step {
            StartStep::Container => {
                network::ensure(context).await?;
                files::refresh_conf(context).await?;
                // What broke while it was put away may have left it closed.
                database::open(context).await?;
                container::ensure_started(context).await
            }
            StartStep::Check => route::check(context).await,
            StartStep::Publish => route::open(context).await,
        }
    }

    async fn undo(&self, step: StartStep, context: &Context) -> Result<(), StepError> {
        match step {
            // The last to be undone: what an undo that was stuck told visitors is taken back here.
            StartStep::Container => {
                container::stop(context).await?;
                route::as_in(context, &before::state(context)?).await
            }
            StartStep::Check | StartStep::Publish => {
                route::as_in(context, &before::state(context)?).await
            }
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<StartStep>,
    ) -> Result<(), StepError> {
        let event = match outcome {
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
