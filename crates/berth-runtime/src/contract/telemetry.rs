//! Use, events, and the engine itself.

use super::scene::{Scene, must, next};
use super::{ContractBed, Program};
use crate::{RuntimeError, Stats, WorkloadEvent, WorkloadEventKind};

pub async fn a_running_container_uses_something_and_a_stopped_one_nothing(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    let stats = async || must(scene.runtime.telemetry.stats(&scene.name()).await);
    let running = stats().await;
    let later = stats().await;
    must(scene.runtime.workloads.stop(&scene.name()).await);

    assert!(running.pids > 0 && running.memory.0 > 0 && running.cpu_micros > 0, "{running:?}");
    assert!(later.cpu_micros >= running.cpu_micros, "{later:?} came after {running:?}");
    assert_eq!(stats().await, Stats::default());
}

pub async fn what_happens_to_our_containers_is_reported_in_order(bed: &dyn ContractBed) {
    let (scene, foreign) = (Scene::new(bed), Scene::new(bed));
    let mut events = must(scene.runtime.telemetry.events().await);

    bed.plant_workload(&foreign.name()).await;
    scene.run_from(&scene.spec(&Program::Wait)).await;
    must(scene.runtime.workloads.stop(&scene.name()).await);
    must(scene.runtime.workloads.remove(&scene.name()).await);

    let expected =
        [WorkloadEventKind::Started, WorkloadEventKind::Stopped, WorkloadEventKind::Removed].map(
            |kind| WorkloadEvent {
                name: scene.name().to_string(),
                tenant: Some(scene.fresh.tenant),
                kind,
            },
        );
    let mut reported = Vec::new();
    while reported.len() < expected.len() {
        let event = must(next(&mut events, "an event").await.expect("events do not end"));
        assert_ne!(event.name, foreign.name().as_str());
        // Other cases run at the same time.
        if event.name == scene.name().as_str() {
            reported.push(event);
        }
    }
    assert_eq!(reported, expected);
}

pub async fn an_engine_says_what_it_is(bed: &dyn ContractBed) {
    let engine = must(bed.runtime().telemetry.engine().await);

    assert!(!engine.product.is_empty() && !engine.version.is_empty(), "{engine:?}");
    assert!(!engine.api_version.is_empty() && !engine.storage_driver.is_empty(), "{engine:?}");
    assert!(matches!(engine.cgroup_version, 1 | 2), "{engine:?}");
    assert!(engine.cpus > 0 && engine.memory.0 > 0, "{engine:?}");
}

pub async fn an_engine_that_is_not_there_is_unreachable(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let gone = bed.unreachable();

    let failures = [
        ("containers", gone.workloads.ensure(&scene.spec(&Program::Wait)).await),
        ("networks", gone.networks.ensure(&scene.network()).await),
        ("images", gone.images.find(&bed.image().0).await.map(drop)),
        ("telemetry", gone.telemetry.events().await.map(drop)),
    ];

    for (port, failed) in failures {
        assert!(matches!(failed, Err(RuntimeError::Unreachable(_))), "{port}: {failed:?}");
    }
}
