use std::time::Duration;

use berth_domain::audit::{Object, ObjectKind, Origin, Outcome};
use berth_domain::{Actor, AuditId, OrganisationId, TokenId};
use berth_store::Page;
use berth_store::audit::{self, AuditEntry, Filter};
use serde_json::json;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    an_entry_reads_back_as_it_was_written,
    the_newest_come_first_and_pages_join_without_gaps,
    an_entry_that_cannot_be_read_hides_none_behind_it,
    every_condition_leaves_out_what_does_not_meet_it,
    an_organisation_sees_its_own_and_the_installation_what_is_nobodys,
    what_is_taken_back_leaves_no_entry,
    only_what_is_older_is_forgotten,
);

pub(crate) fn entry(home: &Home, action: &str) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_uuid(home.uuid()),
        at: home.now(),
        organisation: Some(home.organisation),
        actor: Actor::Local { uid: 1000 },
        action: action.to_owned(),
        object: Object::new(ObjectKind::Tenant, "tnt_1", "acme"),
        before: Some(json!({ "state": "running" })),
        after: Some(json!({ "note": "it's \"quoted\" \u{1f600}" })),
        origin: Origin::socket("req_1".to_owned()),
        outcome: Outcome::Allowed,
    }
}

pub(crate) async fn write(home: &Home, entries: &[AuditEntry]) {
    let mut tx = home.begin().await;
    for entry in entries {
        audit::append(&mut tx, entry).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn page(after: Option<AuditId>, limit: u32) -> Page<AuditId> {
    Page { after, limit }
}

pub(crate) async fn actions(
    home: &Home,
    organisation: Option<OrganisationId>,
    filter: &Filter,
) -> Vec<String> {
    let mut tx = home.read().await;
    let listed = audit::list(&mut tx, organisation, filter, &page(None, 100)).await.unwrap();
    listed.rows.into_iter().map(|entry| entry.action).collect()
}

async fn an_entry_reads_back_as_it_was_written(home: Home) {
    let token = Some(TokenId::from_uuid(home.uuid()));
    let origin = Origin::tcp("req_1".to_owned(), "2001:db8::1".parse().unwrap()).with(token);
    let whole = AuditEntry { origin, ..entry(&home, "tenant.set") };
    let bare = AuditEntry {
        id: AuditId::from_uuid(home.uuid()),
        actor: Actor::System,
        object: Object::named(ObjectKind::Quota, "anna"),
        before: None,
        after: None,
        origin: Origin::INSIDE,
        outcome: Outcome::Denied,
        ..whole.clone()
    };
    write(&home, &[whole.clone(), bare.clone()]).await;

    let mut tx = home.read().await;
    let own = Some(home.organisation);
    let listed = audit::list(&mut tx, own, &Filter::default(), &page(None, 10)).await.unwrap();

    assert_eq!(listed.rows, [bare, whole]);
    assert!(listed.unreadable.is_empty());
}

async fn the_newest_come_first_and_pages_join_without_gaps(home: Home) {
    let all = ["1", "2", "3", "4", "5"].map(|action| entry(&home, action));
    write(&home, &all).await;

    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let mut tx = home.read().await;
        let own = Some(home.organisation);
        let listed = audit::list(&mut tx, own, &Filter::default(), &page(after, 2)).await.unwrap();
        let Some(last) = listed.rows.last() else { break };
        after = Some(last.id);
        seen.extend(listed.rows.into_iter().map(|entry| entry.action));
    }

    assert_eq!(seen, ["5", "4", "3", "2", "1"]);
}

async fn an_entry_that_cannot_be_read_hides_none_behind_it(home: Home) {
    let all = ["old", "new", "newest"].map(|action| entry(&home, action));
    write(&home, &all).await;
    home.tamper("UPDATE audit SET object_kind = 'dream' WHERE action <> 'old'").await;
    let own = Some(home.organisation);
    let (mut seen, mut after) = (Vec::new(), None);

    loop {
        let mut tx = home.read().await;
        let listed = audit::list(&mut tx, own, &Filter::default(), &page(after, 1)).await.unwrap();
        seen.extend(listed.rows.into_iter().map(|entry| entry.action));
        let Some(next) = listed.next else { break };
        after = Some(next.parse().unwrap());
    }

    assert_eq!(seen, ["old"]);
}

async fn every_condition_leaves_out_what_does_not_meet_it(home: Home) {
    let one = entry(&home, "tenant.stop");
    let other = AuditEntry {
        actor: Actor::System,
        object: Object::named(ObjectKind::Quota, "anna"),
        outcome: Outcome::Denied,
        at: home.now() + Duration::from_hours(1),
        ..entry(&home, "quota.set")
    };
    write(&home, &[one.clone(), other.clone()]).await;
    let own = Some(home.organisation);
    let none = Filter::default();
    let conditions = [
        (Filter { actor: Some(Actor::System), ..none.clone() }, "quota.set"),
        (Filter { action: Some("tenant.stop".to_owned()), ..none.clone() }, "tenant.stop"),
        (Filter { kind: Some(ObjectKind::Quota), ..none.clone() }, "quota.set"),
        (Filter { object: Some("acme".to_owned()), ..none.clone() }, "tenant.stop"),
        (Filter { object: Some("tnt_1".to_owned()), ..none.clone() }, "tenant.stop"),
        (Filter { outcome: Some(Outcome::Denied), ..none.clone() }, "quota.set"),
        (Filter { since: Some(other.at), ..none.clone() }, "quota.set"),
        (Filter { until: Some(other.at), ..none.clone() }, "tenant.stop"),
    ];

    for (filter, expected) in conditions {
        assert_eq!(actions(&home, own, &filter).await, [expected], "{filter:?}");
    }
    let hostile = Filter { object: Some("' OR '1'='1".to_owned()), ..none };
    assert_eq!(actions(&home, own, &hostile).await, [""; 0]);
}

async fn an_organisation_sees_its_own_and_the_installation_what_is_nobodys(home: Home) {
    let other = OrganisationId::from_uuid(home.uuid());
    let own = entry(&home, "own");
    let foreign = AuditEntry { organisation: Some(other), ..entry(&home, "foreign") };
    let nobodys = AuditEntry { organisation: None, ..entry(&home, "nobodys") };
    write(&home, &[own, foreign, nobodys]).await;

    let all = Filter::default();
    assert_eq!(actions(&home, Some(home.organisation), &all).await, ["own"]);
    assert_eq!(actions(&home, Some(other), &all).await, ["foreign"]);
    assert_eq!(actions(&home, None, &all).await, ["nobodys"]);
}

async fn what_is_taken_back_leaves_no_entry(home: Home) {
    let mut tx = home.begin().await;
    audit::append(&mut tx, &entry(&home, "tenant.stop")).await.unwrap();
    drop(tx);

    assert_eq!(actions(&home, Some(home.organisation), &Filter::default()).await, [""; 0]);
}

async fn only_what_is_older_is_forgotten(home: Home) {
    let old = entry(&home, "old");
    let new = AuditEntry { at: home.now() + Duration::from_hours(2), ..entry(&home, "new") };
    write(&home, &[old, new]).await;

    let mut tx = home.begin().await;
    let gone = audit::trim(&mut tx, home.now() + Duration::from_hours(1)).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(gone, 1);
    assert_eq!(actions(&home, Some(home.organisation), &Filter::default()).await, ["new"]);
}
