use berth_domain::{Details, Tenant, TenantState, Timestamp};
use berth_store::{Change, Listed, deadlines, tenants};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_deleted_tenant_is_over_when_its_time_is,
    no_number_of_tenants_that_cannot_be_read_hides_one_whose_time_has_come,
    what_expired_is_found_while_it_is_open,
    a_warning_is_given_once_for_each_span_and_expiry,
);

fn names(listed: Listed<Tenant>) -> Vec<String> {
    assert!(listed.unreadable.is_empty(), "{:?}", listed.unreadable);
    listed.rows.into_iter().map(|tenant| tenant.name.to_string()).collect()
}

async fn insert(home: &Home, rows: &[Tenant]) {
    let mut tx = home.begin().await;
    for tenant in rows {
        tenants::insert(&mut tx, tenant).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn expiring(home: &Home, name: &str, at: Timestamp) -> Tenant {
    let details = Details { expires_at: Some(at), ..Details::default() };
    Tenant { details, ..home.tenant(name) }
}

async fn a_deleted_tenant_is_over_when_its_time_is(home: Home) {
    let deleted = |until| TenantState::Deleted { since: home.now(), until };
    let rows = [
        Tenant { state: deleted(home.minutes(1)), ..home.tenant("one") },
        Tenant { state: deleted(home.minutes(2)), ..home.tenant("two") },
        home.tenant("three"),
    ];
    insert(&home, &rows).await;

    let mut tx = home.read().await;
    for (minutes, expected) in [(0, vec![]), (1, vec!["one"]), (2, vec!["one", "two"])] {
        let over = deadlines::over(&mut tx, home.minutes(minutes), 10).await.unwrap();
        assert_eq!(names(over), expected, "after {minutes}");
    }
    let first = deadlines::over(&mut tx, home.minutes(2), 1).await.unwrap();
    assert_eq!(names(first), ["one"]);
}

async fn no_number_of_tenants_that_cannot_be_read_hides_one_whose_time_has_come(home: Home) {
    let deleted = TenantState::Deleted { since: home.now(), until: home.minutes(2) };
    let names = ["odd-1", "odd-2", "odd-3"].map(|name| expiring(&home, name, home.minutes(1)));
    let gone = ["odd-4", "odd-5"].map(|name| Tenant {
        state: TenantState::Deleted { since: home.now(), until: home.minutes(1) },
        ..home.tenant(name)
    });
    let good = [
        expiring(&home, "good", home.minutes(2)),
        Tenant { state: deleted, ..home.tenant("good-gone") },
    ];
    insert(&home, &[names.as_slice(), &gone, &good].concat()).await;
    home.tamper("UPDATE tenant SET stage = 'dream' WHERE name LIKE 'odd%'").await;
    let (now, later) = (home.now(), home.minutes(3));
    let mut tx = home.read().await;

    let over = deadlines::over(&mut tx, later, 1).await.unwrap();
    let expired = deadlines::expired(&mut tx, later, 2).await.unwrap();
    let warned = deadlines::to_warn(&mut tx, (now, later), 1, 1).await.unwrap();

    let found = |listed: Listed<Tenant>| {
        let names: Vec<String> = listed.rows.iter().map(|tenant| tenant.name.to_string()).collect();
        (names, listed.unreadable.len())
    };
    assert_eq!(found(over), (vec!["good-gone".to_owned()], 2));
    assert_eq!(found(expired), (vec!["good".to_owned()], 3));
    assert_eq!(found(warned), (vec!["good".to_owned()], 3));
}

async fn what_expired_is_found_while_it_is_open(home: Home) {
    let soon = home.minutes(1);
    let suspended = TenantState::Suspended { since: home.now() };
    let stopped = TenantState::Stopped { since: home.now() };
    let rows = [
        expiring(&home, "open", soon),
        Tenant { state: stopped, ..expiring(&home, "stopped", soon) },
        Tenant { state: suspended, ..expiring(&home, "closed", soon) },
        expiring(&home, "later", home.minutes(9)),
        home.tenant("never"),
    ];
    insert(&home, &rows).await;

    let mut tx = home.read().await;
    let expired = deadlines::expired(&mut tx, soon, 10).await.unwrap();
    assert_eq!(names(expired), ["open", "stopped"]);
    let closed = deadlines::closed(&mut tx, 10).await.unwrap();
    assert_eq!(names(closed), ["closed"]);
}

async fn a_warning_is_given_once_for_each_span_and_expiry(home: Home) {
    let at = home.minutes(10);
    let acme = expiring(&home, "acme", at);
    insert(&home, std::slice::from_ref(&acme)).await;
    let due = async |days| {
        let mut tx = home.read().await;
        let span = (home.now(), home.minutes(60));
        names(deadlines::to_warn(&mut tx, span, days, 10).await.unwrap()).len()
    };
    let warn = async |at, days| {
        let mut tx = home.begin().await;
        let warned = deadlines::warned(&mut tx, home.organisation, acme.id, (at, days)).await;
        tx.commit().await.unwrap();
        warned.unwrap()
    };

    assert_eq!((due(7).await, due(1).await), (1, 1));
    assert_eq!(warn(home.minutes(11), 7).await, Change::Unchanged);
    assert_eq!(warn(at, 7).await, Change::Updated);
    assert_eq!(warn(at, 7).await, Change::Unchanged);
    assert_eq!((due(7).await, due(1).await), (0, 1));
    assert_eq!(warn(at, 1).await, Change::Updated);
    assert_eq!((due(7).await, due(1).await), (0, 0));

    let mut tx = home.begin().await;
    let noted = Details { notes: Some("hm".parse().unwrap()), ..acme.details.clone() };
    let _ = tenants::describe(&mut tx, home.organisation, acme.id, &noted).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(due(7).await, 0, "what else is noted changes nothing");

    let mut tx = home.begin().await;
    let longer = Details { expires_at: Some(home.minutes(20)), ..Details::default() };
    let _ = tenants::describe(&mut tx, home.organisation, acme.id, &longer).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((due(7).await, due(1).await), (1, 1), "another expiry is warned about anew");
}
