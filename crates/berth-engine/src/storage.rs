//! Measures what tenants fill: their databases and their files.
//!
//! # Invariants
//!
//! * Databases are measured by the administrator, who never looks into one (ADR 0003); files are
//!   counted in blocks that are allocated, by one thread that works a quarter of the time.
//! * A tenant that cannot be measured keeps its figures and their age, and says why. It keeps nobody
//!   else from being measured, and its turn is over.
//! * What is as it was before is written together: tenants that rest cost the disk nothing.
//! * Of a level that was reached people are told once. The state follows the level, and nobody is
//!   stopped by it: a tenant that is over its limit serves and writes on.

mod judge;
mod walk;

use std::collections::HashMap;
use std::path::PathBuf;
use std::slice;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use berth_domain::storage::Measured;
use berth_domain::{Bytes, Tenant, TenantId, Timestamp, chain};
use berth_store::storage::{self, Due};
use berth_store::{Listed, StoreError};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::engine::Inner;
use crate::error::EngineError;

pub(crate) use judge::reconsider;
use walk::Known;
pub(crate) use walk::{Counted, count};

/// How often to see whether somebody is due.
const LOOK: Duration = Duration::from_mins(1);
/// How old a figure gets before it is taken anew.
const EVERY: Duration = Duration::from_mins(5);
/// The same of tenants that were put away: nothing grows there.
const EVERY_AWAY: Duration = Duration::from_hours(6);
/// How long PostgreSQL may take to say how large one database is.
const PATIENCE: Duration = Duration::from_secs(30);
/// Why something fails is said again when nothing failed by it for this long.
const QUIET: Duration = Duration::from_mins(10);
/// How many tenants are read, and written at most, at a time.
const AT_A_TIME: u32 = 50;

/// What is kept between measurements.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Rung when a tenant should be measured soon.
    bell: Notify,
    /// Folders that were counted before. Lost with the process, which costs one full count.
    known: Mutex<HashMap<TenantId, Known>>,
    /// Why tenants could not be measured, and when that happened last.
    causes: Mutex<HashMap<String, Timestamp>>,
}

/// What came of measuring a tenant.
#[derive(Debug)]
struct Taken {
    /// As it was then.
    tenant: Tenant,
    at: Timestamp,
    /// The figures and why they are too low, or why there are none.
    result: Result<(Measured, Option<String>), String>,
}

impl Memory {
    /// Somebody should look now: a tenant was made or came back.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    fn take(&self, tenant: TenantId) -> Known {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&tenant).unwrap_or_default()
    }

    fn keep(&self, tenant: TenantId, known: Known) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, known);
    }

    fn forget_all_but(&self, tenants: &[TenantId]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|tenant, _| tenants.contains(tenant));
    }

    /// Notes that something failed by this. Whether nothing did lately.
    fn is_news(&self, cause: &str, now: Timestamp) -> bool {
        let mut causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        causes.retain(|_, last| *last <= now && now < *last + QUIET);
        causes.insert(cause.to_owned(), now).is_none()
    }
}

/// Measures for as long as the engine lives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    loop {
        if let Err(error) = look(engine).await {
            tracing::warn!(error = %chain(&error), "cannot measure what tenants fill");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = engine.storage.bell.notified() => {}
        }
    }
}

/// Measures everybody who is due, one after the other, and puts states in step with what is known.
pub(crate) async fn look(engine: &Inner) -> Result<(), EngineError> {
    let began = engine.clock.now();
    let mut unreadable = 0;
    loop {
        let now = engine.clock.now();
        let mut tx = engine.store.read().await?;
        // Each is tried once a look: one that was measured late in it is not due again.
        let due = Due { since: (now - EVERY).min(began), away: now - EVERY_AWAY, now };
        let found = storage::due(&mut tx, due, (unreadable, AT_A_TIME)).await?;
        drop(tx);
        let Batch { rows, passed } = Batch::of(found);
        if rows.is_empty() && passed == 0 {
            break;
        }
        unreadable += passed;
        let mut same = Vec::new();
        for tenant in rows {
            let taken = measure(engine, tenant).await;
            // What cannot be told is written by itself, so that it fails by itself.
            match judge::is_as_before(engine, &taken).await {
                Ok(true) => same.push(taken),
                Ok(false) | Err(_) => write(engine, slice::from_ref(&taken)).await?,
            }
        }
        write(engine, &same).await?;
    }
    judge::put_in_step(engine).await?;
    forget_the_gone(engine).await?;
    Ok(())
}

