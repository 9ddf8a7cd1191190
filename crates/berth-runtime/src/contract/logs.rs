//! What containers say.

use super::scene::{Scene, eventually, exit, must, next};
use super::{ContractBed, Program};
use crate::{LogLine, LogQuery, RuntimeError};

/// Lets the program say a line and waits until the engine has it.
async fn say(scene: &Scene<'_>, line: &str) -> LogLine {
    let said = scene.exec(Program::Say(line.to_owned()).command()).await;
    assert_eq!(said.exit, exit(0), "{said:?}");
    eventually("the line in the log", async || {
        read(scene, LogQuery::default()).await.into_iter().find(|kept| kept.text == line)
    })
    .await
}

/// Reads a log that ends.
async fn read(scene: &Scene<'_>, query: LogQuery) -> Vec<LogLine> {
    let mut log = must(scene.runtime.telemetry.logs(&scene.name(), query).await);
    let mut lines = Vec::new();
    while let Some(line) = next(&mut log, "the end of the log").await {
        lines.push(must(line));
    }
    lines
}

pub async fn a_log_ends_and_is_cut_as_asked(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Speak)).await;
    let mut said = Vec::new();
    for line in ["one", "two, $(id)", "three"] {
        said.push(say(&scene, line).await);
    }
    let (one, two, three) = (&said[0], &said[1], &said[2]);

    let cut = async |query| read(&scene, query).await;

    assert_eq!(cut(LogQuery::default()).await, said);
    let tail = LogQuery { tail: Some(2), ..LogQuery::default() };
    assert_eq!(cut(tail).await, [two.clone(), three.clone()]);
    let since = LogQuery { since: one.at, ..LogQuery::default() };
    assert_eq!(cut(since).await, [two.clone(), three.clone()]);
    let both = LogQuery { tail: Some(1), since: one.at, follow: false };
    assert_eq!(cut(both).await.as_slice(), std::slice::from_ref(three));
}

pub async fn a_followed_log_ends_with_its_container(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Speak)).await;
    let before = say(&scene, "before").await;

    let query = LogQuery { tail: Some(1), follow: true, since: None };
    let mut log = must(scene.runtime.telemetry.logs(&scene.name(), query).await);
    assert_eq!(next(&mut log, "the last line").await.map(must), Some(before));
    let after = say(&scene, "after").await;
    assert_eq!(next(&mut log, "the new line").await.map(must), Some(after));

    must(scene.runtime.workloads.stop(&scene.name()).await);
    assert_eq!(next(&mut log, "the end of the log").await.map(must), None);
}

pub async fn a_container_that_is_not_there_has_no_log(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);

    let telemetry = &scene.runtime.telemetry;
    let log = telemetry.logs(&scene.name(), LogQuery::default()).await.map(drop);
    let stats = telemetry.stats(&scene.name()).await;

    assert!(matches!(log, Err(RuntimeError::NoSuchWorkload(_))), "{log:?}");
    assert!(matches!(stats, Err(RuntimeError::NoSuchWorkload(_))), "{stats:?}");
}
