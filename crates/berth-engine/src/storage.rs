//! Measures what tenants fill: their databases and their files.
//!
//! # Invariants
//!
//! * Databases are measured by the administrator, who never looks into one (ADR 0003); files are
//!   counted in blocks that are allocated, by one thread that works a quarter of the time.
//! * A tenant that cannot be measured keeps its figures and their age, and says why.
//! * Of a level that was reached people are told once. The state follows the level, and nobody is
//!   stopped by it: a tenant that is over its limit serves and writes on.

mod judge;
mod walk;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use berth_domain::storage::Measured;
use berth_domain::{Bytes, Tenant, TenantId, chain};
use berth_store::{Listed, StoreError, storage};
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
/// How many tenants are read at a time.
const AT_A_TIME: u32 = 50;

/// What is kept between measurements.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Rung when a tenant should be measured soon.
    bell: Notify,
    /// Folders that were counted before. Lost with the process, which costs one full count.
    known: Mutex<HashMap<TenantId, Known>>,
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
    loop {
        let now = engine.clock.now();
        let mut tx = engine.store.read().await?;
        // Each is tried once a look: one that was measured late in it is not due again.
        let since = (now - EVERY).min(began);
        let due = readable(storage::due(&mut tx, (since, now - EVERY_AWAY), AT_A_TIME).await?);
        drop(tx);
        if due.is_empty() {
            break;
        }
        for tenant in &due {
            measure(engine, tenant).await?;
        }
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

fn readable(listed: Listed<Tenant>) -> Vec<Tenant> {
    for error in &listed.unreadable {
        tracing::error!(%error, "a tenant cannot be read");
    }
    listed.rows
}

/// Measures one tenant and writes down what came of it.
async fn measure(engine: &Inner, tenant: &Tenant) -> Result<(), EngineError> {
    let result = match database(engine, tenant).await {
        Ok(database) => files(engine, tenant).await.map(|counted| (database, counted)),
        Err(why) => Err(why),
    };
    match result {
        Ok((database, Counted { bytes, problem, .. })) => {
            let measured = Measured { database, files: bytes };
            judge::write(engine, tenant, measured, problem.as_deref()).await
        }
        Err(why) => {
            tracing::warn!(tenant.name = %tenant.name, error = why, "cannot measure a tenant");
            let mut tx = engine.store.begin().await?;
            storage::failed(&mut tx, tenant.id, &why, engine.clock.now()).await?;
            Ok(tx.commit().await?)
        }
    }
}

async fn database(engine: &Inner, tenant: &Tenant) -> Result<Bytes, String> {
    // One that is starting is waited for: after a start of the host nobody would be measured for long.
    let cluster = engine.cluster.ready().await.map_err(|error| error.to_string())?;
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
