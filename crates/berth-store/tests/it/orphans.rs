//! What belongs to nobody, and what belongs to somebody.

use berth_domain::operation::OperationState;
use berth_domain::orphan::{Claims, OrphanName, Thing, Why};
use berth_domain::{BlueprintId, ObjectName, orphan};
use berth_store::blueprints::{self, Blueprint, BlueprintKey, BlueprintState};
use berth_store::operations::Operation;
use berth_store::{Change, orphans, tenants};

use crate::home::{Home, digest, on_both_databases};

on_both_databases!(
    an_orphan_keeps_the_time_when_it_was_first_seen,
    who_removes_an_orphan_is_noted,
    an_orphan_of_a_newer_version_hides_no_other,
    what_has_a_row_is_claimed,
    a_row_that_cannot_be_read_claims_what_it_names,
    a_blueprint_in_the_making_is_at_work,
    tenants_that_are_gone_are_known_by_their_operations,
);

fn what(text: &str) -> OrphanName {
    text.parse().unwrap()
}

/// Whether a job of this object is somebody's.
fn works(claims: &Claims, object: &ObjectName) -> bool {
    let name = what(&format!("container/{object}-install"));
    claims.judge(&Thing { name, of: orphan::Of::Job(object.clone()) }).is_none()
}

async fn an_orphan_keeps_the_time_when_it_was_first_seen(home: Home) {
    let mut tx = home.begin().await;
    let (database, container) = (what("database/t_0000000001"), what("container/t_0000000001"));

    orphans::note(&mut tx, &database, home.now()).await.unwrap();
    orphans::note(&mut tx, &database, home.minutes(5)).await.unwrap();
    orphans::note(&mut tx, &container, home.minutes(5)).await.unwrap();
    assert_eq!(orphans::count(&mut tx).await.unwrap(), 2);
    orphans::forget(&mut tx, &container).await.unwrap();

    let rows = orphans::list(&mut tx).await.unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0].what, rows[0].first_seen), (&database, home.now()));
    assert_eq!(rows[0].removing_since, None);
}

async fn who_removes_an_orphan_is_noted(home: Home) {
    let mut tx = home.begin().await;
    let (there, gone) = (what("role/t_0000000001"), what("role/t_0000000002"));
    orphans::note(&mut tx, &there, home.now()).await.unwrap();

    let marked = orphans::mark_removing(&mut tx, &there, Some(home.minutes(1))).await.unwrap();
    let missing = orphans::mark_removing(&mut tx, &gone, Some(home.minutes(1))).await.unwrap();

    assert_eq!((marked, missing), (Change::Updated, Change::Unchanged));
    let since = |rows: Vec<orphans::SeenOrphan>| rows[0].removing_since;
    let listed = orphans::list(&mut tx).await.unwrap();
    assert_eq!(since(listed.rows), Some(home.minutes(1)));
    let _ = orphans::mark_removing(&mut tx, &there, None).await.unwrap();
    assert_eq!(since(orphans::list(&mut tx).await.unwrap().rows), None);
}

async fn an_orphan_of_a_newer_version_hides_no_other(home: Home) {
    let mut tx = home.begin().await;
    orphans::note(&mut tx, &what("role/t_0000000001"), home.now()).await.unwrap();
    tx.commit().await.unwrap();
    home.tamper("INSERT INTO orphan (kind, name, first_seen) VALUES ('bucket', 'b', 1)").await;

    let listed = orphans::list(&mut home.read().await).await.unwrap();

    assert_eq!((listed.rows.len(), listed.unreadable.len()), (1, 1));
}

async fn what_has_a_row_is_claimed(home: Home) {
    let [one, two] = home.with_tenants(["acme", "globex"]).await;
    let (acme, globex) = (one.id.object_name(), two.id.object_name());
    let operation = home.operation(Some(one.id));
    home.with_operation(operation).await;
    let over = Operation { state: OperationState::Done, ..home.operation(Some(two.id)) };
    home.with_operation(over).await;

    let claims = orphans::claims(&mut home.read().await).await.unwrap();

    assert!(claims.has(&acme) && claims.has(&globex));
    assert!(!claims.has(&"t_0000000000".parse().unwrap()));
    assert!(works(&claims, &acme));
    assert!(!works(&claims, &globex));
}

async fn a_row_that_cannot_be_read_claims_what_it_names(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    home.tamper("UPDATE tenant SET state = 'from the future'").await;
    let mut tx = home.read().await;
    assert_eq!(tenants::all(&mut tx).await.unwrap().rows, []);

    let claims = orphans::claims(&mut tx).await.unwrap();

    assert!(claims.has(&acme.id.object_name()));
}

async fn a_blueprint_in_the_making_is_at_work(home: Home) {
    let operation = home.with_operation(home.operation(None)).await;
    let key = |digit| BlueprintKey {
        cluster: home.cluster,
        digest: digest(digit),
        modules: Vec::new(),
        language: "en_US".parse().unwrap(),
        country: None,
        demo: false,
    };
    let blueprint = |digit, operation| Blueprint {
        id: BlueprintId::from_uuid(home.uuid()),
        key: key(digit),
        state: BlueprintState::Building { operation },
        size: None,
        created_at: home.now(),
        last_used_at: home.now(),
    };
    let (built, left) = (blueprint('a', operation.id), blueprint('b', home.operation_id()));
    let mut tx = home.begin().await;
    for blueprint in [&built, &left] {
        blueprints::insert(&mut tx, blueprint).await.unwrap();
    }

    let claims = orphans::claims(&mut tx).await.unwrap();

    assert!(claims.has(&built.id.object_name()) && claims.has(&left.id.object_name()));
    assert!(works(&claims, &built.id.object_name()));
    assert!(!works(&claims, &left.id.object_name()), "nobody builds it any more");
    let gone: ObjectName = "b_0000000000".parse().unwrap();
    let database = Thing { name: what("database/b_0000000000"), of: orphan::Of::Object(gone) };
    assert_eq!(claims.judge(&database), Some(Why::BlueprintGone));
}

async fn tenants_that_are_gone_are_known_by_their_operations(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    home.with_operation(home.operation(Some(acme.id))).await;
    home.with_operation(home.operation(Some(acme.id))).await;
    home.with_operation(home.operation(None)).await;
    let mut tx = home.begin().await;
    let _ = tenants::delete(&mut tx, acme.id).await.unwrap();

    let known = orphans::known(&mut tx).await.unwrap();

    assert_eq!(known, [acme.id.object_name()]);
}
