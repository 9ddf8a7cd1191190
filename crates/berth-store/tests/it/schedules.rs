use std::time::Duration;

use berth_domain::schedule::{Action, Outcome, Schedule, Target, Targets};
use berth_domain::{Actor, IdSource as _, OperationId, ScheduleId, TenantId};
use berth_store::schedules::{self, Run, TenantRun};
use berth_store::{Page, Part, Store, StoreError};
use berth_testkit::RandomIds;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_schedule_reads_back,
    a_name_is_taken_once,
    what_is_due_is_listed_longest_waiting_first,
    no_number_of_schedules_that_cannot_be_read_hides_one_that_is_due,
    one_of_two_drivers_fires,
    runs_read_back_newest_first_and_are_forgotten,
    a_change_loses_against_a_run,
    pages_follow_one_another_whatever_changes_between_them,
    a_history_is_read_back_page_by_page,
);

pub(crate) fn schedule(home: &Home, name: &str) -> Schedule {
    Schedule {
        id: ScheduleId::from_uuid(RandomIds.uuid()),
        organisation: home.organisation,
        name: name.parse().unwrap(),
        action: Action::Restart,
        targets: Targets::Tenants(vec![Target {
            id: TenantId::from_uuid(RandomIds.uuid()),
            name: "acme".parse().unwrap(),
        }]),
        cron: "30 3 * * MON-FRI".parse().unwrap(),
        zone: "Europe/Berlin".parse().unwrap(),
        paused: false,
        catch_up: Duration::from_mins(90),
        next_at: Some(home.minutes(5)),
        created_at: home.now(),
        created_by: Actor::Local { uid: 0 },
    }
}

pub(crate) fn run_of(home: &Home, schedule: &Schedule, minute: i64) -> Run {
    Run {
        schedule: schedule.id,
        organisation: home.organisation,
        due_at: home.minutes(minute),
        at: home.minutes(minute),
        actor: Actor::System,
        outcome: Outcome::Started,
        note: Some("late".to_owned()),
        tenants: vec![
            TenantRun {
                tenant: "acme".to_owned(),
                result: Ok(OperationId::from_uuid(RandomIds.uuid())),
            },
            TenantRun { tenant: "beta".to_owned(), result: Err("it is stopped".to_owned()) },
        ],
    }
}

