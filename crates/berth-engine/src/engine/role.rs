//! Driving, and standing by.
//!
//! # Invariants
//!
//! * Whoever drives was told that nobody else does, and begins a new epoch before anything is touched.
//! * A driver that was told to stop, or whose epoch is over, has nothing at work any more when
//!   [`Engine::drive`] returns: no operation, no thread.
//! * Whoever stands by serves every use case and touches nothing outside the control database.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::OrganisationId;
use berth_store::{StoreError, epoch, organisations};
use tokio_util::sync::CancellationToken;

use super::Inner;
use crate::error::EngineError;
use crate::operation::driver;
use crate::parts::cluster;
use crate::{
    Engine, deadlines, disk, housekeeping, logs, orphans, reconciler, statistics, storage, usecase,
};
use berth_domain::chain;

/// How often a driver looks whether its epoch is over.
const LOOK: Duration = Duration::from_secs(1);
/// How often a standby looks whether the driver saved other routes.
const FOLLOW: Duration = Duration::from_millis(500);

/// What a process does about operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It carries them out.
    Driver,
    /// It writes them down for another process to carry out, and waits to take its place.
    Standby,
}

/// The right to drive until somebody begins a newer one.
#[derive(Debug)]
pub struct Epoch(i64);

impl Role {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Standby => "standby",
        }
    }
}

impl Inner {
    pub(crate) fn role(&self) -> Role {
        *self.role.borrow()
    }
}

impl Engine {
    /// What this process does about operations now.
    #[must_use]
    pub fn role(&self) -> Role {
        self.0.role()
    }

    /// Begins a new epoch. Only for whoever holds the lock of the home.
    ///
    /// Fails when a newer version changed the schema meanwhile.
    pub async fn begin(&self) -> Result<Epoch, EngineError> {
        begin(&self.0).await
    }

    /// Does everything that goes on behind the use cases, until `stop` or until a newer epoch began:
    /// the cluster, the tenants that should run, the operations that are not at rest.
    pub async fn drive(&self, epoch: Epoch, stop: &CancellationToken) {
        Box::pin(carry_on(&self.0, epoch, stop)).await;
    }

    /// Serves the driver's routes and looks at its cluster, without touching either. Never returns.
    pub async fn stand_by(&self) {
        let clusters = async { tokio::join!(cluster::keep(&self.0), cluster::keep_own(&self.0)) };
        tokio::join!(clusters, follow_routes(&self.0));
    }
}

/// Begins an epoch: every lease of an earlier one is void from here on.
pub(super) async fn begin(engine: &Inner) -> Result<Epoch, EngineError> {
    engine.store.check_schema().await?;
    let mut tx = engine.store.begin().await?;
    let epoch = epoch::advance(&mut tx).await?;
    let id = OrganisationId::from_uuid(engine.ids.uuid());
    organisations::ensure_default(&mut tx, id, engine.clock.now()).await?;
    tx.commit().await?;
    Ok(Epoch(epoch))
}

/// Drives until told to stop, or until the epoch is over.
pub(super) async fn carry_on(engine: &Arc<Inner>, Epoch(epoch): Epoch, stop: &CancellationToken) {
    // Whoever drove before may have changed them since they were read.
    if let Err(error) = engine.routes.reload().await {
        tracing::warn!(%error, "cannot read the routes of the driver before");
    }
    engine.role.send_replace(Role::Driver);
    tracing::info!(epoch, "this process drives operations");
    let halt = stop.child_token();
    let beside = async {
        let work = async {
            tokio::join!(
                cluster::keep(engine),
                cluster::keep_own(engine),
                reconciler::keep(engine),
                housekeeping::keep(engine),
                deadlines::keep(engine),
                storage::keep(engine),
                statistics::keep(engine),
                disk::keep(engine),
                usecase::keep_checking(engine),
                logs::keep(engine),
                orphans::keep(engine),
                usecase::keep_schedules(engine),
                usecase::keep_notifying(engine)
            )
        };
        // What is in the middle of something is cut off here: that is what a kill is, too.
        tokio::select! {
            _ = work => {}
            () = stop.cancelled() => {}
            () = superseded(engine, epoch) => {}
        }
        halt.cancel();
    };
    tokio::join!(beside, driver::drive(Arc::clone(engine), epoch, halt.clone()));
    engine.file_work.close();
    engine.file_work.wait().await;
    engine.file_work.reopen();
    engine.role.send_replace(Role::Standby);
    tracing::info!(epoch, "this process drives no operations any more");
}

/// Returns when a newer epoch began.
async fn superseded(engine: &Inner, epoch: i64) {
    loop {
        tokio::time::sleep(LOOK).await;
        match newest(engine).await {
            Ok(newest) if newest > epoch => {
                tracing::warn!(epoch, newest, "another process drives now");
                return;
            }
            Ok(_) => {}
            // Nothing can be written without the database either.
            Err(error) => tracing::warn!(error = %chain(&error), "cannot look at the epoch"),
        }
    }
}

async fn newest(engine: &Inner) -> Result<i64, StoreError> {
    let mut tx = engine.store.read().await?;
    epoch::current(&mut tx).await
}

/// Shows visitors the routes that the driver saved, as soon as it did.
async fn follow_routes(engine: &Inner) {
    let mut failed = false;
    loop {
        match engine.routes.reload().await {
            Ok(()) => failed = false,
            Err(error) if !failed => {
                failed = true;
                tracing::warn!(%error, "cannot read the routes of the driver");
            }
            Err(_) => {}
        }
        tokio::time::sleep(FOLLOW).await;
    }
}
