//! Claims, leases and fences.

use std::collections::BTreeSet;
use std::time::Duration;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{OperationId, Timestamp};
use berth_store::operations::{
    self, Capacity, Ending, JournalRecord, Operation, RecordKind, Request, append, claim, finish,
    renew, set_outputs, set_progress, set_state,
};
use berth_store::{Change, StoreError, epoch};
use jiff::SignedDuration;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_claim_leases_and_starts_a_queued_operation,
    no_operation_is_claimed_twice_by_many_workers,
    a_lease_that_ended_can_be_claimed_again,
    a_new_epoch_voids_a_lease_at_once,
    an_old_epoch_claims_nothing,
    urgent_operations_go_first,
    operations_of_one_tenant_wait_for_each_other,
    an_interrupted_operation_goes_before_a_waiting_one_of_its_tenant,
    many_workers_never_work_on_one_tenant_at_once,
    writes_of_an_old_epoch_change_nothing,
    writes_to_an_operation_at_rest_change_nothing,
    a_driver_writes_while_it_has_the_lease,
    what_cannot_be_read_is_reported_and_not_claimed,
    a_claim_passes_over_what_is_being_written,
    imports_that_find_no_room_keep_nobody_waiting,
    epochs_count_up,
);

fn ids(operations: &[Operation]) -> Vec<OperationId> {
    operations.iter().map(|operation| operation.id).collect()
}

const fn room(all: u32) -> Capacity {
    Capacity { all, imports: all }
}

async fn load(home: &Home, id: OperationId) -> Operation {
    let mut tx = home.read().await;
    operations::find(&mut tx, home.organisation, id).await.unwrap().unwrap()
}

fn started(at: Timestamp) -> JournalRecord {
    JournalRecord {
        record: RecordKind::Started,
        step: Some("database".to_owned()),
        attempt: 1,
        detail: None,
        actor: None,
        at,
    }
}

async fn a_claim_leases_and_starts_a_queued_operation(home: Home) {
    let queued = home.with_operation(home.operation(None)).await;
    let epoch = home.new_epoch().await;

    let claimed = home.claim(epoch, 10).await;

    let expected = Operation {
        state: OperationState::Running,
        epoch,
        lease_until: Some(home.minutes(5)),
        started_at: Some(home.now()),
        ..queued
    };
    assert_eq!(load(&home, expected.id).await, expected);
    assert_eq!(claimed, [expected]);
    assert_eq!(home.claim(epoch, 10).await, []);
}

async fn no_operation_is_claimed_twice_by_many_workers(home: Home) {
    let mut tx = home.begin().await;
    let mut expected = BTreeSet::new();
    for _ in 0..120 {
        let operation = home.operation(None);
        operations::insert(&mut tx, &operation).await.unwrap();
        expected.insert(operation.id);
    }
    tx.commit().await.unwrap();
    let epoch = home.new_epoch().await;

    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let home = home.clone();
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = ids(&home.claim(epoch, 3).await);
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed);
            }
        });
    }
    let claimed: Vec<OperationId> = workers.join_all().await.concat();

    assert_eq!(claimed.len(), 120);
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), expected);
}

async fn a_lease_that_ended_can_be_claimed_again(home: Home) {
    let queued = home.with_operation(home.operation(None)).await;
    let epoch = home.new_epoch().await;
    home.claim(epoch, 1).await;

    home.clock.advance(SignedDuration::from_mins(4));
    assert_eq!(home.claim(epoch, 1).await, []);
    home.clock.advance(SignedDuration::from_mins(1));

    assert_eq!(ids(&home.claim(epoch, 1).await), [queued.id]);
}

async fn a_new_epoch_voids_a_lease_at_once(home: Home) {
    let queued = home.with_operation(home.operation(None)).await;
    let first = home.new_epoch().await;
    home.claim(first, 1).await;

    let second = home.new_epoch().await;
    let claimed = home.claim(second, 1).await;

    assert_eq!(ids(&claimed), [queued.id]);
    assert_eq!(claimed[0].state, OperationState::Running);
    assert_eq!(claimed[0].epoch, second);
}

async fn an_old_epoch_claims_nothing(home: Home) {
    home.with_operation(home.operation(None)).await;
    let first = home.new_epoch().await;
    home.new_epoch().await;

    assert_eq!(home.claim(first, 1).await, []);
}

async fn urgent_operations_go_first(home: Home) {
    let mut expected = Vec::new();
    for queue in [Queue::Low, Queue::Default, Queue::High] {
        let operation = Operation { queue, ..home.operation(None) };
        expected.insert(0, home.with_operation(operation).await.id);
    }
    let late = home.with_operation(home.operation(None)).await;
    expected.insert(2, late.id);
    let epoch = home.new_epoch().await;

    let one_by_one = [home.claim(epoch, 3).await, home.claim(epoch, 3).await].concat();

    assert_eq!(ids(&one_by_one), expected);
}

