//! Containers that stay.

use berth_domain::{Generation, Limits};

use super::scene::{LIMITS, Scene, eventually, exit, must, signalled};
use super::{ContractBed, Program};
use crate::{ObservedState, ObservedWorkload, Role, RuntimeError, WorkloadSpec};

pub async fn a_container_is_made_as_specified_and_not_started(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);

    scene.ensure(&scene.spec(&Program::Wait)).await;

    let expected = ObservedWorkload {
        name: scene.name().to_string(),
        role: Role::Tenant,
        state: ObservedState::Created,
        started_at: None,
        image: bed.image().1,
        tenant: Some(scene.fresh.tenant),
        operation: Some(scene.fresh.operation),
        generation: Generation(3),
        limits: Some(LIMITS),
        endpoints: [].into(),
    };
    assert_eq!(scene.observe().await, Some(expected));
}

pub async fn ensuring_the_same_container_again_changes_nothing(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = scene.spec(&Program::Wait);
    scene.run_from(&spec).await;

    scene.ensure(&spec).await;

    assert_eq!(scene.state().await, Some(ObservedState::Running));
}

pub async fn a_container_that_differs_is_replaced(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = scene.spec(&Program::Wait);
    scene.run_from(&spec).await;

    let limits = Some(Limits { cpu_millis: 700, ..LIMITS });
    scene.ensure(&WorkloadSpec { limits, generation: Generation(4), ..spec }).await;

    let observed = scene.observe().await.expect("it is there");
    assert_eq!(
        (observed.state, observed.limits, observed.generation),
        (ObservedState::Created, limits, Generation(4))
    );
}

pub async fn an_older_generation_is_stale_and_changes_nothing(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = scene.spec(&Program::Wait);
    scene.run_from(&spec).await;
    let before = scene.observe().await;

    let older = WorkloadSpec { generation: Generation(2), ..spec };
    let refused = scene.runtime.workloads.ensure(&older).await;

    assert!(matches!(refused, Err(RuntimeError::Stale(_))), "{refused:?}");
    assert_eq!(scene.observe().await, before);
}

pub async fn starting_a_running_container_succeeds(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    must(scene.runtime.workloads.start(&scene.name()).await);

    assert_eq!(scene.state().await, Some(ObservedState::Running));
}

pub async fn a_container_that_is_not_there_cannot_be_started(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);

    let refused = scene.runtime.workloads.start(&scene.name()).await;

    assert!(matches!(refused, Err(RuntimeError::NoSuchWorkload(_))), "{refused:?}");
}

pub async fn stopping_what_is_stopped_or_absent_succeeds(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let stop = async || must(scene.runtime.workloads.stop(&scene.name()).await);
    stop().await;
    scene.run_from(&scene.spec(&Program::Wait)).await;

    stop().await;
    let stopped = scene.state().await;
    stop().await;

    assert!(matches!(stopped, Some(ObservedState::Exited(_))), "{stopped:?}");
    assert_eq!(scene.state().await, stopped);
}

pub async fn removing_takes_a_running_container_away_and_succeeds_twice(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::Wait)).await;

    must(scene.runtime.workloads.remove(&scene.name()).await);
    assert_eq!(scene.observe().await, None);

    must(scene.runtime.workloads.remove(&scene.name()).await);
}

pub async fn only_our_own_containers_are_listed(bed: &dyn ContractBed) {
    let (one, other, foreign) = (Scene::new(bed), Scene::new(bed), Scene::new(bed));
    one.run_from(&one.spec(&Program::Wait)).await;
    other.ensure(&other.spec(&Program::Wait)).await;
    bed.plant_workload(&foreign.name()).await;

    let listed = must(bed.runtime().workloads.list().await);

    let find = |scene: &Scene<'_>| {
        listed.iter().find(|workload| workload.name == scene.name().as_str()).cloned()
    };
    assert_eq!(find(&one), one.observe().await);
    assert_eq!(find(&other), other.observe().await);
    assert_eq!(find(&foreign), None);
}

pub async fn an_image_that_is_not_there_is_named(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let absent: berth_domain::Digest =
        format!("sha256:{}", "0".repeat(64)).parse().expect("a digest of zeros is a digest");
    let spec = WorkloadSpec { image: absent.clone(), ..scene.spec(&Program::Wait) };

    let refused = scene.runtime.workloads.ensure(&spec).await;

    assert!(
        matches!(&refused, Err(RuntimeError::NoSuchImage(image)) if image == absent.as_str()),
        "{refused:?}"
    );
}

pub async fn an_empty_command_is_refused(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = WorkloadSpec { command: Vec::new(), ..scene.spec(&Program::Wait) };

    let refused = scene.runtime.workloads.ensure(&spec).await;

    assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{refused:?}");
    assert_eq!(scene.observe().await, None);
}

pub async fn a_running_container_is_reached_in_its_network(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    must(scene.runtime.networks.ensure(&scene.network()).await);

    scene.run_from(&scene.networked(&Program::Wait)).await;
    let running = scene.observe().await.expect("it is there");
    must(scene.runtime.workloads.stop(&scene.name()).await);
    let stopped = scene.observe().await.expect("it is there");

    assert_eq!(running.endpoints.keys().copied().collect::<Vec<_>>(), [8069, 8072]);
    assert!(stopped.endpoints.is_empty(), "{stopped:?}");
}

pub async fn the_end_of_a_program_is_observed(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    scene.run_from(&scene.spec(&Program::WaitForEnd)).await;

    scene.exec(Program::End.command()).await;

    let ended = eventually("the end of the program", async || {
        scene.state().await.filter(|state| *state != ObservedState::Running)
    });
    assert_eq!(ended.await, ObservedState::Exited(exit(3)));
}

/// Stops a container that ends by the signals it does not ignore, and returns how it ended.
async fn stop_by(scene: &Scene<'_>, signal: &'static str) -> Option<ObservedState> {
    let spec = WorkloadSpec { stop_signal: Some(signal), ..scene.spec(&Program::Wait) };
    scene.run_from(&spec).await;
    must(scene.runtime.workloads.stop(&scene.name()).await);
    scene.state().await
}

pub async fn a_container_is_stopped_by_the_signal_it_asks_for(bed: &dyn ContractBed) {
    const INTERRUPT: i64 = 2;

    let stopped = stop_by(&Scene::new(bed), "SIGINT").await;

    assert_eq!(stopped, Some(ObservedState::Exited(signalled(INTERRUPT))));
}

pub async fn a_container_that_ignores_the_polite_signal_is_ended_by_force(bed: &dyn ContractBed) {
    const KILL: i64 = 9;

    // Programs ignore a change of the window's size unless they say otherwise (signal(7)).
    let stopped = stop_by(&Scene::new(bed), "SIGWINCH").await;

    assert_eq!(stopped, Some(ObservedState::Exited(signalled(KILL))));
}
