//! Who may drive the operations of a database.

use std::time::Duration;

use berth_store::driving::{Claim, DrivingLock};
use berth_store::{Location, StoreError, events};
use berth_testkit::postgres::Server;
use berth_testkit::wait;
use serde_json::json;

use crate::home::{Home, on_both_databases};

const SOON: Duration = Duration::from_secs(20);

on_both_databases!(what_an_operation_was_told_elsewhere_is_found);

fn location() -> Location {
    Location::Postgres(Server::shared().database().into())
}

fn held(home_id: &str) -> Claim {
    Claim::Held { home_id: Some(home_id.to_owned()) }
}

#[tokio::test]
async fn one_of_two_drives_and_the_other_learns_whose_it_is() {
    let location = location();
    let mut first = DrivingLock::new(&location, "one");
    let mut second = DrivingLock::new(&location, "two");

    assert_eq!(first.try_take().await.unwrap(), Claim::Taken);
    assert_eq!(first.try_take().await.unwrap(), Claim::Taken);
    assert_eq!(second.try_take().await.unwrap(), held("one"));
    assert!(first.is_held().await.unwrap());
    assert!(!second.is_held().await.unwrap());

    first.release().await;
    assert!(!first.is_held().await.unwrap());
    wait::until(SOON, async || second.try_take().await.unwrap() == Claim::Taken).await;
    assert_eq!(first.try_take().await.unwrap(), held("two"));
}

#[tokio::test]
async fn another_database_of_the_same_server_has_a_lock_of_its_own() {
    let mut first = DrivingLock::new(&location(), "one");
    let mut second = DrivingLock::new(&location(), "one");

    assert_eq!(first.try_take().await.unwrap(), Claim::Taken);
    assert_eq!(second.try_take().await.unwrap(), Claim::Taken);
}

#[tokio::test]
async fn a_session_that_the_server_ended_holds_nothing() {
    let server = Server::shared();
    let url = server.database();
    let database = url.rsplit('/').next().unwrap().to_owned();
    let location = Location::Postgres(url.into());
    let mut lock = DrivingLock::new(&location, "one");
    assert_eq!(lock.try_take().await.unwrap(), Claim::Taken);

    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    );
    server.execute("postgres", &end).unwrap();

    assert!(matches!(lock.is_held().await, Err(StoreError::Away(_))));
    assert!(!lock.is_held().await.unwrap());
    wait::until(SOON, async || matches!(lock.try_take().await, Ok(Claim::Taken))).await;
}

#[tokio::test]
async fn a_sqlite_database_leaves_it_to_the_lock_of_the_home() {
    let folder = tempfile::tempdir().unwrap();
    let mut lock = DrivingLock::new(&Location::Sqlite(folder.path().join("berth.db")), "one");

    assert!(!lock.is_shared());
    assert_eq!(lock.try_take().await.unwrap(), Claim::Taken);
    assert!(lock.is_held().await.unwrap());
}

async fn what_an_operation_was_told_elsewhere_is_found(home: Home) {
    let operation = home.with_operation(home.operation(None)).await;
    let event = |kind: &str| events::NewEvent {
        organisation: home.organisation,
        operation: Some(operation.id),
        tenant: None,
        kind: kind.to_owned(),
        data: json!({}),
    };
    let mut tx = home.begin().await;
    let first = events::append(&mut tx, &event(events::ASKED), home.now()).await.unwrap();
    events::append(&mut tx, &event("log"), home.now()).await.unwrap();
    events::append(&mut tx, &event(events::ASKED), home.now()).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let all = events::asked_since(&mut tx, 0).await.unwrap();
    let later = events::asked_since(&mut tx, first).await.unwrap();

    assert_eq!(all, [operation.id, operation.id]);
    assert_eq!(later, [operation.id]);
}