async fn operations_of_one_tenant_wait_for_each_other(home: Home) {
    let [acme, beta] = home.with_tenants(["acme", "beta"]).await;
    let first = home.with_operation(home.operation(Some(acme.id))).await;
    let urgent = Operation { queue: Queue::High, ..home.operation(Some(acme.id)) };
    let second = home.with_operation(urgent).await;
    let other = home.with_operation(home.operation(Some(beta.id))).await;
    let epoch = home.new_epoch().await;

    assert_eq!(ids(&home.claim(epoch, 10).await), [first.id, other.id]);

    let mut tx = home.begin().await;
    let ending = Ending { state: OperationState::Done, error: None, at: home.now() };
    assert!(finish(&mut tx, first.id, epoch, &ending).await.unwrap().is_updated());
    tx.commit().await.unwrap();

    assert_eq!(ids(&home.claim(epoch, 10).await), [second.id]);
}

async fn an_interrupted_operation_goes_before_a_waiting_one_of_its_tenant(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let older = home.with_operation(home.operation(Some(acme.id))).await;
    let running = Operation {
        state: OperationState::Undoing,
        queue: Queue::Low,
        ..home.operation(Some(acme.id))
    };
    let running = home.with_operation(running).await;
    let epoch = home.new_epoch().await;

    let claimed = home.claim(epoch, 10).await;

    assert_eq!(ids(&claimed), [running.id]);
    assert_eq!(claimed[0].state, OperationState::Undoing);
    assert_eq!(load(&home, older.id).await.state, OperationState::Queued);
}

async fn many_workers_never_work_on_one_tenant_at_once(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    for _ in 0..12 {
        home.with_operation(home.operation(Some(acme.id))).await;
    }
    let epoch = home.new_epoch().await;
    let at_work = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));

    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (home, at_work) = (home.clone(), at_work.clone());
        workers.spawn(async move {
            let mut done = 0;
            loop {
                let claimed = home.claim(epoch, 4).await;
                assert!(claimed.len() <= 1, "{claimed:?}");
                let Some(operation) = claimed.first() else {
                    let mut tx = home.read().await;
                    if operations::active_for_tenant(&mut tx, acme.id).await.unwrap().is_none() {
                        return done;
                    }
                    continue;
                };
                assert_eq!(at_work.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                at_work.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                let ending = Ending { state: OperationState::Done, error: None, at: home.now() };
                let mut tx = home.begin().await;
                assert!(finish(&mut tx, operation.id, epoch, &ending).await.unwrap().is_updated());
                tx.commit().await.unwrap();
                done += 1;
            }
        });
    }

    assert_eq!(workers.join_all().await.into_iter().sum::<i32>(), 12);
}

/// Tries every fenced write and returns what came of it.
async fn every_write(home: &Home, id: OperationId, epoch: i64) -> Vec<Change> {
    let ending = Ending {
        state: OperationState::Stuck,
        error: Some("no space left".to_owned()),
        at: home.now(),
    };
    let outputs = serde_json::json!({"database": "t_1"});
    let mut tx = home.begin().await;
    let changes = vec![
        renew(&mut tx, id, epoch, home.minutes(9)).await.unwrap(),
        set_state(&mut tx, id, epoch, OperationState::Undoing).await.unwrap(),
        set_outputs(&mut tx, id, epoch, &outputs).await.unwrap(),
        set_progress(&mut tx, id, epoch, 250, "copying").await.unwrap(),
        append(&mut tx, id, epoch, &started(home.now())).await.unwrap(),
        finish(&mut tx, id, epoch, &ending).await.unwrap(),
    ];
    tx.commit().await.unwrap();
    changes
}

async fn writes_of_an_old_epoch_change_nothing(home: Home) {
    let id = home.with_operation(home.operation(None)).await.id;
    let old = home.new_epoch().await;
    home.claim(old, 1).await;
    let new = home.new_epoch().await;
    let before = load(&home, id).await;

    // Not claimed again yet: the newer epoch alone is enough.
    assert_eq!(every_write(&home, id, old).await, [Change::Unchanged; 6]);
    assert_eq!(load(&home, id).await, before);

    home.claim(new, 1).await;
    let before = load(&home, id).await;
    assert_eq!(every_write(&home, id, old).await, [Change::Unchanged; 6]);
    assert_eq!(load(&home, id).await, before);
    let mut tx = home.read().await;
    assert_eq!(operations::journal(&mut tx, id).await.unwrap(), []);
}

async fn writes_to_an_operation_at_rest_change_nothing(home: Home) {
    let id = home.with_operation(home.operation(None)).await.id;
    let epoch = home.new_epoch().await;
    home.claim(epoch, 1).await;

    assert_eq!(every_write(&home, id, epoch).await, [Change::Updated; 6]);
    assert_eq!(every_write(&home, id, epoch).await, [Change::Unchanged; 6]);
}

async fn a_driver_writes_while_it_has_the_lease(home: Home) {
    let id = home.with_operation(home.operation(None)).await.id;
    let epoch = home.new_epoch().await;
    home.claim(epoch, 1).await;

    every_write(&home, id, epoch).await;

    let operation = load(&home, id).await;
    assert_eq!(operation.state, OperationState::Stuck);
    assert_eq!(operation.error.as_deref(), Some("no space left"));
    assert_eq!(operation.outputs, serde_json::json!({"database": "t_1"}));
    assert_eq!(operation.progress, Some((250, "copying".to_owned())));
    assert_eq!(operation.finished_at, Some(home.now()));
    assert_eq!(operation.lease_until, None);
    let mut tx = home.read().await;
    let journal = operations::journal(&mut tx, id).await.unwrap();
    assert_eq!(journal, [started(home.now())]);
}

