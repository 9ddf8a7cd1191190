use std::path::PathBuf;

use berth_domain::storage::{Level, Measured};
use berth_domain::{
    BlueprintId, Bytes, ClusterId, Details, Generation, Limits, OrganisationId, Stage, Tags,
    Tenant, TenantName, TenantState,
};
use berth_store::clusters::{self, ClusterRow};
use berth_store::secrets::{self, SecretName};
use berth_store::tenants::{self, Filter, Order, SortKey, StateName};
use berth_store::{Change, Page, StoreError, organisations, storage, subnets};

use crate::home::{Home, digest, on_both_databases, states};

on_both_databases!(
    a_tenant_reads_back_as_it_was_written,
    every_state_reads_back,
    another_organisation_does_not_see_it,
    a_name_is_taken_once,
    a_host_is_taken_once,
    an_object_name_is_taken_once,
    of_many_who_want_a_name_at_once_one_gets_it,
    lists_are_in_byte_order_page_by_page,
    every_order_has_every_tenant_once_page_by_page,
    a_row_that_cannot_be_read_hides_none_behind_it,
    lists_can_be_narrowed,
    lists_can_be_narrowed_to_a_tag_an_owner_or_an_expiry,
    the_storage_is_limited_by_itself,
    a_searched_text_is_not_a_pattern,
    a_state_changes_only_from_the_one_that_was_expected,
    wishes_change_only_from_the_generation_before,
    wishes_leave_state_and_network_alone,
    a_deleted_tenant_takes_its_network_and_secrets_along,
    a_deleted_tenant_takes_the_cluster_along_that_it_had_for_itself,
    a_state_of_a_newer_version_is_reported_and_hides_no_other_tenant,
    a_state_without_what_it_needs_is_inconsistent,
    images_of_tenants_are_listed_once_and_to_their_organisation,
);

async fn list(home: &Home, filter: Filter, after: Option<&str>, limit: u32) -> Vec<String> {
    let page = Page { after: after.map(|name| name.parse().unwrap()), limit };
    let mut tx = home.read().await;
    let listed = tenants::list(&mut tx, home.organisation, &filter, &page).await.unwrap();
    listed.rows.into_iter().map(|tenant| tenant.name.to_string()).collect()
}

async fn get(home: &Home, tenant: &Tenant) -> Tenant {
    let mut tx = home.read().await;
    tenants::get(&mut tx, home.organisation, tenant.id).await.unwrap().unwrap()
}

async fn a_tenant_reads_back_as_it_was_written(home: Home) {
    let full = Tenant {
        addons: Some(PathBuf::from("/srv/addons")),
        blueprint: Some(BlueprintId::from_uuid(home.uuid())),
        generation: Generation(7),
        limits: Limits { cpu_millis: 2500, memory: Bytes::mib(8192), pids: 512 },
        stage: Stage::Production,
        ..home.tenant("full")
    };
    let mut bare = home.tenant("bare");
    bare.odoo.modules.clear();
    bare.odoo.country = None;
    bare.odoo.email = None;
    bare.odoo.demo = false;

    let mut tx = home.begin().await;
    for tenant in [&full, &bare] {
        tenants::insert(&mut tx, tenant).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let all = tenants::all(&mut tx).await.unwrap().rows;
    let found = tenants::find(&mut tx, home.organisation, &full.name).await.unwrap();
    assert_eq!(all, [full.clone(), bare]);
    assert_eq!(found, Some(full));
    assert_eq!(tenants::count(&mut tx, home.organisation).await.unwrap(), 2);
}

async fn every_state_reads_back(home: Home) {
    for (n, state) in states(home.operation_id(), home.now()).into_iter().enumerate() {
        let tenant = Tenant { state, ..home.tenant(&format!("tenant-{n}")) };
        let mut tx = home.begin().await;
        tenants::insert(&mut tx, &tenant).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(get(&home, &tenant).await.state, state);
    }
}

async fn another_organisation_does_not_see_it(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let other = OrganisationId::from_uuid(home.uuid());

    let mut tx = home.read().await;

    assert_eq!(tenants::get(&mut tx, other, acme.id).await.unwrap(), None);
    assert_eq!(tenants::find(&mut tx, other, &acme.name).await.unwrap(), None);
    assert_eq!(tenants::count(&mut tx, other).await.unwrap(), 0);
    let page = Page { after: None, limit: 10 };
    let listed = tenants::list(&mut tx, other, &Filter::default(), &page).await.unwrap();
    assert_eq!(listed.rows, []);
}

async fn taken(home: &Home, tenant: &Tenant) -> &'static str {
    let mut tx = home.begin().await;
    match tenants::insert(&mut tx, tenant).await {
        Err(StoreError::Taken { what }) => what,
        other => panic!("{other:?}"),
    }
}

