use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::statistics::Step;
use berth_domain::storage::{Level, Measured};
use berth_domain::{Bytes, Details, Owner, Tenant};
use berth_store::quotas::{self, Quota};
use berth_store::tenants::{self, Filter, StateName};
use berth_store::{Change, Page, deadlines, observations, organisations, statistics, storage};

use super::Neighbours;
use crate::home::{Home, on_both_databases};
use crate::{observations::seen, statistics::sample};

on_both_databases!(
    tenants_are_found_listed_and_counted_in_their_own,
    nobody_writes_to_a_tenant_of_another,
    what_is_known_of_a_tenant_is_told_in_its_own,
    quotas_are_those_of_their_own_and_count_its_tenants,
);

fn anna() -> Owner {
    "anna".parse().unwrap()
}

/// A tenant of everybody's Anna that is called as its organisation is, and expires.
async fn settle(home: &Home, mark: &str) -> Tenant {
    let expires_at = Some(home.now() + Duration::from_hours(1));
    let details = Details { owner: Some(anna()), expires_at, ..Details::default() };
    let mut tenant = Tenant { details, ..home.tenant(mark) };
    tenant.image.reference = format!("{mark}:19.0").parse().unwrap();
    let mut tx = home.begin().await;
    tenants::insert(&mut tx, &tenant).await.unwrap();
    tx.commit().await.unwrap();
    tenant
}

async fn tenants_are_found_listed_and_counted_in_their_own(home: Home) {
    let homes = Neighbours::of(home).await;
    let acme = settle(&homes.acme, "acme").await;
    let globex = settle(&homes.globex, "globex").await;
    let mut tx = homes.globex.read().await;
    let own = homes.globex.organisation;

    assert_eq!(tenants::find(&mut tx, own, &acme.name).await.unwrap(), None);
    assert_eq!(tenants::get(&mut tx, own, acme.id).await.unwrap(), None);
    let page = Page { after: None, limit: 10 };
    let listed = tenants::list(&mut tx, own, &Filter::default(), &page).await.unwrap().rows;
    assert_eq!(listed, std::slice::from_ref(&globex));
    assert_eq!(tenants::count(&mut tx, own).await.unwrap(), 1);
    let by_state = tenants::count_by_state(&mut tx, own).await.unwrap();
    assert_eq!(by_state, BTreeMap::from([(StateName::Running, 1)]));
    let images = tenants::images(&mut tx, own).await.unwrap();
    assert_eq!(images, [globex.image.reference]);
    assert_eq!(organisations::count_tenants(&mut tx, own).await.unwrap(), 1);
}

async fn nobody_writes_to_a_tenant_of_another(home: Home) {
    let homes = Neighbours::of(home).await;
    let acme = settle(&homes.acme, "acme").await;
    let mut tx = homes.globex.begin().await;
    let own = homes.globex.organisation;

    let limited = tenants::limit_storage(&mut tx, own, acme.id, Some(Bytes(1))).await.unwrap();
    let described = tenants::describe(&mut tx, own, acme.id, &Details::default()).await.unwrap();
    let expiry = (acme.details.expires_at.unwrap(), 7);
    let warned = deadlines::warned(&mut tx, own, acme.id, expiry).await.unwrap();

    assert_eq!([limited, described, warned], [Change::Unchanged; 3]);
    let found = tenants::get(&mut tx, homes.acme.organisation, acme.id).await.unwrap();
    assert_eq!(found, Some(acme));
}

async fn what_is_known_of_a_tenant_is_told_in_its_own(home: Home) {
    let homes = Neighbours::of(home).await;
    let acme = settle(&homes.acme, "acme").await;
    let mut tx = homes.globex.begin().await;
    let figures = Measured { database: Bytes(300), files: Bytes(112) };
    let now = homes.acme.now();
    storage::measured(&mut tx, acme.id, (figures, now), None, Level::Fits).await.unwrap();
    observations::put(&mut tx, &seen(&homes.acme, &acme)).await.unwrap();
    let samples = [(acme.id, sample(&homes.acme, 0))];
    statistics::write(&mut tx, Step::Minute, &samples).await.unwrap();

    for (organisation, expected) in [(homes.acme.organisation, 1), (homes.globex.organisation, 0)] {
        let fills = storage::find(&mut tx, organisation, acme.id).await.unwrap();
        let last = observations::find(&mut tx, organisation, acme.id).await.unwrap();
        let ends = (&acme.name, &acme.name);
        let between = observations::between(&mut tx, organisation, ends).await.unwrap().rows;
        let of = (organisation, acme.id);
        let used = statistics::of_tenant(&mut tx, of, Step::Minute, now).await.unwrap().rows;
        let names = std::slice::from_ref(&acme.name);
        let fleet = statistics::of_fleet(&mut tx, organisation, names, now).await.unwrap();

        let told = [fills.iter().len(), last.iter().len(), between.len(), used.len(), fleet.len()];
        assert_eq!(told, [expected; 5]);
    }
}

async fn quotas_are_those_of_their_own_and_count_its_tenants(home: Home) {
    let homes = Neighbours::of(home).await;
    for (home, mark) in homes.both() {
        let _ = settle(home, mark).await;
    }
    let mut tx = homes.globex.begin().await;
    let (acme, globex) = (homes.acme.organisation, homes.globex.organisation);
    let bert: Owner = "bert".parse().unwrap();
    let quota = Quota { tenants: Some(3), ..Quota::default() };
    quotas::put(&mut tx, acme, Some(&bert), &quota).await.unwrap();
    tenants::insert(&mut tx, &of(&homes.acme, &bert)).await.unwrap();

    assert_eq!(quotas::find(&mut tx, globex, Some(&bert)).await.unwrap(), None);
    assert_eq!(quotas::list(&mut tx, globex).await.unwrap().rows, []);
    assert_eq!(quotas::clear(&mut tx, globex, Some(&bert)).await.unwrap(), Change::Unchanged);
    assert_eq!(quotas::owners(&mut tx, globex).await.unwrap().rows, [anna()]);
    for owner in [None, Some(&anna())] {
        let used = quotas::usage(&mut tx, globex, owner, None).await.unwrap();
        assert_eq!(used.tenants, 1, "{owner:?}");
    }
}

fn of(home: &Home, owner: &Owner) -> Tenant {
    let details = Details { owner: Some(owner.clone()), ..Details::default() };
    Tenant { details, ..home.tenant("beta") }
}
