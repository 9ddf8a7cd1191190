//! What tenants used as time went by.

use berth_domain::statistics::{Requests, Sample, Step, Times};
use berth_domain::storage::{Level, Measured};
use berth_domain::{Bytes, OrganisationId, Tenant, TenantId, TenantName, TenantState};
use berth_store::statistics::{self, NewestUse, Sampled, Used};
use berth_store::{storage, tenants};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_sample_is_read_as_it_was_written,
    a_figure_that_no_column_holds_is_the_most_that_one_does,
    samples_of_a_tenant_are_those_of_its_organisation_from_some_time_on,
    a_sample_of_the_same_time_takes_the_place_of_the_one_before,
    nothing_is_kept_of_a_tenant_that_is_gone,
    nothing_is_left_of_a_tenant_that_goes,
    what_is_older_than_it_is_kept_goes_and_so_does_what_is_yet_to_come,
    what_was_not_merged_yet_is_found,
    a_fleet_is_read_at_once,
    the_newest_round_is_told_of_all_tenants,
    only_what_may_be_running_is_sampled,
    many_samples_are_written_at_once,
);

pub(crate) fn sample(home: &Home, minute: i64) -> Sample {
    let mut times = [0; Times::PLACES];
    times[3] = 5;
    times[15] = 1;
    Sample {
        at: home.minutes(minute),
        seconds: 60,
        cpu_millis: Some(120),
        memory: Some(Bytes(300 << 20)),
        database: Some(Bytes(40)),
        requests: Requests { all: 6, refused: 2, failed: 1, times: Times::of(times) },
    }
}

fn unknown(home: &Home, minute: i64) -> Sample {
    Sample {
        at: home.minutes(minute),
        seconds: 0,
        cpu_millis: None,
        memory: None,
        database: None,
        requests: Requests::default(),
    }
}

pub(crate) async fn write(home: &Home, step: Step, samples: &[(TenantId, Sample)]) {
    let mut tx = home.begin().await;
    statistics::write(&mut tx, step, samples).await.unwrap();
    tx.commit().await.unwrap();
}

async fn minutes_of(home: &Home, tenant: &Tenant, from: i64) -> Vec<Sample> {
    let mut tx = home.read().await;
    let of = (home.organisation, tenant.id);
    let found = statistics::of_tenant(&mut tx, of, Step::Minute, home.minutes(from)).await.unwrap();
    assert!(found.unreadable.is_empty(), "{:?}", found.unreadable);
    found.rows
}

async fn a_sample_is_read_as_it_was_written(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let samples = [sample(&home, 0), unknown(&home, 1)];

    for one in &samples {
        write(&home, Step::Minute, &[(acme.id, one.clone())]).await;
    }

    assert_eq!(minutes_of(&home, &acme, 0).await, samples);
}

async fn a_figure_that_no_column_holds_is_the_most_that_one_does(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    let odd = Sample { memory: Some(Bytes(u64::MAX)), ..sample(&home, 0) };

    write(&home, Step::Minute, &[(acme.id, odd), (globex.id, sample(&home, 0))]).await;

    let most = Some(Bytes(i64::MAX.unsigned_abs()));
    assert_eq!(minutes_of(&home, &acme, 0).await[0].memory, most);
    assert_eq!(minutes_of(&home, &globex, 0).await, [sample(&home, 0)]);
}

async fn samples_of_a_tenant_are_those_of_its_organisation_from_some_time_on(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    for minute in 0..4 {
        let of = |tenant: &Tenant| (tenant.id, sample(&home, minute));
        write(&home, Step::Minute, &[of(&acme), of(&globex)]).await;
    }
    write(&home, Step::Hour, &[(acme.id, sample(&home, 3))]).await;

    let found = minutes_of(&home, &acme, 2).await;

    assert_eq!(found, [sample(&home, 2), sample(&home, 3)]);
    let mut tx = home.read().await;
    let elsewhere = (OrganisationId::from_uuid(home.uuid()), acme.id);
    let none = statistics::of_tenant(&mut tx, elsewhere, Step::Minute, home.now()).await.unwrap();
    assert!(none.rows.is_empty());
}

