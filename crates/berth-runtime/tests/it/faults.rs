//! What a test can make the fake do.

use berth_runtime::contract::ContractBed;
use berth_runtime::fake::CallKind;
use berth_runtime::{Exit, ObservedState, RuntimeError, WorkloadEventKind};
use futures_util::StreamExt;

use crate::bed::{FakeBed, broken, spec};

#[tokio::test]
async fn an_injected_fault_fails_one_call_before_it_changes_anything() {
    let bed = FakeBed::new();
    let spec = spec(&bed);
    let workloads = &bed.runtime().workloads;
    bed.engine.fail_next(CallKind::WorkloadEnsure, broken());

    let failed = workloads.ensure(&spec).await;

    assert!(matches!(failed, Err(RuntimeError::TimedOut { .. })), "{failed:?}");
    assert_eq!(workloads.observe(&spec.name).await.unwrap(), None);
    workloads.ensure(&spec).await.unwrap();
    assert_eq!(bed.engine.calls(CallKind::WorkloadEnsure), 2);
}

#[tokio::test]
async fn a_lost_answer_fails_a_call_that_was_carried_out() {
    let bed = FakeBed::new();
    let spec = spec(&bed);
    let workloads = &bed.runtime().workloads;
    bed.engine.lose_answer(CallKind::WorkloadEnsure, broken());

    let failed = workloads.ensure(&spec).await;

    assert!(failed.is_err());
    assert_eq!(bed.engine.spec(spec.name.as_str()), Some(spec));
}

#[tokio::test]
async fn containers_live_on_while_the_engine_is_cut_off() {
    let bed = FakeBed::new();
    let spec = spec(&bed);
    let workloads = &bed.runtime().workloads;
    workloads.ensure(&spec).await.unwrap();
    workloads.start(&spec.name).await.unwrap();

    bed.engine.set_reachable(false);
    let failed = workloads.observe(&spec.name).await;
    bed.engine.set_reachable(true);

    assert!(matches!(failed, Err(RuntimeError::Unreachable(_))), "{failed:?}");
    let observed = workloads.observe(&spec.name).await.unwrap().unwrap();
    assert_eq!(observed.state, ObservedState::Running);
}

#[tokio::test]
async fn running_out_of_memory_is_reported_before_the_end() {
    let bed = FakeBed::new();
    let spec = spec(&bed);
    let workloads = &bed.runtime().workloads;
    workloads.ensure(&spec).await.unwrap();
    workloads.start(&spec.name).await.unwrap();
    let events = bed.runtime().telemetry.events().await.unwrap();

    let exit = Exit { code: 137, out_of_memory: true };
    bed.engine.exit(spec.name.as_str(), exit);

    let reported: Vec<_> = events.take(2).map(|event| event.unwrap().kind).collect().await;
    assert_eq!(reported, [WorkloadEventKind::OutOfMemory, WorkloadEventKind::Stopped]);
    let observed = workloads.observe(&spec.name).await.unwrap().unwrap();
    assert_eq!(observed.state, ObservedState::Exited(exit));
}

#[tokio::test]
async fn a_tenant_can_be_pointed_at_a_server_of_the_test() {
    let bed = FakeBed::new();
    let fresh = bed.fresh();
    let name = fresh.tenant.object_name();
    let network = berth_runtime::NetworkSpec {
        name: name.clone(),
        subnet: fresh.subnet,
        labels: berth_runtime::Labels::default(),
    };
    bed.runtime().networks.ensure(&network).await.unwrap();
    let attachment = berth_runtime::Attachment::Network { name, address: fresh.subnet.workload() };
    let spec = berth_runtime::WorkloadSpec { attachment, ..spec(&bed) };
    let server = "127.0.0.1:4711".parse().unwrap();
    bed.engine.set_endpoint(spec.name.as_str(), 8069, server);

    let workloads = &bed.runtime().workloads;
    workloads.ensure(&spec).await.unwrap();
    workloads.start(&spec.name).await.unwrap();

    let observed = workloads.observe(&spec.name).await.unwrap().unwrap();
    assert_eq!(observed.endpoints[&8069].address(), server);
}
