use berth_domain::operation::OperationState;
use berth_domain::saga::Record;
use berth_domain::{Actor, OperationId};
use berth_store::operations::{
    self, Ending, JournalRecord, Operation, RecordKind, Request, append, append_request, finish,
};
use berth_store::{Change, StoreError};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_journal_reads_back_in_the_order_it_was_written,
    drivers_and_people_write_at_the_same_time_without_a_gap,
    a_request_brings_a_stuck_operation_back,
    a_request_leaves_a_running_operation_with_its_driver,
    what_is_done_takes_no_requests,
    a_record_of_a_newer_version_fails_the_whole_journal,
    a_journal_that_was_not_committed_was_not_written,
);

fn line(home: &Home, record: RecordKind, attempt: u32) -> JournalRecord {
    JournalRecord {
        record,
        step: Some("database".to_owned()),
        attempt,
        detail: None,
        actor: None,
        at: home.now(),
    }
}

async fn claimed(home: &Home) -> (OperationId, i64) {
    let id = home.with_operation(home.operation(None)).await.id;
    let epoch = home.new_epoch().await;
    home.claim(epoch, 1).await;
    (id, epoch)
}

async fn load(home: &Home, id: OperationId) -> (Operation, Vec<JournalRecord>) {
    let mut tx = home.read().await;
    let operation = operations::find(&mut tx, home.organisation, id).await.unwrap().unwrap();
    (operation, operations::journal(&mut tx, id).await.unwrap())
}

async fn a_journal_reads_back_in_the_order_it_was_written(home: Home) {
    let (id, epoch) = claimed(&home).await;
    let detail = Some("connection refused".to_owned());
    let lines = [
        line(&home, RecordKind::Started, 1),
        JournalRecord { detail, ..line(&home, RecordKind::Faltered, 1) },
        line(&home, RecordKind::Started, 2),
        line(&home, RecordKind::Succeeded, 2),
    ];

    for line in &lines {
        let mut tx = home.begin().await;
        assert_eq!(append(&mut tx, id, epoch, line).await.unwrap(), Change::Updated);
        tx.commit().await.unwrap();
    }

    assert_eq!(load(&home, id).await.1, lines);
}

async fn drivers_and_people_write_at_the_same_time_without_a_gap(home: Home) {
    let (id, epoch) = claimed(&home).await;

    let mut writers = tokio::task::JoinSet::new();
    for n in 0..12 {
        let home = home.clone();
        writers.spawn(async move {
            let mut tx = home.begin().await;
            let now = home.now();
            let change = if n % 2 == 0 {
                append(&mut tx, id, epoch, &line(&home, RecordKind::Started, 1)).await
            } else {
                append_request(&mut tx, id, Request::Retry, &Actor::System, now).await
            };
            tx.commit().await.unwrap();
            change.unwrap()
        });
    }

    assert_eq!(writers.join_all().await, [Change::Updated; 12]);
    assert_eq!(load(&home, id).await.1.len(), 12);
}

async fn a_request_brings_a_stuck_operation_back(home: Home) {
    let (id, epoch) = claimed(&home).await;
    let ending = Ending {
        state: OperationState::Stuck,
        error: Some("no space left".to_owned()),
        at: home.now(),
    };
    let actor = Actor::Local { uid: 1000 };

    let mut tx = home.begin().await;
    assert!(finish(&mut tx, id, epoch, &ending).await.unwrap().is_updated());
    let asked = append_request(&mut tx, id, Request::Undo, &actor, home.now()).await.unwrap();
    tx.commit().await.unwrap();

    let (operation, journal) = load(&home, id).await;
    assert_eq!(asked, Change::Updated);
    assert_eq!(operation.state, OperationState::Queued);
    assert_eq!((operation.error, operation.finished_at), (None, None));
    assert_eq!(journal[0].record, RecordKind::UndoRequested);
    assert_eq!(journal[0].actor, Some(actor));
    assert_eq!(home.claim(epoch, 1).await[0].id, id);
}

async fn a_request_leaves_a_running_operation_with_its_driver(home: Home) {
    let (id, epoch) = claimed(&home).await;

    let mut tx = home.begin().await;
    let asked = append_request(&mut tx, id, Request::Undo, &Actor::System, home.now());
    assert_eq!(asked.await.unwrap(), Change::Updated);
    tx.commit().await.unwrap();

    let (operation, journal) = load(&home, id).await;
    assert_eq!(operation.state, OperationState::Running);
    assert_eq!((operation.epoch, operation.lease_until), (epoch, Some(home.minutes(5))));
    assert_eq!(journal.len(), 1);
}

async fn what_is_done_takes_no_requests(home: Home) {
    for state in [OperationState::Done, OperationState::Undone] {
        let id = home.with_operation(Operation { state, ..home.operation(None) }).await.id;

        let mut tx = home.begin().await;
        let asked = append_request(&mut tx, id, Request::Retry, &Actor::System, home.now());
        assert_eq!(asked.await.unwrap(), Change::Unchanged);
        tx.commit().await.unwrap();

        let (operation, journal) = load(&home, id).await;
        assert_eq!((operation.state, journal.len()), (state, 0));
    }
}

async fn a_record_of_a_newer_version_fails_the_whole_journal(home: Home) {
    let (id, epoch) = claimed(&home).await;
    for attempt in 1..=2 {
        let mut tx = home.begin().await;
        let line = line(&home, RecordKind::Started, attempt);
        assert!(append(&mut tx, id, epoch, &line).await.unwrap().is_updated());
        tx.commit().await.unwrap();
    }
    home.tamper("UPDATE journal SET record = 'pondered' WHERE number = 2").await;

    let journal = operations::journal(&mut home.read().await, id).await;

    assert!(matches!(journal, Err(StoreError::Unknown { table: "journal", .. })));
}

async fn a_journal_that_was_not_committed_was_not_written(home: Home) {
    let (id, epoch) = claimed(&home).await;
    let first = line(&home, RecordKind::Started, 1);

    let mut tx = home.begin().await;
    assert!(append(&mut tx, id, epoch, &first).await.unwrap().is_updated());
    drop(tx);
    let store = home.reopen().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert_eq!(operations::journal(&mut tx, id).await.unwrap(), []);
    assert!(append(&mut tx, id, epoch, &first).await.unwrap().is_updated());
    tx.commit().await.unwrap();
    assert_eq!(load(&home, id).await.1, [first]);
}

#[test]
fn records_of_the_domain_go_apart_and_together() {
    for record in [
        Record::Started('a'),
        Record::Succeeded('a'),
        Record::Failed('a'),
        Record::Faltered('a'),
        Record::Undone('a'),
        Record::UndoFailed('a'),
        Record::UndoRequested,
        Record::RetryRequested,
    ] {
        let (kind, step) = RecordKind::of(&record);

        assert_eq!(kind.with(step), Some(record));
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert_eq!(RecordKind::Started.with::<char>(None), None);
}
