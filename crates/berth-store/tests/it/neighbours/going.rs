use berth_domain::Actor;
use berth_domain::access::{Post, Role};
use berth_domain::notice::TroubleState;
use berth_store::operations::Request;
use berth_store::quotas::Quota;
use berth_store::secrets::{self, SecretName};
use berth_store::{deliveries, events, memberships, operations, organisations, quotas, schedules};
use secrecy::SecretString;

use super::Neighbours;
use crate::home::{Home, on_both_databases};
use crate::somebody::with_person;
use crate::{events as told, messages, people, schedules as plans, tokens, uploads};

on_both_databases!(
    what_is_in_an_organisation_is_its_own,
    what_goes_with_an_organisation_is_its_own
);

/// Whatever goes with an organisation.
const TABLES: [&str; 14] = [
    "trouble",
    "delivery",
    "secret",
    "subscription",
    "schedule_run",
    "schedule",
    "upload",
    "token",
    "invitation",
    "membership",
    "quota",
    "journal",
    "event",
    "operation",
];

/// Puts one of everything but a tenant into an organisation. All that has a name has `mark` in it.
async fn furnish(home: &Home, mark: &str) {
    let operation = home.with_operation(home.operation(None)).await;
    let person = with_person(home, &format!("al@{mark}.example")).await;
    let post = Post::In(home.organisation, Role::Viewer);
    people::with_invitation(home, &people::invitation(home, &format!("jo@{mark}.example"), post))
        .await;
    tokens::write(home, &tokens::token(home, mark)).await;
    uploads::insert(home, &uploads::upload(home, mark)).await;
    let hook = messages::subscribed(home, mark).await;
    let schedule = plans::schedule(home, mark);
    plans::insert(home, std::slice::from_ref(&schedule)).await;
    let mut tx = home.begin().await;
    let asked = operations::append_request(
        &mut tx,
        operation.id,
        Request::Retry,
        &Actor::System,
        home.now(),
    );
    assert!(asked.await.unwrap().is_updated());
    schedules::add_run(&mut tx, &plans::run_of(home, &schedule, 1)).await.unwrap();
    deliveries::insert(&mut tx, &messages::delivery(home, &hook, 1)).await.unwrap();
    let trouble = messages::trouble(home, &hook, TroubleState::Told);
    deliveries::put_trouble(&mut tx, &trouble).await.unwrap();
    let secret = SecretString::from("s");
    let name = SecretName::WebhookSecret;
    secrets::put(&mut tx, &hook.id.to_string(), name, &secret).await.unwrap();
    events::append(&mut tx, &told::event(home, None), home.now()).await.unwrap();
    let place = (home.organisation, person.id);
    memberships::put(&mut tx, place, Role::Viewer, home.now()).await.unwrap();
    let owner = mark.parse().unwrap();
    quotas::put(&mut tx, home.organisation, Some(&owner), &Quota::default()).await.unwrap();
    tx.commit().await.unwrap();
}

/// How many rows of each table are an organisation's.
async fn rows(home: &Home) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    for table in TABLES {
        let of = home.organisation;
        let sql =
            format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE organisation_id = '{of}'");
        rows.push((table, home.peek(&sql).await.remove(0)));
    }
    rows
}

async fn what_is_in_an_organisation_is_its_own(home: Home) {
    let homes = Neighbours::of(home).await;
    for (home, mark) in homes.both() {
        furnish(home, mark).await;
        home.with_tenants([mark]).await;
    }

    for (home, mark) in homes.both() {
        let mut tx = home.read().await;
        let found = organisations::contents(&mut tx, home.organisation).await.unwrap();
        let kinds: Vec<_> = found.lost.iter().map(|lost| lost.kind.as_str()).collect();
        let all = ["invitation", "member", "quota", "schedule", "token", "upload", "webhook"];
        assert_eq!(kinds, all);
        assert!(found.lost.iter().all(|lost| lost.name.contains(mark)), "{:?}", found.lost);
        assert_eq!((found.tenants.len(), found.at_work.len()), (1, 1));
        assert_eq!(organisations::history(&mut tx, home.organisation).await.unwrap(), (1, 1));
    }
}

async fn what_goes_with_an_organisation_is_its_own(home: Home) {
    let homes = Neighbours::of(home).await;
    for (home, mark) in homes.both() {
        furnish(home, mark).await;
    }
    let before = rows(&homes.globex).await;
    let mut tx = homes.acme.begin().await;
    let acme = organisations::find_alone(&mut tx, "acme").await.unwrap().unwrap();

    let (removed, uploads) = organisations::remove(&mut tx, &acme).await.unwrap();
    tx.commit().await.unwrap();

    assert!(removed.is_updated());
    assert_eq!(uploads.len(), 1);
    assert!(before.iter().all(|(_, rows)| rows == "1"), "{before:?}");
    assert_eq!(rows(&homes.globex).await, before);
    assert!(rows(&homes.acme).await.iter().all(|(_, rows)| rows == "0"));
}
