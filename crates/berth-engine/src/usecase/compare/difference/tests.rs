use berth_domain::{
    Bytes, ClusterId, Generation, Limits, OperationId, OrganisationId, Tag, Tags, Timestamp,
};
use uuid::Uuid;

use super::super::wish::{Basis, of, read};
use super::*;
use crate::engine::testing;
use crate::request::TenantWish;

const MADE_AT: Timestamp = Timestamp::constant(1_790_000_000, 0);

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

/// `acme` with everything that can be noted.
fn acme() -> Tenant {
    let (organisation, cluster) = (Uuid::from_u128(2), Uuid::from_u128(3));
    let (organisation, cluster) =
        (OrganisationId::from_uuid(organisation), ClusterId::from_uuid(cluster));
    let mut tenant = testing::tenant("acme", organisation, cluster);
    tenant.created_at = MADE_AT;
    tenant.limits = Limits { cpu_millis: 1500, memory: Bytes::mib(1536), pids: 256 };
    tenant.storage = Some(Bytes::mib(10 * 1024));
    tenant.details.owner = Some("anna".parse().unwrap());
    tenant.details.notes = Some("pays\nlate".parse().unwrap());
    tenant.details.tags = Tags::new(vec![tag("eu"), tag("vip")]);
    tenant.details.expires_at = Some("2026-10-05T14:13:20Z".parse().unwrap());
    tenant.odoo.modules = vec!["crm".parse().unwrap()];
    tenant
}

/// Everything that can be said of [`acme`], spelled otherwise than Berth does.
fn as_it_is() -> TenantWish {
    TenantWish {
        name: "acme".to_owned(),
        host: Some("acme.localhost".into()),
        stage: Some("production".into()),
        image: Some("odoo:19.0".into()),
        modules: Some(vec!["crm".to_owned(), "base".to_owned(), "crm".to_owned()]),
        language: Some("en_US".into()),
        demo: Some(false),
        own_cluster: Some(false),
        company: Some("Acme".into()),
        admin_login: Some("admin".into()),
        time_zone: Some("UTC".into()),
        cpu: Some("1.5".into()),
        memory: Some("1536 mb".into()),
        pids: Some(256),
        storage: Some("10GiB".into()),
        owner: Some("anna".into()),
        tags: Some(vec!["vip".to_owned(), "eu".to_owned(), "vip".to_owned()]),
        notes: Some("pays\nlate".into()),
        expires: Some("2w".into()),
        ..TenantWish::default()
    }
}

