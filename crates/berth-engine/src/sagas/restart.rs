//! Restarts a running tenant.
//!
//! 1. Visitors wait at the edge, and the container is stopped. **Pivot**: it can only go up again.
//! 2. The container is started.
//! 3. Its login page answers through the edge.
//! 4. The route opens.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::Tx;

use super::{before, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, files, network, route};

steps! {
    /// What a restart consists of.
    RestartStep {
        Stop = "stop", "stopping the container", 120;
        Container = "container", "starting the container", 120;
        Check = "check", "waiting for the login page", 180;
        Publish = "publish", "opening the route", 60;
    }
}

pub(crate) struct Restart;

#[async_trait]
impl Saga for Restart {
    type Step = RestartStep;
    const PIVOT: RestartStep = RestartStep::Stop;

    async fn run(&self, step: RestartStep, context: &Context) -> Result<(), StepError> {
        match step {
            RestartStep::Stop => {
                route::hold(context).await?;
                container::stop(context).await
            }
            RestartStep::Container => {
                network::ensure(context).await?;
                files::refresh_conf(context).await?;
                container::ensure_started(context).await
            }
            RestartStep::Check => route::check_behind_hold(context).await,
            RestartStep::Publish => route::open(context).await,
        }
    }

    /// There is nothing before the pivot, so there is nothing to undo.
    async fn undo(&self, _: RestartStep, _: &Context) -> Result<(), StepError> {
        Ok(())
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<RestartStep>,
    ) -> Result<(), StepError> {
        match outcome {
            Outcome::Committed => settle_tenant(tx, context, Event::Ready).await,
            // Cancelled before it began.
            Outcome::RolledBack => {
                let to = before::state(context)?;
                settle_tenant(tx, context, Event::Return { to }).await
            }
            Outcome::Stuck(_) => {
                route::fail(context).await;
                settle_tenant(tx, context, before::failure(context)).await
            }
        }
    }
}
