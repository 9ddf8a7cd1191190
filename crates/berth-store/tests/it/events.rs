use berth_domain::{OperationId, OrganisationId};
use berth_store::events::{self, NewEvent};
use berth_store::{Store, organisations};
use serde_json::json;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    an_event_reads_back_as_it_was_written,
    ids_are_in_commit_order_with_many_writers,
    a_transaction_that_was_taken_back_leaves_no_gap,
    events_of_other_organisations_and_operations_are_left_out,
    events_that_cannot_be_read_are_passed,
    the_newest_of_an_operation_are_its_own_and_come_in_their_order,
    trimmed_events_do_not_come_back_as_new_ids,
);

pub(crate) fn event(home: &Home, operation: Option<OperationId>) -> NewEvent {
    NewEvent {
        organisation: home.organisation,
        operation,
        tenant: None,
        kind: "operation.state".to_owned(),
        data: json!({"state": "running"}),
    }
}

async fn append(home: &Home, event: &NewEvent) -> i64 {
    let mut tx = home.begin().await;
    let id = events::append(&mut tx, event, home.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn after(store: &Store, organisation: OrganisationId, last: i64) -> Vec<i64> {
    let mut tx = store.read().await.unwrap();
    let listed = events::after(&mut tx, organisation, last, None, 100).await.unwrap();
    listed.rows.into_iter().map(|event| event.id).collect()
}

async fn an_event_reads_back_as_it_was_written(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let new = NewEvent { tenant: Some(acme.id), ..event(&home, Some(home.operation_id())) };

    let id = append(&home, &new).await;

    let mut tx = home.read().await;
    let found = events::after(&mut tx, home.organisation, 0, None, 9).await.unwrap().rows;
    let [found] = &found[..] else { panic!("{found:?}") };
    assert_eq!((found.id, found.at), (id, home.now()));
    assert_eq!((found.operation, found.tenant), (new.operation, new.tenant));
    assert_eq!((&found.kind, &found.data), (&new.kind, &new.data));
    assert_eq!(events::latest(&mut tx).await.unwrap(), id);
}

/// A reader that follows the list must never see an id and later a smaller one.
async fn ids_are_in_commit_order_with_many_writers(home: Home) {
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let home = home.clone();
        writers.spawn(async move {
            for _ in 0..10 {
                let mut tx = home.begin().await;
                events::append(&mut tx, &event(&home, None), home.now()).await.unwrap();
                tokio::task::yield_now().await;
                tx.commit().await.unwrap();
            }
        });
    }

    let mut seen = Vec::new();
    while seen.len() < 60 {
        let last = seen.last().copied().unwrap_or(0);
        seen.extend(after(&home.store, home.organisation, last).await);
    }
    writers.join_all().await;

    assert_eq!(seen, (1..=60).collect::<Vec<i64>>());
}

async fn a_transaction_that_was_taken_back_leaves_no_gap(home: Home) {
    let first = append(&home, &event(&home, None)).await;
    let mut tx = home.begin().await;
    events::append(&mut tx, &event(&home, None), home.now()).await.unwrap();
    drop(tx);

    assert_eq!(append(&home, &event(&home, None)).await, first + 1);
}

async fn events_of_other_organisations_and_operations_are_left_out(home: Home) {
    let other = OrganisationId::from_uuid(home.uuid());
    home.tamper(&format!(
        "INSERT INTO organisation (id, name, created_at) VALUES ('{other}', 'other', 0)"
    ))
    .await;
    let operation = home.operation_id();
    let plain = append(&home, &event(&home, None)).await;
    let foreign = NewEvent { organisation: other, ..event(&home, Some(operation)) };
    let foreign = append(&home, &foreign).await;
    let ours = append(&home, &event(&home, Some(operation))).await;

    let mut tx = home.read().await;
    let organisation = home.organisation;
    let followed = events::after(&mut tx, organisation, 0, Some(operation), 9).await.unwrap();

    assert_eq!(after(&home.store, organisation, 0).await, [plain, ours]);
    assert_eq!(after(&home.store, organisation, plain).await, [ours]);
    assert_eq!(after(&home.store, other, 0).await, [foreign]);
    assert_eq!(followed.rows.iter().map(|event| event.id).collect::<Vec<_>>(), [ours]);
    assert_eq!(organisations::list(&mut tx).await.unwrap().rows.len(), 2);
}

async fn events_that_cannot_be_read_are_passed(home: Home) {
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(append(&home, &event(&home, None)).await);
    }
    home.tamper(&format!("UPDATE event SET data = 'odd' WHERE id < {}", ids[2])).await;
    let mut tx = home.read().await;

    let first = events::after(&mut tx, home.organisation, 0, None, 2).await.unwrap();
    let second = events::after(&mut tx, home.organisation, ids[1], None, 2).await.unwrap();
    let none = events::after(&mut tx, home.organisation, ids[2], None, 2).await.unwrap();

    assert_eq!((first.rows.len(), first.unreadable.len()), (0, 2));
    assert_eq!((first.last, first.is_whole), (Some(ids[1]), true));
    assert_eq!(second.rows.iter().map(|event| event.id).collect::<Vec<_>>(), [ids[2]]);
    assert_eq!((second.last, second.is_whole), (Some(ids[2]), false));
    assert_eq!((none.last, none.is_whole), (None, false));
}

async fn trimmed_events_do_not_come_back_as_new_ids(home: Home) {
    append(&home, &event(&home, None)).await;
    let mut tx = home.begin().await;
    assert_eq!(events::trim(&mut tx, home.now()).await.unwrap(), 0);
    assert_eq!(events::trim(&mut tx, home.minutes(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();

    assert_eq!(events::latest(&mut home.read().await).await.unwrap(), 1);
    assert_eq!(append(&home, &event(&home, None)).await, 2);
}

async fn the_newest_of_an_operation_are_its_own_and_come_in_their_order(home: Home) {
    let (one, other) = (home.operation_id(), home.operation_id());
    append(&home, &event(&home, Some(one))).await;
    let second = append(&home, &event(&home, Some(one))).await;
    let progress = NewEvent { kind: "progress".to_owned(), ..event(&home, Some(one)) };
    append(&home, &progress).await;
    append(&home, &event(&home, Some(other))).await;
    append(&home, &event(&home, None)).await;
    let third = append(&home, &event(&home, Some(one))).await;

    let mut tx = home.read().await;
    let found = events::newest_of(&mut tx, home.organisation, one, 2).await.unwrap();
    assert_eq!(found.rows.iter().map(|event| event.id).collect::<Vec<_>>(), [second, third]);
    let stranger: OrganisationId = format!("org_{}", "9".repeat(32)).parse().unwrap();
    assert!(events::newest_of(&mut tx, stranger, one, 9).await.unwrap().rows.is_empty());
}
