//! Puts tenants into the store of a home whose server rests: as many as one wants, none of which runs.
//!
//! # Invariants
//!
//! * Everything goes through the store, so every row is one that it would have made itself.
//! * None of them is one that the server would start, close or take away by itself, so it lets them be.
//! * Their routes are those that the server would make of them: none is wrong when it starts.

use std::fmt;
use std::io;
use std::path::Path;
use std::str::FromStr;

use berth_domain::storage::{Level, Measured};
use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Actor, Bytes, ClusterId, Details, Generation, Limits, OperationId, OrganisationId, Stage, Tags,
    Tenant, TenantState, Timestamp,
};
use berth_edge::{Route, RouteState, RouteTable, table_file};
use berth_store::{Key, Location, Store, Tx, clusters, organisations, storage, tenants};
use serde_json::{Value, json};

use crate::table;

/// How many are written in one transaction.
const BATCH: u32 = 500;
/// When the first of them was made: 2025-10-09. The others follow in an order that is not that of names.
const FIRST: i64 = 1_760_000_000_000_000;
const MINUTE: i64 = 60_000_000;
/// When the first of those ends that end: in 2100.
const END: i64 = 4_102_444_800_000_000;

/// Whose they are.
struct Owner {
    organisation: OrganisationId,
    cluster: ClusterId,
}

/// Adds so many tenants to a home that was served before and is not now.
pub(crate) async fn fill(home: &Path, count: u32) -> io::Result<Value> {
    let store = open(home).await?;
    let owner = owner(&store).await?;
    let mut numbers = (0..count).peekable();
    while numbers.peek().is_some() {
        let mut tx = store.begin().await.map_err(io::Error::other)?;
        for number in numbers.by_ref().take(usize::try_from(BATCH).map_err(io::Error::other)?) {
            add(&mut tx, &tenant(number, &owner)?, number).await?;
        }
        tx.commit().await.map_err(io::Error::other)?;
    }
    store.close().await;
    let routes: io::Result<Vec<Route>> = (0..count).map(route).collect();
    let file = home.join("routes.json");
    table_file::save(&file, &RouteTable::new(routes?)).map_err(io::Error::other)?;
    Ok(json!({ "tenants": count }))
}

/// The control database of a home.
pub(crate) async fn open(home: &Path) -> io::Result<Store> {
    let key = Key::load_or_create(&home.join("key"), true).map_err(io::Error::other)?;
    let location = Location::Sqlite(home.join("berth.db"));
    Store::join(&location, key).await.map_err(io::Error::other)
}

async fn owner(store: &Store) -> io::Result<Owner> {
    let mut tx = store.read().await.map_err(io::Error::other)?;
    let organisation = organisations::find(&mut tx, "default").await.map_err(io::Error::other)?;
    let cluster = clusters::find(&mut tx, "main").await.map_err(io::Error::other)?;
    match (organisation, cluster) {
        (Some(organisation), Some(cluster)) => {
            Ok(Owner { organisation: organisation.id, cluster: cluster.id })
        }
        _ => Err(io::Error::other("no server was at work on this home yet")),
    }
}

async fn add(tx: &mut Tx, tenant: &Tenant, number: u32) -> io::Result<()> {
    tenants::insert(tx, tenant).await.map_err(io::Error::other)?;
    let bytes = |factor: u64| Bytes(u64::from(scattered(number)) * factor);
    let measured = Measured { database: bytes(8_192), files: bytes(4_096) };
    // So late that nobody measures again what is not there.
    let at = moment(END, 0)?;
    storage::measured(tx, tenant.id, (measured, at), None, Level::Fits)
        .await
        .map_err(io::Error::other)
}

fn tenant(number: u32, owner: &Owner) -> io::Result<Tenant> {
    let Route { host, tenant: id, name, .. } = route(number)?;
    let digest = format!("sha256:{}", "a".repeat(64));
    Ok(Tenant {
        id,
        organisation: owner.organisation,
        name,
        host,
        stage: if number.is_multiple_of(4) { Stage::Production } else { Stage::Development },
        state: state(number)?,
        generation: Generation(1),
        cluster: owner.cluster,
        image: Image { reference: parsed("odoo:19.0")?, digest: parsed(&digest)? },
        odoo: OdooSettings {
            modules: vec![parsed("crm")?, parsed("sale_management")?],
            language: parsed("en_US")?,
            country: None,
            demo: false,
            company: parsed(&format!("Company {number}"))?,
            admin_login: parsed("admin")?,
            email: None,
            time_zone: parsed("UTC")?,
        },
        limits: Limits::default(),
        storage: None,
        addons: None,
        subnet: None,
        blueprint: None,
        details: Details {
            notes: None,
            tags: Tags::new(vec![parsed("bench")?, parsed(&tag(number % 50))?]),
            owner: Some(parsed(&owner_of(number))?),
            expires_at: number
                .is_multiple_of(3)
                .then(|| moment(END, scattered(number)))
                .transpose()?,
        },
        created_at: moment(FIRST, scattered(number))?,
        created_by: Actor::System,
    })
}

/// Seven in ten are stopped, two suspended, one is broken.
fn state(number: u32) -> io::Result<TenantState> {
    let since = moment(FIRST, number)?;
    Ok(match number % 10 {
        0..=6 => TenantState::Stopped { since },
        7 | 8 => TenantState::Suspended { since },
        _ => {
            let failed: OperationId = parsed(&format!("op_{number:032x}"))?;
            TenantState::Broken { since, failed, suspended: false }
        }
    })
}

fn route(number: u32) -> io::Result<Route> {
    // It leads nowhere: the address is not kept.
    let route = table::route(number, ([127, 0, 0, 1], 9).into())?;
    let state = match number % 10 {
        0..=6 => RouteState::Stopped,
        7 | 8 => RouteState::Suspended,
        _ => RouteState::Failed,
    };
    Ok(Route { state, upstream: None, language: Some(parsed("en_US")?), ..route })
}

/// A hundred owners have the same number each.
pub(crate) fn owner_of(number: u32) -> String {
    format!("owner{:02}@example.com", number % 100)
}

pub(crate) fn tag(number: u32) -> String {
    format!("team-{number:02}")
}

/// Numbers below 10,007, a prime, in another order: none comes twice.
fn scattered(number: u32) -> u32 {
    number / 10_007 * 10_007 + (number % 10_007) * 4_999 % 10_007
}

fn moment(first: i64, minutes: u32) -> io::Result<Timestamp> {
    Timestamp::from_microsecond(first + i64::from(minutes) * MINUTE).map_err(io::Error::other)
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> io::Result<T> {
    text.parse().map_err(|error: T::Err| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_tenant_can_be_made_and_none_of_them_would_be_started() {
        let owner = Owner {
            organisation: "org_00000000000000000000000000000001".parse().unwrap(),
            cluster: "clu_00000000000000000000000000000001".parse().unwrap(),
        };
        for number in 0..100 {
            let tenant = tenant(number, &owner).unwrap();

            assert!(!tenant.state.is_up(), "{:?}", tenant.state);
        }
    }

    #[test]
    fn what_they_are_sorted_by_is_another_order_than_that_of_names() {
        let scattered: BTreeSet<u32> = (0..20_000).map(scattered).collect();

        assert_eq!(scattered.len(), 20_000);
        assert!(!(0..100).map(super::scattered).is_sorted());
    }
}
