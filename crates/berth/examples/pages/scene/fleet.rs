//! The tenants, made over some weeks.

use std::sync::atomic::Ordering;
use std::time::Duration;

use berth_domain::Bytes;
use berth_domain::storage::{Level, Measured};
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::storage;
use berth_testkit::wait;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::jobs::{ENDLESS, FAILING};
use super::{CUSTOMER, Places, break_down, change, join, later, rest};
use crate::app::{App, DEADLINE};
use crate::curves::{self, Habit};

/// When pictures are taken.
const NOW: &str = "2026-11-17T14:21:08Z";
const CUSTOMERS: &str = "lindqvist";

struct Tenant {
    name: &'static str,
    stage: &'static str,
    owner: Option<&'static str>,
    host: Option<&'static str>,
    limits: (&'static str, &'static str),
    habit: Option<Habit>,
}

const fn tenant(name: &'static str, stage: &'static str, owner: Option<&'static str>) -> Tenant {
    Tenant { name, stage, owner, host: None, limits: ("1", "1GiB"), habit: None }
}

/// At its busiest: thousandths of a core, MiB of memory, requests a second, milliseconds of the slowest, MiB
/// of its database.
const fn habit(figures: [u64; 5]) -> Habit {
    let [cpu_millis, memory_mib, requests, millis, database_mib] = figures;
    Habit { cpu_millis, memory_mib, requests, millis, database_mib }
}

const FLEET: [Tenant; 8] = [
    Tenant {
        limits: ("2", "3GiB"),
        habit: Some(habit([870, 1840, 9, 320, 3480])),
        ..tenant("brightwater-clinics", "production", Some("elin"))
    },
    Tenant {
        habit: Some(habit([90, 420, 1, 180, 240])),
        ..tenant("corvid-dev", "development", Some("jo"))
    },
    Tenant {
        host: Some("odoo.halden-optik.example"),
        limits: ("2", "3GiB"),
        habit: Some(habit([1240, 2380, 14, 410, 6220])),
        ..tenant("halden-optics", "production", Some("elin"))
    },
    tenant("juniper-events", "staging", None),
    Tenant {
        host: Some("erp.kestrelfoods.example"),
        limits: ("2", "2GiB"),
        habit: Some(habit([1480, 1960, 22, 690, 8110])),
        ..tenant("kestrel-foods", "production", Some("jo"))
    },
    Tenant {
        habit: Some(habit([310, 690, 4, 260, 1870])),
        ..tenant("marlow-bakeries", "production", Some("elin"))
    },
    Tenant {
        limits: ("1", "2GiB"),
        habit: Some(habit([420, 1130, 6, 300, 2950])),
        ..tenant("tidewell-energy", "production", None)
    },
    tenant("vantage-print", "production", Some("jo")),
];

const PORTAL: [Tenant; 2] = [
    Tenant {
        host: Some("erp.lindqvist.example"),
        limits: ("2", "3GiB"),
        habit: Some(habit([960, 2140, 11, 340, 5310])),
        ..tenant("lindqvist-prod", "production", Some("anna"))
    },
    Tenant {
        habit: Some(habit([70, 380, 1, 210, 5290])),
        ..tenant("lindqvist-test", "test", Some("anna"))
    },
];

