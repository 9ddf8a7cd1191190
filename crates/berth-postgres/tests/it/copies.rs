//! Copies of tenants' databases, and the way back to them.

use berth_postgres::{PostgresError, Strategy};

use crate::fixture::{as_superuser, code, fresh, open, role, server, sign_in, sql, tenant};

async fn write(server: &berth_postgres::Server, tenant: &crate::fixture::Tenant, note: &str) {
    let mut db = open(server, tenant).await;
    let written = format!("INSERT INTO notes VALUES ('{note}')");
    db.apply(&[sql("CREATE TABLE IF NOT EXISTS notes (note text)"), sql(&written)]).await.unwrap();
    db.close().await;
}

async fn read(server: &berth_postgres::Server, tenant: &crate::fixture::Tenant) -> Vec<String> {
    let mut db = open(server, tenant).await;
    let rows = db.rows(&sql("SELECT note FROM notes ORDER BY note")).await.unwrap();
    db.close().await;
    rows.into_iter().flatten().flatten().collect()
}

#[tokio::test]
async fn whatever_is_done_after_a_copy_is_taken_back_by_going_back() {
    let server = server().await;
    let (mine, copy) = (tenant(&server, 't').await, fresh('c'));
    write(&server, &mine, "before").await;

    let kept = server.keep_copy(&mine.name, &copy).await.unwrap();
    write(&server, &mine, "after").await;
    let went_back = server.go_back(&mine.name, &copy).await.unwrap();

    assert_eq!((kept.strategy, went_back), (Strategy::WalLog, true));
    assert_eq!(read(&server, &mine).await, ["before"]);
    assert!(server.find_database(&copy).await.unwrap().is_none());
    let found = server.find_database(&mine.name).await.unwrap().unwrap();
    assert!(found.is_complete() && found.allows_connections);
    assert_eq!(found.owner, mine.name.as_str());
    // Nobody else gets in, as before.
    let stranger = role(&server, 't').await;
    assert_eq!(code(sign_in(&stranger, mine.name.as_str()).await), "42501");
}

#[tokio::test]
async fn a_copy_that_is_there_is_kept_and_one_that_is_half_made_is_made_again() {
    let server = server().await;
    let (mine, copy) = (tenant(&server, 't').await, fresh('c'));
    write(&server, &mine, "before").await;
    as_superuser("postgres", &format!("CREATE DATABASE {copy} OWNER {}", mine.name));

    let made = server.keep_copy(&mine.name, &copy).await.unwrap();
    write(&server, &mine, "after").await;
    let again = server.keep_copy(&mine.name, &copy).await.unwrap();

    assert_eq!((made.strategy, again.strategy), (Strategy::WalLog, Strategy::Kept));
    server.go_back(&mine.name, &copy).await.unwrap();
    assert_eq!(read(&server, &mine).await, ["before"]);
}

#[tokio::test]
async fn going_back_goes_on_where_it_was_cut_off() {
    let server = server().await;
    let (mine, copy) = (tenant(&server, 't').await, fresh('c'));
    write(&server, &mine, "before").await;
    server.keep_copy(&mine.name, &copy).await.unwrap();
    server.drop_database(&mine.name).await.unwrap();

    assert!(server.go_back(&mine.name, &copy).await.unwrap());
    assert!(!server.go_back(&mine.name, &copy).await.unwrap(), "there is nothing to go back to");

    assert_eq!(read(&server, &mine).await, ["before"]);
}

#[tokio::test]
async fn a_database_that_was_being_copied_is_open_afterwards() {
    let server = server().await;
    let (mine, copy) = (tenant(&server, 't').await, fresh('c'));
    write(&server, &mine, "before").await;
    // What a process leaves that is killed while it copies.
    server.allow_connections(&mine.name, false).await.unwrap();

    server.drop_copy(&mine.name, &copy).await.unwrap();

    assert_eq!(read(&server, &mine).await, ["before"]);
    server.allow_connections(&mine.name, false).await.unwrap();
    assert!(!server.go_back(&mine.name, &copy).await.unwrap());
    assert_eq!(read(&server, &mine).await, ["before"]);
}

#[tokio::test]
async fn sessions_are_ended_before_a_database_is_copied() {
    let server = server().await;
    let (mine, copy) = (tenant(&server, 't').await, fresh('c'));
    let mut session = open(&server, &mine).await;

    server.keep_copy(&mine.name, &copy).await.unwrap();

    assert!(session.rows(&sql("SELECT 'still there'::text")).await.is_err());
}

#[tokio::test]
async fn nobody_gets_into_a_copy_and_it_goes_with_its_tenant() {
    let server = server().await;
    let (mine, copy) = (tenant(&server, 't').await, fresh('c'));
    server.keep_copy(&mine.name, &copy).await.unwrap();

    assert_eq!(code(sign_in(&mine, copy.as_str()).await), "55000");
    assert!(server.copies().await.unwrap().contains(&(copy.clone(), mine.name.clone())));
    server.drop_database(&mine.name).await.unwrap();
    assert!(matches!(server.drop_role(&mine.name).await, Err(PostgresError::RoleInUse(_))));
    server.drop_copies(&mine.name).await.unwrap();
    server.drop_role(&mine.name).await.unwrap();

    assert!(server.find_database(&copy).await.unwrap().is_none());
}
