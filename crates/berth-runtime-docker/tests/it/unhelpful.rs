//! What Berth makes of engines that hang, are too old, or talk nonsense.

use std::time::Duration;

use berth_runtime::RuntimeError;

use crate::engines::Engine;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_engine_that_never_answers_times_out() {
    let engine = Engine::start(None);
    let runtime = engine.connect(Duration::from_secs(1));

    let failed = runtime.workloads.list().await;

    assert!(matches!(failed, Err(RuntimeError::TimedOut { seconds: 1, .. })), "{failed:?}");
}

#[tokio::test]
async fn an_engine_with_an_older_api_is_refused_with_what_to_do() {
    let engine = Engine::start(Some(r#"{"ApiVersion": "1.40"}"#));
    let runtime = engine.connect(PATIENCE);

    let failed = runtime.workloads.list().await.unwrap_err();

    assert_eq!(
        failed.to_string(),
        "the container engine refused to serve Berth: it speaks Engine API `1.40` and Berth needs 1.41 \
         or newer: install Docker 20.10 or newer, or Podman 4.3 or newer"
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_will_not_be_readable_later() {
    let engine = Engine::start(Some("[1, 2"));
    let runtime = engine.connect(PATIENCE);

    let failed = runtime.networks.list().await.unwrap_err();

    assert!(!failed.may_pass(), "{failed:?}");
}

#[tokio::test]
async fn an_engine_that_went_away_is_asked_again() {
    let engine = Engine::start(None);
    let runtime = engine.connect(PATIENCE);
    drop(engine);

    for _ in 0..2 {
        let failed = runtime.workloads.list().await;
        assert!(matches!(failed, Err(RuntimeError::Unreachable(_))), "{failed:?}");
    }
}
