//! Installations that are started, killed and started again, on both control databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

use std::time::Duration;

use berth_domain::operation::OperationState;
use berth_engine_testkit::{ACTOR, Control, Installation, ORG};
use berth_testkit::wait;

const DEADLINE: Duration = Duration::from_secs(30);

async fn an_operation_survives_a_crash(control: Control) {
    let installation = Installation::with_control("test-kit", control).await;
    let process = installation.start().await;
    let demo = process.engine.create_demo(&ACTOR, ORG, "trial").await.unwrap();
    process.crash().await;
    let id = demo.id.to_string();

    let process = installation.start().await;
    process.engine.release_demo(&ACTOR, ORG, &id).await.unwrap();

    wait::until(DEADLINE, async || {
        let operation = process.engine.operation(&ACTOR, ORG, &id).await.unwrap();
        operation.state == OperationState::Done
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_survives_a_crash_on_sqlite() {
    an_operation_survives_a_crash(Control::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_survives_a_crash_on_postgresql() {
    an_operation_survives_a_crash(Control::Postgres).await;
}
