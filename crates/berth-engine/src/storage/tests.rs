use std::path::Path;

use berth_domain::TenantState;
use berth_testkit::sqlite;

use super::*;
use crate::engine::testing::TestEngine;

fn on_an_engine(test: impl AsyncFnOnce(TestEngine)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let test = async { test(TestEngine::new().await).await };
    tokio::task::LocalSet::new().block_on(&runtime.unwrap(), test);
}

async fn make_due(engine: &Inner, all: &[Tenant]) {
    let mut tx = engine.store.begin().await.unwrap();
    for tenant in all {
        storage::make_due(&mut tx, tenant.id).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// How many transactions are in the log of the control database: the frame that ends one says how
/// large the database is then (SQLite, "Database File Format", 4.2).
fn transactions(home: &Path) -> usize {
    let log = std::fs::read(home.join("berth.db-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let frame = 24 + usize::try_from(number(8)).unwrap();
    let frames = (32..).step_by(frame).take_while(|at| at + frame <= log.len());
    let ends = |at: &usize| log[at + 8..at + 16] == log[16..24] && number(at + 4) > 0;
    frames.filter(ends).count()
}

#[test]
fn tenants_that_are_as_they_were_are_written_in_one_transaction() {
    on_an_engine(async |engine| {
        let all = engine.populate(&["acme", "globex", "initech"]).await;
        let engine = &engine.inner;
        engine.cluster.fail("somebody stopped it");
        look(engine).await.unwrap();
        make_due(engine, &all).await;
        let before = transactions(engine.settings.paths.home());

        look(engine).await.unwrap();

        assert_eq!(transactions(engine.settings.paths.home()) - before, 1);
        let mut tx = engine.store.read().await.unwrap();
        let there = storage::all(&mut tx).await.unwrap().rows;
        assert_eq!(there.len(), 3);
        for (name, found) in there {
            assert!(found.attempted_at > Timestamp::UNIX_EPOCH, "{name}");
            let why = "the PostgreSQL server is not available: somebody stopped it";
            assert_eq!(found.problem.as_deref(), Some(why), "{name}");
        }
    });
}

#[test]
fn a_page_of_tenants_that_cannot_be_read_keeps_nobody_from_being_measured() {
    on_an_engine(async |engine| {
        let names: Vec<String> = (0..=AT_A_TIME).map(|number| format!("t{number:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let all = engine.populate(&names).await;
        let engine = &engine.inner;
        engine.cluster.fail("somebody stopped it");
        // Whoever is asked for last is the only one who can be read.
        let readable = all.iter().max_by_key(|tenant| tenant.id).unwrap();
        let database = engine.settings.paths.home().join("berth.db");
        let sql = format!("UPDATE tenant SET stage = 'odd' WHERE id <> '{}'", readable.id);
        sqlite::execute(&database, &sql).await;

        look(engine).await.unwrap();

        let mut tx = engine.store.read().await.unwrap();
        let there = storage::all(&mut tx).await.unwrap().rows;
        let tried: Vec<_> = there.iter().map(|(name, _)| name).collect();
        assert_eq!(tried, [&readable.name]);
    });
}

#[test]
fn what_is_not_as_it_was_is_found() {
    on_an_engine(async |engine| {
        let mut tenant = engine.populate(&["acme"]).await.remove(0);
        let engine = &engine.inner;
        tenant.storage = Some(Bytes(100));
        let taken = |files, problem: Option<&str>| Taken {
            tenant: tenant.clone(),
            at: engine.clock.now(),
            result: Ok((
                Measured { database: Bytes(1), files: Bytes(files) },
                problem.map(str::to_owned),
            )),
        };
        let failed = Taken { result: Err("no".to_owned()), ..taken(1, None) };
        assert!(!judge::is_as_before(engine, &taken(1, None)).await.unwrap());

        judge::write(engine, &[taken(1, None)]).await.unwrap();

        assert!(judge::is_as_before(engine, &taken(1, None)).await.unwrap());
        for other in [taken(2, None), taken(1, Some("part of it")), failed] {
            assert!(!judge::is_as_before(engine, &other).await.unwrap(), "{other:?}");
        }
        let stopped = Tenant {
            state: TenantState::OverLimit { since: engine.clock.now() },
            ..tenant.clone()
        };
        let other = Taken { tenant: stopped, ..taken(1, None) };
        assert!(!judge::is_as_before(engine, &other).await.unwrap(), "it fits by now");
    });
}

#[test]
fn a_cause_is_told_once_for_all_who_fail_by_it() {
    let memory = Memory::default();
    let at = |minutes| Timestamp::UNIX_EPOCH + Duration::from_mins(minutes);

    let told = [0, 0, 5, 10, 15].map(|minutes| memory.is_news("it is down", at(minutes)));
    let another = memory.is_news("it is slow", at(15));
    let again = memory.is_news("it is down", at(25));

    assert_eq!(told, [true, false, false, false, false]);
    assert!(another && again);
}
