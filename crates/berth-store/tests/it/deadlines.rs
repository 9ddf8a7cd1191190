use berth_domain::{Details, Tenant, TenantState, Timestamp};
use berth_store::{Change, Listed, deadlines, tenants};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_deleted_tenant_is_over_when_its_time_is,
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
