//! Whose own a cluster is, and that it goes as a whole.

use std::fs;

use berth_domain::ClusterId;
use berth_runtime::Role;
use futures_util::FutureExt as _;

use super::*;
use crate::engine::testing::TestEngine;
use crate::parts::cluster::{self, MAIN};

/// A tenant that has a cluster for itself, whose container and folder are there.
async fn apart(engine: &TestEngine) -> (Tenant, WorkloadName) {
    let tenant = engine.populate(&["acme"]).await.remove(0);
    let tenant = Tenant { cluster: ClusterId::of(tenant.id), ..tenant };
    let name = Which::Own(tenant.id).name();
    let container = WorkloadName::cluster(&name, "test-engine", "");
    let spec = engine.runtime.plain(&container, Role::Cluster);
    engine.inner.runtime.workloads.ensure(&spec).await.unwrap();
    fs::create_dir_all(engine.inner.settings.paths.cluster(&name).join("data")).unwrap();
    (tenant, container)
}

#[test]
fn a_container_says_whose_server_it_is() {
    let home = "0123-home";
    let named = |container: &str| cluster::named_in(container, home).map(str::to_owned);

    assert_eq!(named("pg-main-0123-home").as_deref(), Some(MAIN));
    assert_eq!(named("pg-t-8cd5b3e61a-0123-home").as_deref(), Some("t-8cd5b3e61a"));
    for other in [
        "pg-main-0123-home-initdb",
        "pg-main-another-home",
        "pg-t-8cd5b3e61-0123-home",
        "pg-0123-home",
        "t_8cd5b3e61a",
    ] {
        assert_eq!(named(other), None, "{other}");
    }
    assert_eq!(cluster::owner("t-8cd5b3e61a").unwrap().as_str(), "t_8cd5b3e61a");
    assert_eq!(cluster::owner(MAIN), None);
}

#[tokio::test(flavor = "local")]
async fn it_goes_as_a_whole_and_is_not_brought_up_again() {
    let engine = TestEngine::new().await;
    let (tenant, container) = apart(&engine).await;
    let kept = engine.inner.gate_of(&tenant);
    let keepers = tokio::task::spawn_local({
        let engine = Arc::clone(&engine.inner);
        async move { keep_own(&engine).await }
    });
    // Somebody brings it up, in vain: the image is not there.
    let failed = kept.ready().await.unwrap_err();
    assert!(failed.0.contains("no image"), "{failed}");

    remove(&engine.inner, &tenant).await.unwrap();
    remove(&engine.inner, &tenant).await.unwrap();

    assert_eq!(engine.inner.runtime.workloads.observe(&container).await.unwrap(), None);
    let folder = engine.inner.settings.paths.cluster(&Which::Own(tenant.id).name());
    assert!(!folder.exists());
    let gone = engine.inner.cluster_of(&tenant).await.unwrap_err();
    assert_eq!(gone.0, "it was removed");
    let own = engine.inner.own_clusters.get(tenant.id);
    assert!(own.hands.try_lock().is_ok(), "nobody keeps it");
    keepers.abort();
}

#[tokio::test(flavor = "local")]
async fn it_is_removed_when_nobody_is_about_to_bring_it_up() {
    let engine = TestEngine::new().await;
    let (tenant, container) = apart(&engine).await;
    let own = engine.inner.own_clusters.get(tenant.id);
    let hands = own.hands.lock().await;

    let mut removal = Box::pin(remove(&engine.inner, &tenant));

    assert!(removal.as_mut().now_or_never().is_none());
    assert!(own.end.is_cancelled(), "whoever has it in hand is told");
    let found = engine.inner.runtime.workloads.observe(&container).await.unwrap();
    assert!(found.is_some(), "it was removed while somebody had it in hand");
    drop(hands);
    removal.await.unwrap();
    assert_eq!(engine.inner.runtime.workloads.observe(&container).await.unwrap(), None);
}

#[tokio::test(flavor = "local")]
async fn what_became_of_the_shared_one_is_not_what_became_of_it() {
    let engine = TestEngine::new().await;
    let (tenant, _) = apart(&engine).await;
    let shared =
        Tenant { cluster: ClusterId::from_uuid(uuid::Uuid::from_u128(3)), ..tenant.clone() };
    engine.inner.cluster.fail("somebody stopped it");

    let own = engine.inner.gate_of(&tenant);

    assert!(own.trouble().is_none());
    assert_eq!(engine.inner.gate_of(&shared).trouble().unwrap().0, "somebody stopped it");
    let [(of, gate)] = &engine.inner.own_clusters.gates()[..] else { panic!("it is the only one") };
    assert!(*of == tenant.id && gate.trouble().is_none());
    assert!(engine.inner.own_clusters.of(tenant.cluster).is_some());
    assert!(engine.inner.own_clusters.of(shared.cluster).is_none());
}
