//! What was last observed of tenants.

use berth_domain::reconcile::Restarts;
use berth_store::observations::{self, Drift, Observation};
use berth_store::tenants;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    what_was_seen_is_kept_and_replaced,
    the_restarts_of_one_tenant_are_forgotten_and_nothing_else,
    a_scan_makes_every_observation_younger,
    observations_are_found_by_name_and_go_with_their_tenant,
);

pub(crate) fn seen(home: &Home, tenant: &berth_domain::Tenant) -> Observation {
    Observation {
        tenant: tenant.id,
        observed_at: home.now(),
        container: "exited (137, out of memory)".to_owned(),
        drift: Some(Drift {
            reason: "its database is gone".to_owned(),
            hint: Some("put it back".to_owned()),
            since: home.minutes(-3),
        }),
        restarts: Restarts { count: 2, last: Some(home.minutes(-1)) },
        conf: Some("abc".to_owned()),
    }
}

fn well(home: &Home, tenant: &berth_domain::Tenant) -> Observation {
    Observation {
        tenant: tenant.id,
        observed_at: home.minutes(1),
        container: "running".to_owned(),
        drift: None,
        restarts: Restarts::default(),
        conf: None,
    }
}

async fn what_was_seen_is_kept_and_replaced(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let mut tx = home.begin().await;

    observations::put(&mut tx, &seen(&home, &acme)).await.unwrap();
    let first = observations::find(&mut tx, home.organisation, acme.id).await.unwrap();
    observations::put(&mut tx, &well(&home, &acme)).await.unwrap();
    let second = observations::find(&mut tx, home.organisation, acme.id).await.unwrap();

    assert_eq!(first, Some(seen(&home, &acme)));
    assert_eq!(second, Some(well(&home, &acme)));
}

async fn the_restarts_of_one_tenant_are_forgotten_and_nothing_else(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    let mut tx = home.begin().await;
    observations::put(&mut tx, &seen(&home, &acme)).await.unwrap();
    observations::put(&mut tx, &seen(&home, &globex)).await.unwrap();

    observations::forget_restarts(&mut tx, acme.id).await.unwrap();

    let mut found = async |id| observations::find(&mut tx, home.organisation, id).await.unwrap();
    let forgotten = Observation { restarts: Restarts::default(), ..seen(&home, &acme) };
    assert_eq!(found(acme.id).await, Some(forgotten));
    assert_eq!(found(globex.id).await, Some(seen(&home, &globex)));
}

async fn a_scan_makes_every_observation_younger(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    let mut tx = home.begin().await;
    observations::put(&mut tx, &seen(&home, &acme)).await.unwrap();
    let late = Observation { observed_at: home.minutes(9), ..well(&home, &globex) };
    observations::put(&mut tx, &late).await.unwrap();

    observations::scanned(&mut tx, home.minutes(5)).await.unwrap();
    observations::scanned(&mut tx, home.minutes(4)).await.unwrap();

    let all = observations::all(&mut tx).await.unwrap().rows;
    let times: Vec<_> = all.iter().map(|seen| seen.observed_at).collect();
    assert_eq!(times, [home.minutes(5), home.minutes(9)]);
}

async fn observations_are_found_by_name_and_go_with_their_tenant(home: Home) {
    let all = home.with_tenants(["acme", "globex", "initech"]).await;
    let mut tx = home.begin().await;
    for tenant in &all {
        observations::put(&mut tx, &well(&home, tenant)).await.unwrap();
    }
    let range = (&all[1].name, &all[2].name);

    let _ = tenants::delete(&mut tx, all[1].id).await.unwrap();
    observations::put(&mut tx, &well(&home, &all[1])).await.unwrap();

    let found = observations::between(&mut tx, home.organisation, range).await.unwrap().rows;
    assert_eq!(found.iter().map(|seen| seen.tenant).collect::<Vec<_>>(), [all[2].id]);
}