async fn a_name_is_taken_once(home: Home) {
    home.with_tenants(["acme"]).await;
    let second = Tenant { host: "else.localhost".parse().unwrap(), ..home.tenant("acme") };

    assert_eq!(taken(&home, &second).await, "name");
}

async fn a_host_is_taken_once(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let second = Tenant { host: acme.host, ..home.tenant("second") };

    assert_eq!(taken(&home, &second).await, "host");
}

async fn an_object_name_is_taken_once(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let mut bytes = *acme.id.uuid().as_bytes();
    bytes[0] ^= 1;
    let id = berth_domain::TenantId::from_uuid(uuid::Uuid::from_bytes(bytes));
    let second = Tenant { id, ..home.tenant("second") };

    assert_eq!(second.id.object_name(), acme.id.object_name());
    assert_eq!(taken(&home, &second).await, "object name");
}

async fn of_many_who_want_a_name_at_once_one_gets_it(home: Home) {
    let mut racers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let home = home.clone();
        racers.spawn(async move {
            let host = format!("host-{n}.localhost").parse().unwrap();
            let tenant = Tenant { host, ..home.tenant("acme") };
            let mut tx = home.begin().await;
            tenants::insert(&mut tx, &tenant).await?;
            tx.commit().await
        });
    }

    let outcomes = racers.join_all().await;

    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let refused = outcomes.into_iter().filter_map(Result::err);
    assert!(refused.into_iter().all(|error| matches!(error, StoreError::Taken { what: "name" })));
}

async fn lists_are_in_byte_order_page_by_page(home: Home) {
    home.with_tenants(["abc", "ab-d", "ab1", "abb", "zoo"]).await;
    let all = Filter::default;

    assert_eq!(list(&home, all(), None, 2).await, ["ab-d", "ab1"]);
    assert_eq!(list(&home, all(), Some("ab1"), 2).await, ["abb", "abc"]);
    assert_eq!(list(&home, all(), Some("abc"), 2).await, ["zoo"]);
    assert_eq!(list(&home, all(), Some("zoo"), 2).await, Vec::<String>::new());
}

/// The names on each page of a list, put together.
async fn walk(home: &Home, order: Order, limit: u32) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = Page { after, limit };
        let mut tx = home.read().await;
        let asked = (order, &page);
        let sorted = tenants::sorted(&mut tx, Some(home.organisation), &Filter::default(), asked)
            .await
            .unwrap();
        names.extend(sorted.rows.into_iter().map(|(tenant, _)| tenant.name.to_string()));
        after = sorted.next;
        if after.is_none() {
            return names;
        }
    }
}