fn differing_of(wish: &TenantWish, tenant: &Tenant, kept: Option<&Tag>) -> Vec<Differing> {
    let mut problems = Problems::default();
    let wished = read(wish, Basis { made_at: tenant.created_at, kept }, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    between(&of(tenant), &wished)
}

fn told(differing: &[Differing]) -> Vec<String> {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let line =
        |it: &Differing| format!("{}: {} -> {}", it.field.as_str(), or(&it.before), or(&it.after));
    differing.iter().map(line).collect()
}

#[test]
fn what_is_as_wished_differs_in_nothing_however_it_is_spelled() {
    assert_eq!(differing_of(&as_it_is(), &acme(), None), []);
    assert_eq!(closing(&[]), None);
}

#[test]
fn what_is_not_wished_for_is_left_alone() {
    let wish = TenantWish { name: "acme".to_owned(), ..TenantWish::default() };

    assert_eq!(differing_of(&wish, &acme(), None), []);
}

#[test]
fn every_difference_is_named_and_closed_by_setting_it() {
    let wish = TenantWish {
        stage: Some("test".into()),
        cpu: Some("2".into()),
        memory: Some("2g".into()),
        pids: Some(300),
        storage: Some("none".into()),
        owner: Some(String::new()),
        tags: Some(vec!["vip".to_owned(), "new".to_owned()]),
        notes: Some(String::new()),
        expires: Some("never".into()),
        ..TenantWish::default()
    };

    let differing = differing_of(&wish, &acme(), None);

    assert_eq!(
        told(&differing),
        [
            "stage: production -> test",
            "cpu: 1500m -> 2",
            "memory: 1536MiB -> 2GiB",
            "pids: 256 -> 300",
            "storage: 10GiB -> -",
            "owner: anna -> -",
            "tags: eu, vip -> new, vip",
            "notes: pays\nlate -> -",
            "expires: 2026-10-05T14:13:20Z -> -",
        ]
    );
    let set = SetTenant {
        cpu: Some("2".into()),
        memory: Some("2GiB".into()),
        pids: Some(300),
        stage: Some("test".into()),
        notes: NoteTenant {
            notes: Some(String::new()),
            tag: vec!["new".to_owned()],
            untag: vec!["eu".to_owned()],
            owner: Some(String::new()),
            expires: Some("never".into()),
            storage: Some("none".into()),
        },
    };
    assert_eq!(closing(&differing), Some(set));
}

#[test]
fn a_length_of_time_until_the_expiry_begins_with_the_tenant() {
    let wish = TenantWish { expires: Some("3w".into()), ..TenantWish::default() };

    let set = closing(&differing_of(&wish, &acme(), None)).unwrap();

    // Not three weeks from whenever this is read: that would be another day each time.
    assert_eq!(set.notes.expires.as_deref(), Some("2026-10-12T14:13:20Z"));
}

#[test]
fn the_mark_is_neither_missed_nor_taken_away() {
    let (mark, wish) = (tag("from-files"), as_it_is());
    let mut marked = acme();
    marked.details.tags = Tags::new(vec![tag("eu"), tag("from-files"), tag("vip")]);

    assert_eq!(differing_of(&wish, &marked, Some(&mark)), []);
    assert_eq!(told(&differing_of(&wish, &marked, None)), ["tags: eu, from-files, vip -> eu, vip"]);
}

#[test]
fn what_holds_since_the_creation_is_an_obstacle_and_is_not_set() {
    let wish = TenantWish {
        host: Some("www.acme.example".into()),
        modules: Some(vec!["crm".to_owned(), "stock".to_owned()]),
        country: Some("BE".into()),
        ..TenantWish::default()
    };
    let (tenant, mut problems) = (acme(), Problems::default());

    let differing = differing_of(&wish, &tenant, None);
    obstacles(&tenant, &differing, &mut problems);

    let said: Vec<String> =
        problems.0.iter().map(|it| format!("{}: {}", it.field, it.message)).collect();
    assert_eq!(
        said,
        [
            "host: this cannot be changed any more: it is acme.localhost",
            "modules: this cannot be changed any more: it is crm",
            "country: this cannot be changed any more: it is nothing",
        ]
    );
    assert_eq!(
        problems.0[0].hint.as_deref(),
        Some("give it another host with `berth tenant rename acme acme --host www.acme.example`")
    );
    assert_eq!(closing(&differing), None);
}

#[test]
fn a_tenant_that_goes_is_no_tenant_as_wished() {
    let going = TenantState::Deleting { operation: OperationId::from_uuid(Uuid::nil()) };
    let kept = TenantState::Deleted { since: MADE_AT, until: MADE_AT };
    for state in [going, kept] {
        let mut problems = Problems::default();
        let tenant = Tenant { state, generation: Generation(2), ..acme() };

        obstacles(&tenant, &[], &mut problems);

        assert_eq!(problems.0.len(), 1, "{state:?}");
    }
}

#[test]
fn where_there_is_nothing_everything_wished_for_differs() {
    let mut problems = Problems::default();
    let wish =
        TenantWish { cpu: Some("2".into()), notes: Some(String::new()), ..TenantWish::default() };
    let wished = read(&wish, Basis { made_at: MADE_AT, kept: None }, &mut problems);

    assert_eq!(told(&between(&[], &wished)), ["cpu: - -> 2"]);
}

#[test]
fn everything_that_cannot_be_read_is_named_at_once() {
    let mut problems = Problems::default();
    let wish = TenantWish {
        stage: Some("prod".into()),
        cpu: Some("two".into()),
        memory: Some("1TB; rm -rf /".into()),
        storage: Some("some".into()),
        owner: Some("a b".into()),
        tags: Some(vec!["A b".to_owned(), "fine".to_owned(), "B".to_owned()]),
        expires: Some("soon".into()),
        ..TenantWish::default()
    };

    read(&wish, Basis { made_at: MADE_AT, kept: None }, &mut problems);

    let fields: Vec<&str> = problems.0.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["stage", "cpu", "memory", "storage", "owner", "tags", "tags", "expires"]);
}