async fn what_cannot_be_read_is_reported_and_not_claimed(home: Home) {
    let strange = home.with_operation(home.operation(None)).await;
    let known = home.with_operation(home.operation(None)).await;
    home.tamper(&format!(
        "UPDATE operation SET kind = 'tenant.teleport' WHERE id = '{}'",
        strange.id
    ))
    .await;
    let epoch = home.new_epoch().await;

    let mut tx = home.begin().await;
    let claimed = claim(&mut tx, epoch, home.now(), home.minutes(5), room(1)).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(ids(&claimed.rows), [known.id]);
    assert!(matches!(claimed.unreadable[..], [StoreError::Unknown { column: "kind", .. }]));
    let mut tx = home.read().await;
    let found = operations::find(&mut tx, home.organisation, strange.id).await;
    assert!(matches!(found, Err(StoreError::Unknown { .. })));
}

/// SQLite has one writer, so there the claim comes after the request; on PostgreSQL it must not
/// wait for it.
async fn a_claim_passes_over_what_is_being_written(home: Home) {
    let busy = home.with_operation(home.operation(None)).await;
    let free = home.with_operation(home.operation(None)).await;
    let epoch = home.new_epoch().await;
    let is_postgres = matches!(home.location, berth_store::Location::Postgres(_));

    let mut writing = home.begin().await;
    let actor = berth_domain::Actor::System;
    let asked =
        operations::append_request(&mut writing, busy.id, Request::Undo, &actor, home.now());
    assert!(asked.await.unwrap().is_updated());
    if is_postgres {
        assert_eq!(ids(&home.claim(epoch, 10).await), [free.id]);
    }
    writing.commit().await.unwrap();

    let rest = if is_postgres { vec![busy.id] } else { vec![busy.id, free.id] };
    assert_eq!(ids(&home.claim(epoch, 10).await), rest);
}

async fn imports_that_find_no_room_keep_nobody_waiting(home: Home) {
    let mut all = Vec::new();
    for number in 0..9 {
        let is_import = number < 5;
        let kind = if is_import { OperationKind::TenantImport } else { OperationKind::TenantStart };
        let queue = if is_import { Queue::High } else { Queue::Default };
        let operation = Operation { kind, queue, ..home.operation(None) };
        all.push(home.with_operation(operation).await.id);
    }
    let epoch = home.new_epoch().await;

    let first = home.claim_some(epoch, Capacity { all: 4, imports: 2 }).await;
    let second = home.claim_some(epoch, Capacity { all: 1, imports: 0 }).await;
    let third = home.claim_some(epoch, Capacity { all: 4, imports: 1 }).await;
    let fourth = home.claim_some(epoch, Capacity { all: 4, imports: 0 }).await;

    assert_eq!(ids(&first), [all[0], all[1], all[5], all[6]]);
    assert_eq!(ids(&second), [all[7]]);
    assert_eq!(ids(&third), [all[2], all[8]]);
    assert_eq!(ids(&fourth), []);
}

async fn epochs_count_up(home: Home) {
    let mut tx = home.begin().await;
    assert_eq!(epoch::current(&mut tx).await.unwrap(), 0);
    assert_eq!(epoch::advance(&mut tx).await.unwrap(), 1);
    tx.commit().await.unwrap();

    assert_eq!(home.new_epoch().await, 2);
    assert_eq!(epoch::current(&mut home.read().await).await.unwrap(), 2);
}

/// While one claim is under way, an older operation of the same tenant comes back. The second claim
/// must not take it beside the first. SQLite has one writer and cannot get here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_waits_for_the_claim_before_it() {
    let home = Home::postgres().await;
    let [acme] = home.with_tenants(["acme"]).await;
    let stuck = Operation { state: OperationState::Stuck, ..home.operation(Some(acme.id)) };
    let stuck = home.with_operation(stuck).await;
    let newer = home.with_operation(home.operation(Some(acme.id))).await;
    let epoch = home.new_epoch().await;

    let mut first = home.begin().await;
    let claimed = claim(&mut first, epoch, home.now(), home.minutes(5), room(10)).await.unwrap();
    let mut tx = home.begin().await;
    let actor = berth_domain::Actor::System;
    let back = operations::append_request(&mut tx, stuck.id, Request::Retry, &actor, home.now());
    assert!(back.await.unwrap().is_updated());
    tx.commit().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    let other = home.clone();
    tasks.spawn(async move { other.claim(epoch, 10).await });
    let waiting = "SELECT query FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let is_waiting = async || !home.peek(waiting).await.is_empty();
    berth_testkit::wait::until(Duration::from_secs(20), is_waiting).await;
    first.commit().await.unwrap();

    assert_eq!(ids(&claimed.rows), [newer.id]);
    assert_eq!(tasks.join_all().await, [vec![]]);
}