async fn forget_the_gone(engine: &Inner) -> Result<(), StoreError> {
    let mut tx = engine.store.read().await?;
    let there = storage::all(&mut tx).await?;
    let there: Vec<TenantId> = there.rows.iter().map(|(_, one)| one.tenant).collect();
    engine.storage.forget_all_but(&there);
    Ok(())
}

/// Some of those whose turn it is.
struct Batch {
    rows: Vec<Tenant>,
    /// How many cannot be read. They stay where they are, so the next batch begins behind them.
    passed: u32,
}

impl Batch {
    fn of(listed: Listed<Tenant>) -> Self {
        for error in &listed.unreadable {
            tracing::error!(%error, "a tenant cannot be read");
        }
        let passed = u32::try_from(listed.unreadable.len()).unwrap_or(u32::MAX);
        Self { rows: listed.rows, passed }
    }
}

/// Measures one tenant.
async fn measure(engine: &Inner, tenant: Tenant) -> Taken {
    let result = match database(engine, &tenant).await {
        Ok(database) => files(engine, &tenant).await.map(|counted| (database, counted)),
        Err(why) => Err(why),
    };
    let result = result.map(|(database, Counted { bytes, problem, .. })| {
        (Measured { database, files: bytes }, problem)
    });
    if let Err(why) = &result {
        complain(engine, &tenant, why);
    }
    Taken { tenant, at: engine.clock.now(), result }
}

/// Writes down what came of it. Of whom that cannot be written, it is noted why.
async fn write(engine: &Inner, taken: &[Taken]) -> Result<(), StoreError> {
    if judge::write(engine, taken).await.is_ok() {
        return Ok(());
    }
    for one in taken {
        let Err(error) = judge::write(engine, slice::from_ref(one)).await else { continue };
        let why = format!("cannot keep what was measured: {}", chain(&error));
        complain(engine, &one.tenant, &why);
        let mut tx = engine.store.begin().await?;
        storage::failed(&mut tx, one.tenant.id, &why, one.at).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Says why a tenant cannot be measured. Of all that fail by one cause the first is named.
fn complain(engine: &Inner, tenant: &Tenant, why: &str) {
    if engine.storage.is_news(why, engine.clock.now()) {
        tracing::warn!(
            tenant.name = %tenant.name, error = why,
            "cannot measure a tenant, and perhaps others for the same reason"
        );
    } else {
        tracing::debug!(tenant.name = %tenant.name, error = why, "cannot measure a tenant");
    }
}

async fn database(engine: &Inner, tenant: &Tenant) -> Result<Bytes, String> {
    // One that is starting is waited for: after a start of the host nobody would be measured for long.
    let cluster = engine.cluster_of(tenant).await.map_err(|error| error.to_string())?;
    let object = tenant.id.object_name();
    let size = timeout(PATIENCE, cluster.server.database_size(&object)).await;
    let size = size.map_err(|_| "PostgreSQL does not say how large its database is".to_owned())?;
    size.map_err(|error| format!("cannot measure its database: {}", chain(&error)))
}

async fn files(engine: &Inner, tenant: &Tenant) -> Result<Counted, String> {
    let data = engine.settings.paths.object(&tenant.id.object_name()).data();
    let known = engine.storage.take(tenant.id);
    let (counted, known) = in_background(engine, data, known).await?;
    engine.storage.keep(tenant.id, known);
    counted.map_err(|error| format!("cannot count its files: {error}"))
}

type Walked = (std::io::Result<Counted>, Known);

/// A thread cannot be cut off; this one ends by itself when nobody waits for it any more.
async fn in_background(engine: &Inner, data: PathBuf, known: Known) -> Result<Walked, String> {
    let (now, stop) = (engine.clock.now(), CancellationToken::new());
    let _waiting = stop.clone().drop_guard();
    let walked =
        engine.file_work.spawn_blocking(move || walk::count_again(&data, known, now, &stop));
    walked.await.map_err(|error| format!("cannot count its files: {error}"))
}

#[cfg(test)]
mod tests;
