//! Puts into the store of a home whose server rests what its tenants did and used before anybody looks.
//!
//! # Invariants
//!
//! * Everything goes through the store, so every row is one that it would have made itself.
//! * Nothing of it is left to be done: every operation is over.

use std::io;
use std::path::Path;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::statistics::{Requests, Sample, Step, Times};
use berth_domain::{Actor, Bytes, OrganisationId, TenantId, Timestamp};
use berth_store::operations::{self, Operation};
use berth_store::{Store, organisations, statistics};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{table, tenants};

/// How many operations each tenant had.
const OPERATIONS: u32 = 3;
/// How many are written in one transaction.
const BATCH: usize = 500;
/// For how long there is a sample of each minute of each tenant.
const MINUTES: i64 = 60;
/// For how long there is one of each ten minutes.
const TENS: i64 = 144;

/// Adds to so many tenants, which are there already.
pub(crate) async fn fill(home: &Path, count: u32) -> io::Result<Value> {
    let store = tenants::open(home).await?;
    let mut tx = store.read().await.map_err(io::Error::other)?;
    let found = organisations::find(&mut tx, "default").await.map_err(io::Error::other)?;
    let organisation = found.ok_or_else(|| io::Error::other("there is no organisation"))?.id;
    drop(tx);
    #[expect(clippy::disallowed_methods, reason = "what is measured is what was used until now")]
    let now = Timestamp::now();
    operate(&store, organisation, (count, now)).await?;
    use_up(&store, (count, now)).await?;
    store.close().await;
    Ok(json!({ "operations": count * OPERATIONS }))
}

async fn operate(
    store: &Store,
    organisation: OrganisationId,
    (count, now): (u32, Timestamp),
) -> io::Result<()> {
    let mut numbers = (0..count * OPERATIONS).peekable();
    while numbers.peek().is_some() {
        let mut tx = store.begin().await.map_err(io::Error::other)?;
        for number in numbers.by_ref().take(BATCH) {
            let operation = operation(organisation, (number, count), now)?;
            operations::insert(&mut tx, &operation).await.map_err(io::Error::other)?;
        }
        tx.commit().await.map_err(io::Error::other)?;
    }
    Ok(())
}

/// The first of a tenant is the one that broke it, if it is broken.
fn operation(
    organisation: OrganisationId,
    (number, count): (u32, u32),
    now: Timestamp,
) -> io::Result<Operation> {
    let tenant = number % count;
    let is_broken = number == tenant && tenant % 10 == 9;
    let at = now - SignedDuration::from_secs(i64::from(number) * 30 + 60);
    let end = at + SignedDuration::from_millis(2_345);
    Ok(Operation {
        id: format!("op_{number:032x}").parse().map_err(io::Error::other)?,
        organisation,
        kind: if is_broken { OperationKind::TenantStart } else { OperationKind::TenantStop },
        queue: Queue::High,
        tenant: Some(id(tenant)?),
        target: table::name(tenant),
        state: if is_broken { OperationState::Stuck } else { OperationState::Done },
        input: json!({}),
        outputs: json!({}),
        error: is_broken.then(|| "no space left on device".to_owned()),
        progress: None,
        created_at: at,
        created_by: Actor::System,
        started_at: Some(at),
        finished_at: Some(end),
        epoch: 1,
        lease_until: None,
        request_id: None,
    })
}

/// All of them for an hour, and the one in the middle for a day.
async fn use_up(store: &Store, (count, now): (u32, Timestamp)) -> io::Result<()> {
    for minute in 1..=MINUTES {
        let at = Step::Minute.begin(now - SignedDuration::from_mins(minute));
        let all: io::Result<Vec<_>> =
            (0..count).map(|number| Ok((id(number)?, sample(at, number)))).collect();
        write(store, Step::Minute, &all?).await?;
    }
    let middle = id(count / 2)?;
    for ten in 1..=TENS {
        let at = Step::TenMinutes.begin(now - SignedDuration::from_mins(ten * 10));
        write(store, Step::TenMinutes, &[(middle, sample(at, count))]).await?;
    }
    Ok(())
}

async fn write(store: &Store, step: Step, samples: &[(TenantId, Sample)]) -> io::Result<()> {
    let mut tx = store.begin().await.map_err(io::Error::other)?;
    statistics::write(&mut tx, step, samples).await.map_err(io::Error::other)?;
    tx.commit().await.map_err(io::Error::other)
}

fn sample(at: Timestamp, number: u32) -> Sample {
    let of = |most: u64| u64::from(number) * 31 % most + at.as_second().unsigned_abs() % 97;
    let mut places = [0; Times::PLACES];
    places[3] = of(40);
    Sample {
        at,
        seconds: 60,
        cpu_millis: Some(of(900)),
        memory: Some(Bytes(of(800) << 20)),
        database: Some(Bytes(of(600) << 20)),
        requests: Requests { all: of(40), refused: 0, failed: 0, times: Times::of(places) },
    }
}

fn id(number: u32) -> io::Result<TenantId> {
    format!("tnt_{number:032x}").parse().map_err(io::Error::other)
}
