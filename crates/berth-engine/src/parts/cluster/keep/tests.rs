//! When a server counts as gone.

use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::{Digest, Generation};
use berth_runtime::{Attachment, Exit, Labels, Role, WorkloadName, WorkloadSpec};
use futures_util::FutureExt as _;

use super::*;
use crate::engine::testing::TestEngine;

async fn run(engine: &TestEngine, name: &WorkloadName) {
    let image: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
    engine.runtime.add_image(&"postgres:18".parse().unwrap(), &image);
    let spec = WorkloadSpec {
        name: name.clone(),
        role: Role::Cluster,
        labels: Labels::default(),
        generation: Generation(1),
        image,
        command: vec!["postgres".to_owned()],
        environment: BTreeMap::new(),
        user: None,
        mounts: Vec::new(),
        attachment: Attachment::None,
        limits: None,
        read_only_root: true,
        scratch: Vec::new(),
        shared_memory: None,
        stop_grace: Duration::from_secs(1),
        stop_signal: None,
    };
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
        let mut ends = Box::pin(ends(&engine.inner, Some(own.clone())));

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
