//! Networks.

use super::scene::{Scene, must};
use super::{ContractBed, Program};
use crate::{NetworkInfo, NetworkSpec, ObservedState, RuntimeError};

async fn find(scene: &Scene<'_>) -> Option<NetworkInfo> {
    let name = scene.fresh.tenant.object_name();
    let mut alike = must(scene.runtime.networks.list().await);
    alike.retain(|network| network.name == name.as_str());
    assert!(alike.len() < 2, "two networks have one name: {alike:?}");
    let found = alike.pop();
    assert_eq!(must(scene.runtime.networks.observe(&name).await), found);
    found
}

fn described(spec: &NetworkSpec) -> NetworkInfo {
    NetworkInfo {
        name: spec.name.to_string(),
        subnet: spec.subnet.to_string(),
        labels: spec.labels,
    }
}

pub async fn a_network_is_made_once_and_listed_with_its_labels(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = scene.network();
    let networks = &scene.runtime.networks;

    let (one, other) = tokio::join!(networks.ensure(&spec), networks.ensure(&spec));
    must(one.and(other));
    must(networks.ensure(&spec).await);
    assert_eq!(find(&scene).await, Some(described(&spec)));

    must(networks.remove(&spec.name).await);
    must(networks.remove(&spec.name).await);
    assert_eq!(find(&scene).await, None);
}

pub async fn an_unused_network_with_another_subnet_is_replaced(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let first = NetworkSpec { subnet: bed.fresh().subnet, ..scene.network() };
    must(scene.runtime.networks.ensure(&first).await);

    let second = scene.network();
    must(scene.runtime.networks.ensure(&second).await);

    assert_eq!(find(&scene).await, Some(described(&second)));
}

pub async fn a_used_network_with_another_subnet_is_left_alone(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let spec = scene.network();
    must(scene.runtime.networks.ensure(&spec).await);
    scene.ensure(&scene.networked(&Program::Wait)).await;

    let other = NetworkSpec { subnet: bed.fresh().subnet, ..spec.clone() };
    let refused = scene.runtime.networks.ensure(&other).await;

    assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{refused:?}");
    assert_eq!(find(&scene).await, Some(described(&spec)));
}

pub async fn addresses_of_another_network_are_refused(bed: &dyn ContractBed) {
    let (one, other) = (Scene::new(bed), Scene::new(bed));
    must(one.runtime.networks.ensure(&one.network()).await);

    let spec = NetworkSpec { subnet: one.fresh.subnet, ..other.network() };
    let refused = other.runtime.networks.ensure(&spec).await;

    assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{refused:?}");
    assert_eq!(find(&other).await, None);
}

pub async fn removing_a_network_detaches_stopped_containers(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    must(scene.runtime.networks.ensure(&scene.network()).await);
    scene.run_from(&scene.networked(&Program::Wait)).await;
    must(scene.runtime.workloads.stop(&scene.name()).await);

    must(scene.runtime.networks.remove(&scene.fresh.tenant.object_name()).await);

    assert_eq!(find(&scene).await, None);
    let state = scene.state().await;
    assert!(matches!(state, Some(ObservedState::Exited(_))), "{state:?}");
    // Nothing holds on to one that is made again, so it can be replaced.
    let other = NetworkSpec { subnet: bed.fresh().subnet, ..scene.network() };
    must(scene.runtime.networks.ensure(&other).await);
    must(scene.runtime.networks.ensure(&scene.network()).await);
    assert_eq!(find(&scene).await, Some(described(&scene.network())));
}

pub async fn a_network_is_not_removed_under_a_running_container(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    must(scene.runtime.networks.ensure(&scene.network()).await);
    scene.run_from(&scene.networked(&Program::Wait)).await;

    let refused = scene.runtime.networks.remove(&scene.fresh.tenant.object_name()).await;

    assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{refused:?}");
    let observed = scene.observe().await.expect("it is there");
    assert!(!observed.endpoints.is_empty(), "{observed:?}");
}

pub async fn a_container_follows_a_network_that_was_made_again(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);
    let (network, spec) = (scene.network(), scene.networked(&Program::Wait));
    must(scene.runtime.networks.ensure(&network).await);
    scene.run_from(&spec).await;
    must(scene.runtime.workloads.stop(&spec.name).await);
    must(scene.runtime.networks.remove(&network.name).await);

    must(scene.runtime.networks.ensure(&network).await);
    scene.run_from(&spec).await;

    let observed = scene.observe().await.expect("it is there");
    assert_eq!(observed.endpoints.len(), 2, "{observed:?}");
}