pub(crate) async fn insert(home: &Home, rows: &[Schedule]) {
    let mut tx = home.begin().await;
    for schedule in rows {
        schedules::insert(&mut tx, schedule).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn a_schedule_reads_back(home: Home) {
    let by_name = schedule(&home, "nightly");
    let by_tag = Schedule { targets: Targets::Tag("eu".parse().unwrap()), ..schedule(&home, "b") };
    insert(&home, &[by_name.clone(), by_tag.clone()]).await;

    let mut tx = home.read().await;
    let found = schedules::find(&mut tx, home.organisation, "nightly").await.unwrap();
    let by_id = schedules::find(&mut tx, home.organisation, &by_name.id.to_string()).await.unwrap();
    let listed = schedules::list(&mut tx, home.organisation, &Part::first(10)).await.unwrap().rows;
    drop(tx);

    assert_eq!(found.as_ref(), Some(&by_name));
    assert_eq!(by_id.as_ref(), Some(&by_name));
    assert_eq!(listed, [by_tag, by_name.clone()]);
    let mut tx = home.begin().await;
    assert!(schedules::delete(&mut tx, by_name.id).await.unwrap().is_updated());
    assert_eq!(schedules::find(&mut tx, home.organisation, "nightly").await.unwrap(), None);
}

async fn a_name_is_taken_once(home: Home) {
    insert(&home, &[schedule(&home, "nightly")]).await;

    let mut tx = home.begin().await;
    let again = schedules::insert(&mut tx, &schedule(&home, "nightly")).await;

    assert!(matches!(again, Err(StoreError::Taken { what: "name" })), "{again:?}");
}

async fn what_is_due_is_listed_longest_waiting_first(home: Home) {
    let at =
        |name, minute| Schedule { next_at: Some(home.minutes(minute)), ..schedule(&home, name) };
    let paused = Schedule { paused: true, next_at: None, ..schedule(&home, "paused") };
    insert(&home, &[at("b", 2), at("a", 3), at("later", 4), at("ahead", 9000), paused]).await;

    let mut tx = home.read().await;
    let times = (home.minutes(3), home.minutes(8000));
    let due = schedules::due(&mut tx, times, 10).await.unwrap().rows;

    let names: Vec<&str> = due.iter().map(|schedule| schedule.name.as_str()).collect();
    assert_eq!(names, ["b", "a", "ahead"]);
}

async fn no_number_of_schedules_that_cannot_be_read_hides_one_that_is_due(home: Home) {
    let at =
        |name, minute| Schedule { next_at: Some(home.minutes(minute)), ..schedule(&home, name) };
    insert(&home, &[at("odd-1", 1), at("odd-2", 1), at("good", 2)]).await;
    home.tamper("UPDATE schedule SET action = 'dream' WHERE name LIKE 'odd%'").await;

    let mut tx = home.read().await;
    let times = (home.minutes(3), home.minutes(8000));
    let due = schedules::due(&mut tx, times, 1).await.unwrap();

    let names: Vec<&str> = due.rows.iter().map(|schedule| schedule.name.as_str()).collect();
    assert_eq!((names, due.unreadable.len()), (vec!["good"], 2));
}

async fn one_of_two_drivers_fires(home: Home) {
    let nightly = schedule(&home, "nightly");
    insert(&home, std::slice::from_ref(&nightly)).await;
    let other: Store = home.reopen().await.unwrap();
    let fire = async |store: &Store| {
        let mut tx = store.begin().await.unwrap();
        let next = Some(home.minutes(10));
        let moved = schedules::advance(&mut tx, nightly.id, home.minutes(5), next).await;
        let moved = moved.unwrap().is_updated();
        if moved {
            schedules::add_run(&mut tx, &run_of(&home, &nightly, 5)).await.unwrap();
        }
        tx.commit().await.unwrap();
        moved
    };

    let (one, two) = tokio::join!(fire(&home.store), fire(&other));

    assert!(one != two, "both or none: {one} {two}");
    let mut tx = home.read().await;
    assert_eq!(schedules::runs(&mut tx, nightly.id, 10).await.unwrap().rows.len(), 1);
    let found = schedules::find(&mut tx, home.organisation, "nightly").await.unwrap().unwrap();
    assert_eq!(found.next_at, Some(home.minutes(10)));
}

async fn runs_read_back_newest_first_and_are_forgotten(home: Home) {
    let nightly = schedule(&home, "nightly");
    insert(&home, std::slice::from_ref(&nightly)).await;
    let runs = [run_of(&home, &nightly, 1), run_of(&home, &nightly, 2)];

    let mut tx = home.begin().await;
    for run in &runs {
        schedules::add_run(&mut tx, run).await.unwrap();
    }
    let read = schedules::runs(&mut tx, nightly.id, 10).await.unwrap().rows;
    assert!(schedules::has_run(&mut tx, nightly.id, home.minutes(2)).await.unwrap());
    assert!(!schedules::has_run(&mut tx, nightly.id, home.minutes(3)).await.unwrap());
    let forgotten = schedules::trim_runs(&mut tx, home.minutes(2)).await.unwrap();
    let left = schedules::runs(&mut tx, nightly.id, 10).await.unwrap().rows;

    assert_eq!(read, [runs[1].clone(), runs[0].clone()]);
    assert_eq!((forgotten, left), (1, vec![runs[1].clone()]));
}

async fn a_change_loses_against_a_run(home: Home) {
    let nightly = schedule(&home, "nightly");
    insert(&home, std::slice::from_ref(&nightly)).await;
    let created_by = Actor::Person { email: "jo@example.com".parse().unwrap() };
    let changed = Schedule { action: Action::Stop, created_by, ..nightly.clone() };

    let mut tx = home.begin().await;
    let was_due = Some(home.minutes(4));
    let lost = schedules::update(&mut tx, &changed, was_due).await.unwrap();
    let won = schedules::update(&mut tx, &changed, nightly.next_at).await.unwrap();

    assert!(!lost.is_updated() && won.is_updated());
    let found = schedules::find(&mut tx, home.organisation, "nightly").await.unwrap();
    assert_eq!(found, Some(changed));
}

/// One page of one, and what the next one begins behind.
async fn page(home: &Home, part: &Part<String>) -> (Vec<String>, Option<String>) {
    let mut tx = home.read().await;
    let listed = schedules::list(&mut tx, home.organisation, part).await.unwrap();
    let names = listed.rows.iter().map(|schedule| schedule.name.to_string());
    (names.collect(), listed.next)
}

async fn pages_follow_one_another_whatever_changes_between_them(home: Home) {
    let [b, d, f] = ["b", "d", "f"].map(|name| schedule(&home, name));
    insert(&home, &[f, b.clone(), d]).await;
    let behind =
        |after: Option<String>, is_reversed| Part { page: Page { after, limit: 1 }, is_reversed };

    let (first, next) = page(&home, &behind(None, false)).await;
    assert_eq!((first, next.as_deref()), (vec!["b".to_owned()], Some("b")));
    // What the page ended with is gone, and something came before and something behind it.
    let mut tx = home.begin().await;
    assert!(schedules::delete(&mut tx, b.id).await.unwrap().is_updated());
    tx.commit().await.unwrap();
    insert(&home, &[schedule(&home, "a"), schedule(&home, "c")]).await;

    let mut seen = Vec::new();
    let mut next = next;
    while next.is_some() {
        let (names, behind) = page(&home, &behind(next, false)).await;
        seen.extend(names);
        next = behind;
    }
    assert_eq!(seen, ["c", "d", "f"]);
    let (last, next) = page(&home, &behind(None, true)).await;
    assert_eq!((last, next.as_deref()), (vec!["f".to_owned()], Some("f")));
    assert_eq!(page(&home, &behind(next, true)).await.0, ["d"]);
}

async fn a_history_is_read_back_page_by_page(home: Home) {
    let nightly = schedule(&home, "nightly");
    insert(&home, std::slice::from_ref(&nightly)).await;
    let missed = Run { outcome: Outcome::Missed, ..run_of(&home, &nightly, 2) };
    let [one, three] = [1, 3].map(|minute| run_of(&home, &nightly, minute));
    let mut tx = home.begin().await;
    for run in [&one, &missed, &three] {
        schedules::add_run(&mut tx, run).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = home.read().await;
    let mut history = async |outcome, after| {
        let page = Page { after, limit: 2 };
        schedules::history(&mut tx, nightly.id, outcome, &page).await.unwrap()
    };

    let first = history(None, None).await;
    let next = first.next.unwrap().parse().unwrap();
    assert_eq!((first.rows, next), (vec![three.clone(), missed.clone()], home.minutes(2)));
    let last = history(None, Some(next)).await;
    assert_eq!((last.rows, last.next), (vec![one.clone()], None));
    assert_eq!(history(Some(Outcome::Missed), None).await.rows, [missed]);
    assert_eq!(history(Some(Outcome::Started), None).await.rows, [three, one]);
}
