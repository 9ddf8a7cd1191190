//! What counts as an outage, and what people read meanwhile.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{OperationId, OrganisationId};
use berth_runtime::RuntimeError;
use berth_store::operations::Operation;
use berth_store::{epoch, organisations};

use super::*;
use crate::engine::testing::TestEngine;
use crate::operation::driver::testing::{ONE, operation};

/// An operation at work, half done.
struct Stage {
    engine: TestEngine,
    context: Context,
    since: Since,
}

impl Stage {
    async fn new() -> Self {
        let engine = TestEngine::new().await;
        let inner = &engine.inner;
        let (id, organisation) = (inner.ids.uuid(), inner.ids.uuid());
        let (id, organisation) =
            (OperationId::from_uuid(id), OrganisationId::from_uuid(organisation));
        let now = inner.clock.now();
        let mut tx = inner.store.begin().await.unwrap();
        let organisation =
            organisations::ensure_default(&mut tx, organisation, now).await.unwrap().id;
        operations::insert(&mut tx, &operation(id, organisation)).await.unwrap();
        let epoch = epoch::advance(&mut tx).await.unwrap();
        let lease = now + Duration::from_mins(1);
        let claimed = operations::claim(&mut tx, epoch, now, lease, ONE).await.unwrap();
        tx.commit().await.unwrap();
        let operation = claimed.rows.into_iter().next().expect("there is something to claim");
        let reporter = inner.reports.of(&operation);
        let context = Context { engine: Arc::clone(inner), operation, reporter };
        Self { engine, context, since: Since { epoch, permille: 500, losses: 0 } }
    }

    async fn passed(&self, error: StepError, has_no_way_back: bool) -> bool {
        passed(&self.context, self.since, &error, has_no_way_back).await
    }

    async fn progress(&self) -> Option<String> {
        let Operation { id, organisation, .. } = self.context.operation;
        let mut tx = self.context.store.read().await.unwrap();
        let found = operations::find(&mut tx, organisation, id).await.unwrap().unwrap();
        found.progress.map(|(_, text)| text)
    }
}

fn timed_out() -> StepError {
    RuntimeError::TimedOut { action: "start the container", seconds: 30 }.into()
}

fn full() -> StepError {
    let full = std::io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error());
    StepError::io("cannot save the route table")(full)
}

fn on_stage<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

#[test]
fn while_the_engine_is_away_the_operation_waits_says_so_and_goes_on_when_it_is_back() {
    on_stage(async {
        let stage = Stage::new().await;
        stage.engine.runtime.set_reachable(false);

        let back = async {
            berth_testkit::wait::until(Duration::from_secs(10), async || {
                let said = stage.progress().await;
                said.is_some_and(|text| text.starts_with("waiting: cannot reach"))
            })
            .await;
            stage.engine.runtime.set_reachable(true);
        };

        assert!(tokio::join!(stage.passed(timed_out(), false), back).0);
    });
}

#[test]
fn an_engine_that_answers_again_leaves_the_failure_to_the_step() {
    on_stage(async {
        let stage = Stage::new().await;

        assert!(!stage.passed(timed_out(), false).await);
        assert_eq!(stage.progress().await, None);
    });
}

#[test]
fn a_cluster_that_is_away_is_waited_for_and_named() {
    on_stage(async {
        let stage = Stage::new().await;
        let error = StepError::retry("the login page answered 500").needing(Needs::BOTH);

        let waiting = tokio::time::timeout(Duration::from_millis(200), stage.passed(error, false));

        assert!(waiting.await.is_err(), "nobody brings the cluster up here");
        let said = stage.progress().await.unwrap();
        assert_eq!(said, "waiting: the PostgreSQL server is not available: it is starting");
    });
}

#[test]
fn a_full_disk_is_waited_for_only_where_there_is_no_way_back() {
    on_stage(async {
        let stage = Stage::new().await;

        assert!(!stage.passed(full(), false).await);
        assert!(stage.passed(full(), true).await);
        let said = stage.progress().await.unwrap();
        assert!(said.starts_with("waiting: cannot save the route table: No space left"), "{said}");
    });
}

#[test]
fn a_failure_of_the_step_itself_is_no_outage() {
    on_stage(async {
        let stage = Stage::new().await;
        stage.engine.runtime.set_reachable(false);

        assert!(!stage.passed(StepError::fail("there is no module `x`"), true).await);
    });
}
