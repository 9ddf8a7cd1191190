//! What somebody else made.

use super::scene::{PATIENCE, Scene, must};
use super::{ContractBed, Program};
use crate::{ExecSpec, LogQuery, RuntimeError, WorkloadSpec};

pub async fn a_foreign_container_is_refused_and_untouched(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let name = scene.name();
    let spec = scene.spec(&Program::Wait);
    let job = WorkloadSpec { name: name.clone(), ..scene.job(Program::Fail.command()) };
    let exec =
        ExecSpec { command: Program::Fail.command(), environment: Vec::new(), terminal: None };
    bed.plant_workload(&name).await;

    let workloads = &scene.runtime.workloads;
    let telemetry = &scene.runtime.telemetry;
    let refusals = [
        ("ensure", workloads.ensure(&spec).await),
        ("start", workloads.start(&name).await),
        ("stop", workloads.stop(&name).await),
        ("remove", workloads.remove(&name).await),
        ("observe", workloads.observe(&name).await.map(drop)),
        ("run", workloads.run(&job, PATIENCE, &mut |_| ()).await.map(drop)),
        ("logs", telemetry.logs(&name, LogQuery::default()).await.map(drop)),
        ("stats", telemetry.stats(&name).await.map(drop)),
        ("exec", telemetry.exec(&name, exec).await.map(drop)),
    ];

    for (call, refused) in refusals {
        assert!(matches!(refused, Err(RuntimeError::Foreign(_))), "{call}: {refused:?}");
    }
    assert!(bed.runs_planted_workload(&name).await, "it no longer runs");
}

pub async fn a_foreign_network_is_refused_and_untouched(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = scene.network();
    bed.plant_network(&spec.name, scene.fresh.subnet).await;

    let networks = &scene.runtime.networks;
    let ensured = networks.ensure(&spec).await;
    let observed = networks.observe(&spec.name).await;
    let removed = networks.remove(&spec.name).await;

    assert!(matches!(ensured, Err(RuntimeError::Foreign(_))), "{ensured:?}");
    assert!(matches!(observed, Err(RuntimeError::Foreign(_))), "{observed:?}");
    assert!(matches!(removed, Err(RuntimeError::Foreign(_))), "{removed:?}");
    assert!(bed.has_planted_network(&spec.name).await, "it is gone");
    let listed = must(networks.list().await);
    assert!(listed.iter().all(|network| network.name != spec.name.as_str()), "it is listed");
}
