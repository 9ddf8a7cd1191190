//! Organisations, clusters, images, idempotency keys.

use berth_domain::{Actor, OperationId, OrganisationId};
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::idempotency::{self, Used};
use berth_store::images::{self, ImageRow};
use berth_store::{Change, StoreError, organisations};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::home::{Home, digest, on_both_databases};

on_both_databases!(
    the_default_organisation_is_made_once,
    clusters_are_found_by_name_and_id,
    the_name_of_a_cluster_is_taken_once,
    a_kind_of_cluster_from_a_newer_version_is_reported,
    what_is_known_about_an_image_is_replaced,
    an_answer_is_remembered_per_actor,
    a_key_is_used_by_one_request_however_many_things_it_does,
    old_answers_are_forgotten,
);

async fn the_default_organisation_is_made_once(home: Home) {
    let other = OrganisationId::from_uuid(home.uuid());

    let mut tx = home.begin().await;
    let again = organisations::ensure_default(&mut tx, other, home.now()).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!((again.id, again.name.as_str()), (home.organisation, "default"));
    let mut tx = home.read().await;
    assert_eq!(organisations::list(&mut tx).await.unwrap().rows, [again]);
    assert_eq!(organisations::find(&mut tx, "other").await.unwrap(), None);
}

async fn clusters_are_found_by_name_and_id(home: Home) {
    let external =
        ClusterRow { kind: ClusterKind::External, major: None, ..home.cluster("external") };
    let mut tx = home.begin().await;
    clusters::insert(&mut tx, &external).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.begin().await;
    assert_eq!(clusters::find(&mut tx, "external").await.unwrap(), Some(external.clone()));
    assert_eq!(clusters::get(&mut tx, external.id).await.unwrap(), Some(external.clone()));
    assert_eq!(clusters::find(&mut tx, "nowhere").await.unwrap(), None);
    assert_eq!(clusters::set_major(&mut tx, external.id, 17).await.unwrap(), Change::Updated);
    let names: Vec<_> = clusters::list(&mut tx).await.unwrap().rows;
    let names: Vec<_> = names.iter().map(|row| (row.name.as_str(), row.major)).collect();
    assert_eq!(names, [("external", Some(17)), ("main", Some(15))]);
}

async fn the_name_of_a_cluster_is_taken_once(home: Home) {
    let mut tx = home.begin().await;

    let second = clusters::insert(&mut tx, &home.cluster("main")).await;

    assert!(matches!(second, Err(StoreError::Taken { what: "cluster name" })));
}

async fn a_kind_of_cluster_from_a_newer_version_is_reported(home: Home) {
    home.tamper("UPDATE cluster SET kind = 'sharded'").await;

    let listed = clusters::list(&mut home.read().await).await.unwrap();

    assert_eq!(listed.rows, []);
    assert!(matches!(listed.unreadable[..], [StoreError::Unknown { column: "kind", .. }]));
}

async fn what_is_known_about_an_image_is_replaced(home: Home) {
    let first = ImageRow {
        digest: digest('a'),
        reference: "odoo:19.0".parse().unwrap(),
        capabilities: json!({"odoo": "19.0", "uid": 100}),
        probed_at: home.now(),
    };
    let second = ImageRow { capabilities: json!({"odoo": "19.1"}), ..first.clone() };

    let mut tx = home.begin().await;
    images::put(&mut tx, &first).await.unwrap();
    images::put(&mut tx, &second).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    assert_eq!(images::get(&mut tx, &digest('a')).await.unwrap(), Some(second));
    assert_eq!(images::get(&mut tx, &digest('b')).await.unwrap(), None);
}

fn used(home: &Home, request_id: &str) -> Used {
    Used {
        request_id: request_id.to_owned(),
        request_hash: format!("hash of {request_id}"),
        operation: None,
        at: home.now(),
    }
}

async fn an_answer_is_remembered_per_actor(home: Home) {
    let (one, two) = (Actor::Local { uid: 1 }, Actor::Local { uid: 2 });
    let said = SecretString::from("what was said");

    let mut tx = home.begin().await;
    idempotency::remember(&mut tx, "key", &one, &used(&home, "r1")).await.unwrap();
    idempotency::remember(&mut tx, "key", &two, &used(&home, "r2")).await.unwrap();
    let kept = idempotency::answer(&mut tx, "key", (&one, "r1"), &said).await.unwrap();
    let stray = idempotency::answer(&mut tx, "key", (&two, "r1"), &said).await.unwrap();
    tx.commit().await.unwrap();

    assert!(kept.is_updated() && !stray.is_updated());
    let mut tx = home.read().await;
    let of_one = idempotency::recall(&mut tx, "key", &one).await.unwrap().unwrap();
    let of_two = idempotency::recall(&mut tx, "key", &two).await.unwrap().unwrap();
    assert_eq!(of_one.request_hash.as_deref(), Some("hash of r1"));
    assert_eq!(of_one.answer.unwrap().expose_secret(), "what was said");
    assert!(of_two.answer.is_none());
    assert!(idempotency::recall(&mut tx, "other", &one).await.unwrap().is_none());
    assert!(idempotency::recall(&mut tx, "key", &Actor::System).await.unwrap().is_none());
}

async fn a_key_is_used_by_one_request_however_many_things_it_does(home: Home) {
    let operation = OperationId::from_uuid(home.uuid());
    let mut tx = home.begin().await;
    let first = used(&home, "r1");
    idempotency::remember(&mut tx, "key", &Actor::System, &first).await.unwrap();
    let began = Used { operation: Some(operation), ..first };
    idempotency::remember(&mut tx, "key", &Actor::System, &began).await.unwrap();

    let again = idempotency::remember(&mut tx, "key", &Actor::System, &used(&home, "r2")).await;

    assert!(matches!(again, Err(StoreError::Taken { what: idempotency::KEY })), "{again:?}");
    let known = idempotency::recall(&mut tx, "key", &Actor::System).await.unwrap().unwrap();
    assert_eq!(known.operation, Some(operation));
}

async fn old_answers_are_forgotten(home: Home) {
    let mut tx = home.begin().await;
    idempotency::remember(&mut tx, "key", &Actor::System, &used(&home, "r")).await.unwrap();

    assert_eq!(idempotency::trim(&mut tx, home.now()).await.unwrap(), 0);
    assert_eq!(idempotency::trim(&mut tx, home.minutes(1)).await.unwrap(), 1);
    assert!(idempotency::recall(&mut tx, "key", &Actor::System).await.unwrap().is_none());
}