/// Makes all of it, up to now.
pub(super) async fn make(app: &mut App, places: &mut Places) {
    app.is_slow.store(true, Ordering::Relaxed);
    let customer = json!({ "name": CUSTOMERS, "title": "Lindqvist Timber" });
    app.call("POST", "/organisations", &customer).await;
    join(app, CUSTOMERS, (CUSTOMER, "Anna Lund", "admin")).await;
    for it in &PORTAL {
        create(app, CUSTOMERS, it).await;
    }
    for it in &FLEET {
        create(app, ORG, it).await;
        later(app, SignedDuration::from_hours(29));
        app.sign_in().await;
    }
    until(app, "2026-11-17T13:40:00Z").await;
    change(app, ORG, ("juniper-events", "stop")).await;
    let done = change(app, ORG, ("tidewell-energy", "restart")).await;
    places.put("{done}", &done);
    let wrong = json!({ "name": "fenwick-test", "stage": "test", "modules": [FAILING] });
    let failing = app.of(ORG, ("POST", "/tenants"), &wrong).await;
    rest(app, ORG, &failing["id"]).await;
    places.put("{failed}", &failing["id"]);
    later(app, SignedDuration::from_mins(16));
    break_down(app, "vantage-print").await;
    app.is_slow.store(false, Ordering::Relaxed);
    note(app).await;
    until(app, NOW).await;
    watched(app, places).await;
    // Not longer than its lease, or somebody else would take it up.
    later(app, SignedDuration::from_secs(9));
    for (org, it) in with_organisation() {
        use_up(app, org, it).await;
    }
}

fn with_organisation() -> impl Iterator<Item = (&'static str, &'static Tenant)> {
    let own = FLEET.iter().map(|it| (ORG, it));
    own.chain(PORTAL.iter().map(|it| (CUSTOMERS, it)))
}

/// Lets time pass until then, and signs in again.
async fn until(app: &mut App, then: &str) {
    app.clock.set(then.parse().unwrap());
    app.sign_in().await;
}

async fn create(app: &App, org: &str, it: &Tenant) {
    let Tenant { name, stage, owner, host, limits: (cpu, memory), .. } = it;
    let body = json!({
        "name": name, "stage": stage, "owner": owner, "host": host, "cpu": cpu, "memory": memory,
        "modules": ["crm", "sale_management"],
    });
    let begun = app.of(org, ("POST", "/tenants"), &body).await;
    rest(app, org, &begun["id"]).await;
}

/// One that is being made while everybody looks.
async fn watched(app: &App, places: &mut Places) {
    let body = json!({ "name": "osprey-staging", "stage": "staging", "owner": "jo", "modules": [ENDLESS] });
    let begun = app.of(ORG, ("POST", "/tenants"), &body).await;
    let path = format!("/operations/{}", begun["id"].as_str().unwrap());
    wait::until(DEADLINE, async || {
        let seen = app.of(ORG, ("GET", &path), &Value::Null).await;
        seen["steps"].as_array().unwrap().iter().any(|step| step["state"] == "running")
    })
    .await;
    places.put("{at_work}", &begun["id"]);
}

async fn note(app: &App) {
    let noted = json!({
        "notes": "Pays in advance.\nAsk before restarting: the shop is open until eight.",
        "add_tags": ["eu", "vip"], "expires": "2027-12-31", "storage": "10GiB",
    });
    app.of(ORG, ("PATCH", "/tenants/halden-optics"), &noted).await;
    app.of(ORG, ("PATCH", "/tenants/kestrel-foods"), &json!({ "storage": "12GiB" })).await;
    let soon = json!({ "expires": "2026-11-30" });
    app.of(ORG, ("PATCH", "/tenants/corvid-dev"), &soon).await;
}

/// Writes down what a tenant used, and what it fills.
async fn use_up(app: &App, org: &str, it: &Tenant) {
    let id = app.web.engine.known_tenant(&ACTOR, org, it.name).await.unwrap().tenant.tenant.id;
    let now = app.web.engine.now();
    let mib = it.habit.map_or(180, |habit| habit.database_mib);
    let filled = Measured { database: Bytes::mib(mib), files: Bytes::mib(mib / 3 + 14) };
    let at = now - Duration::from_secs(40);
    let mut tx = app.installation.store.begin().await.unwrap();
    storage::measured(&mut tx, id, (filled, at), None, Level::Fits).await.unwrap();
    tx.commit().await.unwrap();
    if let Some(habit) = it.habit {
        curves::put(&app.installation, id, habit, now).await;
    }
}