async fn a_sample_of_the_same_time_takes_the_place_of_the_one_before(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    write(&home, Step::Minute, &[(acme.id, sample(&home, 0))]).await;

    write(&home, Step::Minute, &[(acme.id, unknown(&home, 0))]).await;

    assert_eq!(minutes_of(&home, &acme, 0).await, [unknown(&home, 0)]);
}

async fn nothing_is_kept_of_a_tenant_that_is_gone(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let gone = home.tenant("gone");

    write(&home, Step::Minute, &[(gone.id, sample(&home, 0)), (acme.id, sample(&home, 0))]).await;

    assert_eq!(home.peek("SELECT tenant_id FROM tenant_sample").await, [acme.id.to_string()]);
}

async fn nothing_is_left_of_a_tenant_that_goes(home: Home) {
    let [acme, globex] = home.with_tenants(["acme", "globex"]).await;
    for step in Step::ALL {
        for minute in 0..5 {
            let of = |tenant: &Tenant| (tenant.id, sample(&home, minute));
            write(&home, step, &[of(&acme), of(&globex)]).await;
        }
        write(&home, step, &[(acme.id, sample(&home, -100_000))]).await;
    }

    let mut tx = home.begin().await;
    let _ = tenants::delete(&mut tx, acme.id).await.unwrap();
    tx.commit().await.unwrap();

    let left = home.peek("SELECT tenant_id FROM tenant_sample").await;
    assert_eq!(left, vec![globex.id.to_string(); 15]);
}

async fn what_is_older_than_it_is_kept_goes_and_so_does_what_is_yet_to_come(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    for step in Step::ALL {
        for minute in [-60 * 24 * 8, -60 * 24 * 3, -60 * 3, -60, 0, 1] {
            write(&home, step, &[(acme.id, sample(&home, minute))]).await;
        }
    }
    let mut tx = home.begin().await;

    let gone = statistics::trim(&mut tx, home.now()).await.unwrap();
    tx.commit().await.unwrap();

    let left = "SELECT CAST(step AS TEXT) FROM tenant_sample s ORDER BY s.step, s.at";
    // What begins now is over in ten minutes, or in an hour.
    let (minute, ten, hour) = (["60"; 2], ["600"; 2], ["3600"; 3]);
    assert_eq!(home.peek(left).await, [&minute[..], &ten, &hour].concat());
    assert_eq!(gone, 11);
}

async fn what_was_not_merged_yet_is_found(home: Home) {
    let [acme] = home.with_tenants(["acme"]).await;
    let mut tx = home.read().await;
    assert_eq!(statistics::merged_until(&mut tx, Step::TenMinutes).await.unwrap(), None);
    assert_eq!(statistics::unmerged(&mut tx, Step::Minute, None).await.unwrap(), None);
    drop(tx);
    for minute in [0, 9, 10, 12] {
        write(&home, Step::Minute, &[(acme.id, sample(&home, minute))]).await;
    }

    let mut tx = home.read().await;
    let first = statistics::unmerged(&mut tx, Step::Minute, None).await.unwrap();
    assert_eq!(first, Some(home.minutes(0)));
    drop(tx);
    write(&home, Step::TenMinutes, &[(acme.id, sample(&home, 0))]).await;

    let mut tx = home.read().await;
    let until = statistics::merged_until(&mut tx, Step::TenMinutes).await.unwrap();
    assert_eq!(until, Some(home.minutes(10)));
    let next = statistics::unmerged(&mut tx, Step::Minute, until).await.unwrap();
    assert_eq!(next, Some(home.minutes(10)));
    let range = (home.minutes(0), home.minutes(10));
    let merged = statistics::between(&mut tx, Step::Minute, range).await.unwrap().rows;
    let of = |minute| (acme.id, sample(&home, minute));
    assert_eq!(merged, [of(0), of(9)]);
}

