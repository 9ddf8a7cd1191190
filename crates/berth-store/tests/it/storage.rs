//! What tenants fill, and the disks of the host.

use berth_domain::disk::{DiskLevel, Space};
use berth_domain::storage::{Level, Measured};
use berth_domain::{Bytes, Tenant, TenantState};
use berth_store::disks::{self, Disk};
use berth_store::storage::{self, Due, StorageUse};
use berth_store::tenants::{Filter, Order};
use berth_store::{Page, events, quotas, tenants};
use serde_json::json;

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_measurement_that_fails_leaves_the_figures,
    what_was_not_tried_for_long_is_due,
    what_a_clock_that_was_ahead_has_tried_is_due,
    states_that_do_not_fit_what_was_measured_are_found,
    what_tenants_fill_is_summed_up_beside_what_they_may,
    what_was_measured_goes_with_its_tenant,
    a_disk_is_kept_until_it_is_forgotten,
    an_event_of_the_host_is_told_to_every_organisation,
    all_tenants_are_counted_without_reading_them,
);

const FIGURES: Measured = Measured { database: Bytes(300), files: Bytes(112) };

async fn move_to(home: &Home, tenant: &Tenant, state: TenantState) {
    let mut tx = home.begin().await;
    let _ = tenants::set_state(&mut tx, tenant.id, &tenant.state, &state).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_measurement_that_fails_leaves_the_figures(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    let mut tx = home.begin().await;

    storage::measured(&mut tx, acme.id, (FIGURES, home.now()), None, Level::Warned).await.unwrap();
    storage::failed(&mut tx, acme.id, "no disk", home.minutes(5)).await.unwrap();
    storage::failed(&mut tx, globex.id, "no disk", home.minutes(5)).await.unwrap();

    let found = storage::find(&mut tx, home.organisation, acme.id).await.unwrap();
    let page = Page { after: None, limit: 10 };
    let asked = (Order::default(), &page);
    let listed = tenants::sorted(&mut tx, Some(home.organisation), &Filter::default(), asked).await;
    let both: Vec<StorageUse> =
        listed.unwrap().rows.into_iter().filter_map(|(_, used)| used).collect();
    let expected = StorageUse {
        tenant: acme.id,
        measured: Some((FIGURES, home.now())),
        attempted_at: home.minutes(5),
        problem: Some("no disk".to_owned()),
        level: Level::Warned,
    };
    assert_eq!(found.as_ref(), Some(&expected));
    assert_eq!(both[0], expected);
    assert_eq!((both[1].measured, both[1].level), (None, Level::Fits));
}

async fn what_was_not_tried_for_long_is_due(home: Home) {
    let all = home.with_tenants(["fresh", "young", "old", "away", "gone"]).await;
    for tenant in &all {
        move_to(&home, tenant, TenantState::Running).await;
    }
    let running = |tenant: &Tenant| Tenant { state: TenantState::Running, ..tenant.clone() };
    let archived = TenantState::Archived { since: home.now() };
    move_to(&home, &running(&all[3]), archived).await;
    let operation = home.operation_id();
    move_to(&home, &running(&all[4]), TenantState::Deleting { operation }).await;
    let mut tx = home.begin().await;
    for (tenant, minute) in [(&all[1], 9), (&all[2], 2), (&all[3], 2)] {
        let at = home.minutes(minute);
        storage::measured(&mut tx, tenant.id, (FIGURES, at), None, Level::Fits).await.unwrap();
    }

    let now = home.minutes(10);
    let mut due = async |since, away| {
        let times = Due { since: home.minutes(since), away: home.minutes(away), now };
        let rows = storage::due(&mut tx, times, (0, 10)).await.unwrap().rows;
        rows.into_iter().map(|tenant| tenant.name.to_string()).collect::<Vec<_>>()
    };

    assert_eq!(due(5, -60).await, ["fresh", "old"]);
    assert_eq!(due(9, 5).await, ["fresh", "old", "away", "young"]);
    storage::make_due(&mut tx, all[1].id).await.unwrap();
    let times = Due { since: home.minutes(-60), away: home.minutes(-60), now };
    let rows = storage::due(&mut tx, times, (0, 10)).await.unwrap().rows;
    assert_eq!(rows.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["fresh", "young"]);
}

async fn what_a_clock_that_was_ahead_has_tried_is_due(home: Home) {
    let all = home.with_tenants(["now", "ahead", "away"]).await;
    for tenant in &all {
        move_to(&home, tenant, TenantState::Running).await;
    }
    let running = Tenant { state: TenantState::Running, ..all[2].clone() };
    move_to(&home, &running, TenantState::Archived { since: home.now() }).await;
    let mut tx = home.begin().await;
    storage::measured(&mut tx, all[0].id, (FIGURES, home.now()), None, Level::Fits).await.unwrap();
    storage::failed(&mut tx, all[1].id, "no disk", home.minutes(60 * 24 * 365)).await.unwrap();
    storage::failed(&mut tx, all[2].id, "no disk", home.minutes(61)).await.unwrap();

    let times = Due { since: home.minutes(-5), away: home.minutes(-60), now: home.now() };
    let due = storage::due(&mut tx, times, (0, 10)).await.unwrap().rows;

    let names: Vec<_> = due.iter().map(|tenant| tenant.name.as_str()).collect();
    assert_eq!(names, ["away", "ahead"]);
}

async fn states_that_do_not_fit_what_was_measured_are_found(home: Home) {
    let all = home.with_tenants(["fits", "over", "full", "empty", "odd"]).await;
    let since = home.now();
    let over_limit = TenantState::OverLimit { since };
    for (tenant, state) in all.iter().zip([
        TenantState::Running,
        TenantState::Running,
        over_limit,
        over_limit,
        over_limit,
    ]) {
        move_to(&home, tenant, state).await;
    }
    let mut tx = home.begin().await;
    let levels = [Level::Warned, Level::Over, Level::Over, Level::Warned, Level::Fits];
    for (tenant, level) in all.iter().zip(levels) {
        storage::measured(&mut tx, tenant.id, (FIGURES, since), None, Level::Fits).await.unwrap();
        storage::set_level(&mut tx, tenant.id, level).await.unwrap();
    }
    tx.commit().await.unwrap();
    let odd = &all[4].id;
    let sql = format!("UPDATE storage_use SET level = 'odd' WHERE tenant_id = '{odd}'");
    home.tamper(&sql).await;
    let mut tx = home.begin().await;

    let found = storage::out_of_step(&mut tx, (0, 10)).await.unwrap().rows;

    let mut names: Vec<_> = found.iter().map(|tenant| tenant.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["empty", "over"]);
}

async fn what_tenants_fill_is_summed_up_beside_what_they_may(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    let mut tx = home.begin().await;
    storage::measured(&mut tx, acme.id, (FIGURES, home.now()), None, Level::Fits).await.unwrap();
    storage::failed(&mut tx, globex.id, "no disk", home.now()).await.unwrap();

    let used = quotas::usage(&mut tx, home.organisation, None, None).await.unwrap();
    let but_one = quotas::usage(&mut tx, home.organisation, None, Some(acme.id)).await.unwrap();
    let figures = storage::measurements(&mut tx).await.unwrap().rows;

    assert_eq!((used.tenants, used.stored), (2, Bytes(412)));
    assert_eq!((but_one.tenants, but_one.stored), (1, Bytes(0)));
    assert_eq!(figures.len(), 1);
    assert_eq!((&figures[0].tenant, figures[0].measured), (&acme.name, FIGURES));
}

async fn what_was_measured_goes_with_its_tenant(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let mut tx = home.begin().await;
    storage::measured(&mut tx, acme.id, (FIGURES, home.now()), None, Level::Fits).await.unwrap();

    let _ = tenants::delete(&mut tx, acme.id).await.unwrap();
    storage::measured(&mut tx, acme.id, (FIGURES, home.now()), None, Level::Fits).await.unwrap();
    storage::failed(&mut tx, acme.id, "gone", home.now()).await.unwrap();

    assert_eq!(storage::all(&mut tx).await.unwrap().rows, []);
}

async fn a_disk_is_kept_until_it_is_forgotten(home: Home) {
    let space = Space { free: Bytes(1), total: Bytes(u64::MAX), free_files: 3, total_files: 4 };
    let disk = Disk {
        place: "home".to_owned(),
        path: "/var/lib/berth".to_owned(),
        level: DiskLevel::Low,
        since: home.now(),
        looked_at: home.now(),
        space,
    };
    let mut tx = home.begin().await;

    disks::put(&mut tx, &disk).await.unwrap();
    let later = Disk { level: DiskLevel::Full, looked_at: home.minutes(1), ..disk.clone() };
    disks::put(&mut tx, &later).await.unwrap();
    let found = disks::list(&mut tx).await.unwrap().rows;
    disks::forget(&mut tx, "home").await.unwrap();

    // 63 bits are what both databases hold.
    let total = Bytes(u64::try_from(i64::MAX).unwrap());
    assert_eq!(found, [Disk { space: Space { total, ..space }, ..later }]);
    assert_eq!(disks::list(&mut tx).await.unwrap().rows, []);
}

async fn an_event_of_the_host_is_told_to_every_organisation(home: Home) {
    let mut tx = home.begin().await;
    let data = json!({ "place": "home" });

    events::append_to_all(&mut tx, "host.disk_low", &data, home.now()).await.unwrap();

    let told = events::after(&mut tx, home.organisation, 0, None, 10).await.unwrap().rows;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind.as_str(), &told[0].data), ("host.disk_low", &data));
    assert_eq!((told[0].tenant, told[0].operation), (None, None));
}

async fn all_tenants_are_counted_without_reading_them(home: Home) {
    let mut tx = home.read().await;
    assert_eq!(tenants::count_all(&mut tx).await.unwrap(), 0);
    assert_eq!(tenants::youngest(&mut tx).await.unwrap(), None);
    drop(tx);
    let [acme, _] = home.with_tenants(["acme", "globex"]).await;

    let mut tx = home.read().await;
    assert_eq!(tenants::count_all(&mut tx).await.unwrap(), 2);
    assert!(tenants::youngest(&mut tx).await.unwrap() >= Some(acme.created_at));
}
