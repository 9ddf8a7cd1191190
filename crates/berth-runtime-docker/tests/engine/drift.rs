//! What a person changed with the engine's own tools.

use berth_domain::{Bytes, Generation, Limits};
use berth_runtime::contract::{ContractBed, Program};
use berth_runtime::{Attachment, Labels, Role, WorkloadName, WorkloadSpec};
use bollard::models::ContainerUpdateBody;

use crate::bed::EngineBed;

const LIMITS: Limits = Limits { cpu_millis: 500, memory: Bytes::mib(64), pids: 32 };

#[tokio::test]
async fn a_limit_that_was_changed_behind_our_back_is_seen_and_put_right() {
    let bed = EngineBed::new().await;
    let fresh = bed.fresh();
    let spec = WorkloadSpec {
        name: WorkloadName::tenant(&fresh.tenant.object_name()),
        role: Role::Tenant,
        labels: Labels { tenant: Some(fresh.tenant), operation: None },
        generation: Generation(1),
        image: bed.image().1,
        command: Program::Wait.command(),
        environment: [].into(),
        user: None,
        mounts: Vec::new(),
        attachment: Attachment::None,
        limits: Some(LIMITS),
        read_only_root: true,
        scratch: Vec::new(),
        shared_memory: None,
        stop_grace: std::time::Duration::from_secs(1),
        stop_signal: None,
    };
    let workloads = &bed.runtime().workloads;
    workloads.ensure(&spec).await.unwrap();
    let more = ContainerUpdateBody { pids_limit: Some(500), ..ContainerUpdateBody::default() };
    let update = bed.docker.update_container(spec.name.as_str(), more).await;
    if bed.runtime().telemetry.engine().await.unwrap().product == "Podman" {
        // Podman 4.3 has no such call, and its own (`podman update`) does not show in what it says of a
        // container.
        assert!(update.is_err(), "Podman changes limits now: look whether Berth sees it");
        return;
    }
    update.unwrap();

    let changed = workloads.observe(&spec.name).await.unwrap().unwrap();
    workloads.ensure(&spec).await.unwrap();
    let put_right = workloads.observe(&spec.name).await.unwrap().unwrap();

    assert_eq!(changed.limits, Some(Limits { pids: 500, ..LIMITS }));
    assert_eq!(put_right.limits, Some(LIMITS));
}