async fn a_fleet_is_read_at_once(home: Home) {
    let [acme, globex, initech, idle] =
        home.with_tenants(["acme", "globex", "initech", "idle"]).await;
    for minute in 0..9 {
        let of = |tenant: &Tenant| (tenant.id, sample(&home, minute));
        write(&home, Step::Minute, &[of(&acme), of(&initech)]).await;
    }
    write(&home, Step::Minute, &[(globex.id, unknown(&home, 8))]).await;
    let mut tx = home.read().await;

    let names: Vec<TenantName> =
        ["acme", "globex", "idle", "nobody"].map(|name| name.parse().unwrap()).into();
    let found = statistics::of_fleet(&mut tx, home.organisation, &names, home.minutes(1)).await;

    let used = |minute| Used {
        at: home.minutes(minute),
        cpu_millis: Some(120),
        memory: Some(Bytes(300 << 20)),
    };
    let nothing = Used { at: home.minutes(8), cpu_millis: None, memory: None };
    assert_eq!(
        found.unwrap().into_iter().collect::<Vec<_>>(),
        [(acme.name, vec![used(2), used(5), used(8)]), (globex.name, vec![nothing])]
    );
    assert_eq!(idle.name.as_str(), "idle");
    let elsewhere = OrganisationId::from_uuid(home.uuid());
    let none = statistics::of_fleet(&mut tx, elsewhere, &names, home.minutes(0)).await.unwrap();
    assert!(none.is_empty());
}

async fn the_newest_round_is_told_of_all_tenants(home: Home) {
    let [acme, globex, hooli] = home.with_tenants(["acme", "globex", "hooli"]).await;
    let write = async |minute: i64, tenants: &[&Tenant]| {
        let of = |tenant: &&Tenant| (tenant.id, sample(&home, minute));
        write(&home, Step::Minute, &tenants.iter().map(of).collect::<Vec<_>>()).await;
    };
    write(0, &[&acme, &globex, &hooli]).await;
    write(1, &[&acme, &globex]).await;
    // This round goes on.
    write(2, &[&acme]).await;
    let mut tx = home.read().await;
    let mut newest = async |since: i64| {
        let found = statistics::newest(&mut tx, home.minutes(since)).await.unwrap().rows;
        let told = |one: NewestUse| (one.tenant, one.used);
        found.into_iter().map(told).collect::<Vec<_>>()
    };

    let used = |minute: i64| {
        let memory = Some(Bytes(300 << 20));
        Used { at: home.minutes(minute), cpu_millis: Some(120), memory }
    };
    assert_eq!(newest(0).await, [(acme.name.clone(), used(2)), (globex.name, used(1))]);
    assert_eq!(newest(2).await, [(acme.name, used(2))]);
    assert_eq!(newest(3).await, []);
}

async fn only_what_may_be_running_is_sampled(home: Home) {
    let operation = home.operation_id();
    let all = crate::home::states(operation, home.now());
    let mut tx = home.begin().await;
    for (number, state) in all.iter().enumerate() {
        let tenant = home.tenant(&format!("t{number:02}"));
        tenants::insert(&mut tx, &tenant).await.unwrap();
        let _ = tenants::set_state(&mut tx, tenant.id, &tenant.state, state).await.unwrap();
        let figures = Measured { database: Bytes(300), files: Bytes(112) };
        let measured = (figures, home.now());
        storage::measured(&mut tx, tenant.id, measured, None, Level::Fits).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = home.read().await;

    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = statistics::sampled(&mut tx, after, 3).await.unwrap();
        found.extend(page.rows);
        match page.next {
            Some(_) => after = found.last().map(|one: &Sampled| one.tenant),
            None => break,
        }
    }

    let may_run = |state: &TenantState| match state {
        TenantState::Running
        | TenantState::OverLimit { .. }
        | TenantState::Drifted { .. }
        | TenantState::Changing { .. }
        | TenantState::Broken { .. } => true,
        TenantState::Provisioning { .. }
        | TenantState::Stopped { .. }
        | TenantState::Suspended { .. }
        | TenantState::Archived { .. }
        | TenantState::Deleted { .. }
        | TenantState::Deleting { .. } => false,
    };
    assert_eq!(found.len(), all.iter().filter(|state| may_run(state)).count());
    assert!(found.iter().all(|one| one.database == Some(Bytes(300))), "{found:?}");
}

async fn many_samples_are_written_at_once(home: Home) {
    let mut samples = Vec::new();
    let mut tx = home.begin().await;
    for number in 0..1201 {
        let tenant = home.tenant(&format!("t{number:04}"));
        tenants::insert(&mut tx, &tenant).await.unwrap();
        samples.push((tenant.id, sample(&home, 0)));
    }
    tx.commit().await.unwrap();

    write(&home, Step::Minute, &samples).await;

    let count = home.peek("SELECT CAST(COUNT(*) AS TEXT) FROM tenant_sample").await;
    assert_eq!(count, ["1201"]);
}
