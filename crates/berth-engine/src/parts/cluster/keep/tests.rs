//! When a server counts as gone.

use berth_runtime::{Exit, Role, WorkloadName};
use futures_util::FutureExt as _;

use super::*;
use crate::engine::testing::TestEngine;

async fn run(engine: &TestEngine, name: &WorkloadName) {
    let spec = engine.runtime.plain(name, Role::Cluster);
    engine.inner.runtime.workloads.ensure(&spec).await.unwrap();
    engine.inner.runtime.workloads.start(name).await.unwrap();
}

#[test]
fn a_server_has_ended_when_its_own_container_has() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let engine = TestEngine::new().await;
        let (own, other) = (
            WorkloadName::cluster("main", "test-engine", ""),
            WorkloadName::cluster("main", "test-engine", "-initdb"),
        );
        run(&engine, &own).await;
        run(&engine, &other).await;
        let killed = Exit { code: 137, out_of_memory: false };
        let mut ends = Box::pin(ends(&engine.inner, &engine.inner.cluster, Some(own.clone())));

        engine.runtime.exit(other.as_str(), killed);
        engine.inner.cluster.look();
        assert!(ends.as_mut().now_or_never().is_none(), "somebody else's container ended");

        engine.runtime.exit(own.as_str(), killed);
        assert!(ends.as_mut().now_or_never().is_none(), "nobody said that there is news");
        engine.runtime.set_reachable(false);
        engine.inner.cluster.look();
        assert!(ends.as_mut().now_or_never().is_none(), "the engine cannot say what runs");

        engine.runtime.set_reachable(true);
        engine.inner.cluster.look();
        ends.await;
    });
}

#[test]
fn a_server_that_ends_in_haste_again_and_again_is_left_alone_for_longer_and_longer() {
    let rests: Vec<_> = (0..11)
        .map(|times| Rests::after(times).map_or(0, |rests| rests.length.as_secs()))
        .collect();

    assert_eq!(rests, [0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]);
    assert_eq!(Rests::after(u32::MAX).unwrap().length, LONGEST_REST);
}

#[test]
fn while_it_is_left_alone_everybody_who_asks_is_told_so() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let engine = TestEngine::new().await;
        let organisation = engine.populate(&["acme"]).await.remove(0).organisation;
        let cluster = &engine.inner.cluster;
        assert!(cluster.trouble().is_none());
        assert_eq!(cluster.lacks().await.unwrap().0, "it is starting");

        say(&engine.inner, Which::Main, cluster, Rests::after(4).unwrap()).await;
        say(&engine.inner, Which::Main, cluster, Rests::after(5).unwrap()).await;

        let said = "it ended 5 times in a row, each time within 10 s of its start; it is brought up \
                    again after a rest of 2 s";
        assert_eq!(cluster.trouble().unwrap().0, said);
        assert_eq!(cluster.lacks().await.unwrap().0, said);
        let mut tx = engine.inner.store.read().await.unwrap();
        let told = events::after(&mut tx, organisation, 0, None, 9).await.unwrap().rows;
        let [event] = &told[..] else { panic!("{told:?}") };
        assert_eq!(event.kind, "host.postgres_ends");
        assert_eq!(event.data, json!({ "times": 4, "rest_seconds": 1 }));
    });
}