async fn every_order_has_every_tenant_once_page_by_page(home: Home) {
    // When it was made, when it expires, what it fills. Some are alike in each.
    for (name, made, expires, fills) in [
        ("alpha", 0, Some(9), Some(500)),
        ("beta", 0, None, None),
        ("delta", 5, Some(3), Some(500)),
        ("gamma", 1, None, Some(2)),
    ] {
        let mut tenant = home.tenant(name);
        tenant.created_at = home.minutes(made);
        tenant.details.expires_at = expires.map(|minutes| home.minutes(minutes));
        let mut tx = home.begin().await;
        tenants::insert(&mut tx, &tenant).await.unwrap();
        if let Some(fills) = fills {
            let measured = Measured { database: Bytes(fills), files: Bytes(1) };
            let figures = (measured, home.now());
            storage::measured(&mut tx, tenant.id, figures, None, Level::Fits).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    for order in Order::ALL {
        let mut expected = match order.by {
            // All of them run, so that none waits for anybody.
            SortKey::Name | SortKey::Attention => ["alpha", "beta", "delta", "gamma"],
            SortKey::Created => ["alpha", "beta", "gamma", "delta"],
            SortKey::Expires => ["delta", "alpha", "beta", "gamma"],
            SortKey::Storage => ["beta", "gamma", "alpha", "delta"],
        };
        if order.is_reversed {
            expected.reverse();
        }
        for limit in [1, 2, 3, 100] {
            assert_eq!(walk(&home, order, limit).await, expected, "{}, {limit}", order.as_str());
        }
    }
}

async fn a_row_that_cannot_be_read_hides_none_behind_it(home: Home) {
    home.with_tenants(["acme", "beta", "gamma"]).await;
    home.tamper("UPDATE tenant SET state = 'hibernating' WHERE name <> 'gamma'").await;

    for order in Order::ALL {
        assert_eq!(walk(&home, order, 1).await, ["gamma"], "{}", order.as_str());
    }
}

async fn lists_can_be_narrowed(home: Home) {
    let [acme, ..] = home.with_tenants(["acme", "beta", "acme-shop"]).await;
    let mut tx = home.begin().await;
    let stopped = TenantState::Stopped { since: home.now() };
    let moved = tenants::set_state(&mut tx, acme.id, &acme.state, &stopped).await.unwrap();
    assert_eq!(moved, Change::Updated);
    let staging = Tenant { stage: Stage::Staging, ..home.tenant("stage-one") };
    tenants::insert(&mut tx, &staging).await.unwrap();
    tx.commit().await.unwrap();

    let stopped_ones = Filter { state: Some(StateName::Stopped), ..Filter::default() };
    let staging_ones = Filter { stage: Some(Stage::Staging), ..Filter::default() };
    let text = Filter { text: Some("ACME".to_owned()), ..Filter::default() };
    let host = Filter { text: Some("beta.local".to_owned()), ..Filter::default() };
    let all = Filter { state: Some(StateName::Running), ..text.clone() };

    assert_eq!(list(&home, stopped_ones, None, 10).await, ["acme"]);
    assert_eq!(list(&home, staging_ones, None, 10).await, ["stage-one"]);
    assert_eq!(list(&home, text, None, 10).await, ["acme", "acme-shop"]);
    assert_eq!(list(&home, host, None, 10).await, ["beta"]);
    assert_eq!(list(&home, all, None, 10).await, ["acme-shop"]);
}

async fn lists_can_be_narrowed_to_a_tag_an_owner_or_an_expiry(home: Home) {
    let mut tenant = home.tenant("acme");
    tenant.details = Details {
        tags: Tags::new(vec!["vip".parse().unwrap(), "eu_1".parse().unwrap()]),
        owner: Some("anna@acme.example".parse().unwrap()),
        expires_at: Some(home.minutes(5)),
        ..Details::default()
    };
    let mut tx = home.begin().await;
    tenants::insert(&mut tx, &tenant).await.unwrap();
    tx.commit().await.unwrap();
    home.with_tenants(["beta"]).await;
    let tag = |text: &str| Filter { tag: Some(text.parse().unwrap()), ..Filter::default() };
    let owner = |text: &str| Filter { owner: Some(text.parse().unwrap()), ..Filter::default() };
    let expiring = |at| Filter { expiring: Some(at), ..Filter::default() };

    for (filter, expected) in [
        (tag("vip"), vec!["acme"]),
        (tag("eu_1"), vec!["acme"]),
        (tag("eux1"), vec![]),
        (tag("vi"), vec![]),
        (owner("anna@acme.example"), vec!["acme"]),
        (owner("anna"), vec![]),
        (expiring(home.minutes(5)), vec!["acme"]),
        (expiring(home.minutes(4)), vec![]),
    ] {
        assert_eq!(list(&home, filter.clone(), None, 10).await, expected, "{filter:?}");
    }
}

async fn the_storage_is_limited_by_itself(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;

    for storage in [Some(Bytes::mib(4096)), None] {
        let mut tx = home.begin().await;
        let changed = tenants::limit_storage(&mut tx, home.organisation, acme.id, storage).await;
        assert_eq!(changed.unwrap(), Change::Updated);
        tx.commit().await.unwrap();

        assert_eq!(get(&home, &acme).await, Tenant { storage, ..acme.clone() });
    }
}

async fn a_searched_text_is_not_a_pattern(home: Home) {
    home.with_tenants(["acme"]).await;

    for text in ["%", "_", "a%e", "a_me", "\\", "'"] {
        let filter = Filter { text: Some(text.to_owned()), ..Filter::default() };
        assert_eq!(list(&home, filter, None, 10).await, Vec::<String>::new(), "{text}");
    }
}

async fn a_state_changes_only_from_the_one_that_was_expected(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let stopped = TenantState::Stopped { since: home.now() };
    let later = TenantState::Stopped { since: home.minutes(1) };

    let mut tx = home.begin().await;
    for (from, to, change) in [
        (stopped, TenantState::Running, Change::Unchanged),
        (TenantState::Running, stopped, Change::Updated),
        (TenantState::Running, stopped, Change::Unchanged),
        (later, TenantState::Running, Change::Unchanged),
        (stopped, later, Change::Updated),
    ] {
        assert_eq!(tenants::set_state(&mut tx, acme.id, &from, &to).await.unwrap(), change);
    }
    tx.commit().await.unwrap();

    assert_eq!(get(&home, &acme).await.state, later);
}

async fn wishes_change_only_from_the_generation_before(home: Home) {
    let [mut acme] = home.with_tenants(["acme"]).await;
    acme.generation = Generation(2);
    acme.image.digest = digest('b');
    acme.limits.pids = 99;
    acme.odoo.company = "Beta".parse().unwrap();
    acme.addons = Some("/srv/acme".into());
    acme.stage = Stage::Test;

    let mut tx = home.begin().await;
    assert_eq!(tenants::update(&mut tx, &acme).await.unwrap(), Change::Updated);
    let late = Tenant { limits: Limits::default(), ..acme.clone() };
    assert_eq!(tenants::update(&mut tx, &late).await.unwrap(), Change::Unchanged);
    tx.commit().await.unwrap();

    assert_eq!(get(&home, &acme).await, acme);
}

async fn wishes_leave_state_and_network_alone(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let stopped = TenantState::Stopped { since: home.now() };

    let mut tx = home.begin().await;
    subnets::reserve(&mut tx, acme.id, 16, |number| number).await.unwrap();
    assert!(
        tenants::set_state(&mut tx, acme.id, &acme.state, &stopped).await.unwrap().is_updated()
    );
    let old = Tenant { generation: Generation(2), ..acme.clone() };
    assert!(tenants::update(&mut tx, &old).await.unwrap().is_updated());
    tx.commit().await.unwrap();

    let now = get(&home, &acme).await;
    assert_eq!((now.state, now.subnet), (stopped, Some(0)));
}

async fn a_deleted_tenant_takes_its_network_and_secrets_along(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let owner = acme.id.to_string();

    let mut tx = home.begin().await;
    subnets::reserve(&mut tx, acme.id, 16, |number| number).await.unwrap();
    secrets::put(&mut tx, &owner, SecretName::DbPassword, &"hunter2".into()).await.unwrap();
    assert_eq!(tenants::delete(&mut tx, acme.id).await.unwrap(), Change::Updated);
    assert_eq!(tenants::delete(&mut tx, acme.id).await.unwrap(), Change::Unchanged);
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let secret = secrets::get(&mut tx, &owner, SecretName::DbPassword).await.unwrap();
    assert!(secret.is_none());
    assert_eq!(subnets::list(&mut tx).await.unwrap().rows, []);
    assert!(tenants::all(&mut tx).await.unwrap().rows.is_empty());
}

async fn a_deleted_tenant_takes_the_cluster_along_that_it_had_for_itself(home: Home) {
    let acme = home.tenant("acme");
    let acme = Tenant { cluster: ClusterId::of(acme.id), ..acme };
    let beta = home.tenant("beta");
    let own = ClusterRow { id: acme.cluster, ..home.cluster("t-0000000001") };
    let owner = acme.cluster.to_string();
    let mut tx = home.begin().await;
    clusters::insert(&mut tx, &own).await.unwrap();
    secrets::put(&mut tx, &owner, SecretName::SuperuserPassword, &"hunter2".into()).await.unwrap();
    for tenant in [&acme, &beta] {
        tenants::insert(&mut tx, tenant).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert!(acme.has_own_cluster() && !beta.has_own_cluster());

    let mut tx = home.begin().await;
    assert_eq!(tenants::delete(&mut tx, acme.id).await.unwrap(), Change::Updated);
    assert_eq!(tenants::delete(&mut tx, beta.id).await.unwrap(), Change::Updated);
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let left: Vec<_> = clusters::list(&mut tx).await.unwrap().rows;
    let left: Vec<&str> = left.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(left, ["main"]);
    let secret = secrets::get(&mut tx, &owner, SecretName::SuperuserPassword).await.unwrap();
    assert!(secret.is_none());
}

async fn a_state_of_a_newer_version_is_reported_and_hides_no_other_tenant(home: Home) {
    let [acme, _] = home.with_tenants(["acme", "beta"]).await;
    home.tamper("UPDATE tenant SET state = 'hibernating' WHERE name = 'acme'").await;

    let mut tx = home.read().await;
    let listed = tenants::all(&mut tx).await.unwrap();
    let got = tenants::get(&mut tx, home.organisation, acme.id).await;

    let names: Vec<TenantName> = listed.rows.into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["beta".parse().unwrap()]);
    assert_eq!(listed.unreadable.len(), 1);
    let message = format!(
        "tenant `{}` has `hibernating` as state, which this version of Berth does not understand",
        acme.id
    );
    assert_eq!(listed.unreadable[0].to_string(), message);
    assert!(matches!(got, Err(StoreError::Unknown { column: "state", .. })));
}

async fn a_state_without_what_it_needs_is_inconsistent(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    home.tamper("UPDATE tenant SET state = 'deleting'").await;

    let mut tx = home.read().await;
    let got = tenants::get(&mut tx, home.organisation, acme.id).await;

    assert!(matches!(got, Err(StoreError::Inconsistent { table: "tenant", .. })));
    assert!(organisations::find(&mut tx, "default").await.unwrap().is_some());
}

async fn images_of_tenants_are_listed_once_and_to_their_organisation(home: Home) {
    home.with_tenants(["acme", "bolt"]).await;
    let mut other = home.tenant("other");
    other.image.reference = "odoo:18.0".parse().unwrap();
    let first = home.tenant("first").image.reference;
    let mut tx = home.begin().await;
    tenants::insert(&mut tx, &other).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let mut wanted = vec!["odoo:18.0".parse().unwrap(), first];
    wanted.sort_by_key(ToString::to_string);
    assert_eq!(tenants::images(&mut tx, home.organisation).await.unwrap(), wanted);
    let stranger: OrganisationId = format!("org_{}", "9".repeat(32)).parse().unwrap();
    assert_eq!(tenants::images(&mut tx, stranger).await.unwrap(), []);
}
