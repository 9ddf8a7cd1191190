use std::pin::pin;

use berth_domain::{Organisation, OrganisationId, TenantState};
use berth_store::{Location, Store, StoreError, organisations, tenants};
use berth_testkit::postgres::Server;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    what_was_committed_is_there_after_a_crash_and_the_rest_is_not,
    a_database_of_a_newer_version_is_refused,
    a_newer_schema_is_found_out_without_opening,
    a_database_that_somebody_drives_is_joined_as_it_is,
    a_database_that_is_not_there_yet_can_be_opened,
    a_migration_that_was_changed_after_its_release_is_refused,
    a_reader_sees_one_instant,
    a_reader_cannot_write,
);

async fn what_was_committed_is_there_after_a_crash_and_the_rest_is_not(home: Home) {
    home.with_tenants(["kept"]).await;
    let mut tx = home.begin().await;
    tenants::insert(&mut tx, &home.tenant("lost")).await.unwrap();
    drop(tx);

    let store = home.reopen().await.unwrap();

    let all = tenants::all(&mut store.read().await.unwrap()).await.unwrap().rows;
    let names: Vec<String> = all.iter().map(|tenant| tenant.name.to_string()).collect();
    assert_eq!(names, ["kept"]);
}

async fn a_database_of_a_newer_version_is_refused(home: Home) {
    home.tamper("INSERT INTO schema_migration (version, checksum) VALUES (9000, 'x')").await;

    let opened = home.reopen().await;

    assert!(matches!(opened, Err(StoreError::NewerSchema { found: 9000, .. })), "{opened:?}");
}

async fn a_newer_schema_is_found_out_without_opening(home: Home) {
    assert!(Store::check(&home.location, home.key()).await.is_ok());
    home.tamper("INSERT INTO schema_migration (version, checksum) VALUES (9000, 'x')").await;

    let checked = Store::check(&home.location, home.key()).await;
    let joined = Store::join(&home.location, home.key()).await;
    let still = home.store.check_schema().await;

    assert!(matches!(checked, Err(StoreError::NewerSchema { found: 9000, .. })), "{checked:?}");
    assert!(matches!(joined, Err(StoreError::NewerSchema { found: 9000, .. })), "{joined:?}");
    assert!(matches!(still, Err(StoreError::NewerSchema { found: 9000, .. })), "{still:?}");
}

async fn a_database_that_somebody_drives_is_joined_as_it_is(home: Home) {
    home.with_tenants(["acme"]).await;
    assert!(Store::join(&home.location, home.key()).await.is_ok());
    home.tamper("DELETE FROM schema_migration").await;

    let joined = Store::join(&home.location, home.key()).await;

    assert!(matches!(joined, Err(StoreError::OlderSchema { found: 0, .. })), "{joined:?}");
}

async fn a_database_that_is_not_there_yet_can_be_opened(home: Home) {
    let empty = match &home.location {
        Location::Sqlite(path) => Location::Sqlite(path.with_extension("other")),
        Location::Postgres(_) => Location::Postgres(Server::shared().database().into()),
    };

    assert!(Store::check(&empty, home.key()).await.is_ok());
}

async fn a_migration_that_was_changed_after_its_release_is_refused(home: Home) {
    home.tamper("UPDATE schema_migration SET checksum = 'other'").await;

    let opened = home.reopen().await;

    assert!(matches!(opened, Err(StoreError::ChangedMigration { version: 1 })));
}

async fn a_reader_sees_one_instant(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let mut reader = home.read().await;
    let before = tenants::get(&mut reader, home.organisation, acme.id).await.unwrap();

    let mut tx = home.begin().await;
    let stopped = TenantState::Stopped { since: home.now() };
    assert!(
        tenants::set_state(&mut tx, acme.id, &acme.state, &stopped).await.unwrap().is_updated()
    );
    tx.commit().await.unwrap();

    let after = tenants::get(&mut reader, home.organisation, acme.id).await.unwrap();
    assert_eq!(before, after);
}

async fn a_reader_cannot_write(home: Home) {
    let mut reader = home.read().await;

    let refused = tenants::insert(&mut reader, &home.tenant("acme")).await;

    assert!(matches!(refused, Err(StoreError::Query(_))), "{refused:?}");
}

#[tokio::test]
async fn the_files_of_a_sqlite_database_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::sqlite().await;
    let Location::Sqlite(path) = &home.location else { panic!("{:?}", home.location) };

    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", path.display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

/// Else names would sort, and pages break, by the locale that somebody made the database with.
#[tokio::test]
async fn all_text_on_postgresql_is_in_byte_order() {
    let home = Home::postgres().await;
    let columns = "FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND table_name <> 'schema_migration'";

    let all = home.peek(&format!("SELECT column_name::text {columns}")).await;
    let others = " AND collation_name IS DISTINCT FROM 'C'";
    let others = home.peek(&format!("SELECT table_name::text {columns} {others}")).await;

    assert!(all.len() > 50, "{all:?}");
    assert_eq!(others, Vec::<String>::new());
}

/// SQLite has one writer and cannot get here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_writers_that_wait_for_each_other_one_is_told_to_try_again() {
    let home = Home::postgres().await;
    let [one, two] = home.with_tenants(["one", "two"]).await;
    let stopped = TenantState::Stopped { since: home.now() };
    let (mut left, mut right) = (home.begin().await, home.begin().await);
    let running = TenantState::Running;
    assert!(tenants::set_state(&mut left, one.id, &running, &stopped).await.unwrap().is_updated());
    assert!(tenants::set_state(&mut right, two.id, &running, &stopped).await.unwrap().is_updated());

    // The loser gives way when its transaction ends, as it does at the end of its block.
    let (left, right) = tokio::join!(
        async move { tenants::set_state(&mut left, two.id, &running, &stopped).await },
        async move { tenants::set_state(&mut right, one.id, &running, &stopped).await },
    );

    let refused: Vec<StoreError> = [left, right].into_iter().filter_map(Result::err).collect();
    let [error] = &refused[..] else { panic!("{refused:?}") };
    assert!(error.is_transient(), "{error:?}");
}

/// A request whose client hangs up is dropped wherever it is.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_while_a_transaction_begins_leaves_nothing_to_the_next() {
    let home = Home::postgres().await;
    let organisation = Organisation {
        id: OrganisationId::from_uuid(home.uuid()),
        name: "acme".parse().unwrap(),
        title: None,
        created_at: home.now(),
    };
    for patience in (0..40).cycle().take(400) {
        {
            let mut begun = pin!(home.store.read());
            for _ in 0..patience {
                tokio::select! {
                    biased;
                    _ = &mut begun => break,
                    () = tokio::task::yield_now() => {}
                }
            }
        }

        let mut tx = home.begin().await;

        let written = organisations::insert(&mut tx, &organisation).await;
        assert!(written.is_ok(), "after {patience}: {written:?}");
    }
}

#[tokio::test]
async fn a_password_in_a_location_does_not_show() {
    let location = Location::Postgres("postgres://u:hunter2@127.0.0.1/db".into());

    assert!(!format!("{location:?}").contains("hunter2"));
}
