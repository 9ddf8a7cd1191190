//! What is there and belongs to nobody: found again and again, listed, and removed when somebody asks.
//!
//! # Invariants
//!
//! * Nothing is removed by itself: what belongs to nobody may be all that is left of somebody's data.
//! * What was seen is seen before rows are read: whatever is being made has its row first.
//! * What could not be looked at is unknown, never gone.
//! * Of two looks at once, the one that began later has the last word.

mod census;
mod remove;
mod size;
mod survey;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use berth_domain::chain;
use berth_domain::orphan::OrphanName;
use berth_store::orphans::{self as stored, SeenOrphan};
use tokio::sync::Mutex;

pub(crate) use census::{Census, stray_folders, take as census};
pub(crate) use remove::remove;
pub(crate) use size::size;
pub(crate) use survey::{survey, survey_in_full, weigh};

use crate::engine::Inner;
use crate::error::EngineError;
use crate::last_look::LastLook;
use crate::view::OrphansView;

/// The reconciler looks after what runs; what lies about is not in a hurry.
const SCANS: u32 = 2;
/// Whoever removes something and was cut off does not any more after this time.
pub(crate) const REMOVAL: Duration = Duration::from_mins(10);

/// How many there were at the last look, and which look that was.
#[derive(Debug)]
pub(crate) struct Tally {
    count: AtomicI64,
    begun: AtomicU64,
    /// The latest look that has noted what it saw; whoever notes holds it.
    noted: Mutex<u64>,
    pub(crate) last: LastLook<OrphansView>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            count: AtomicI64::new(-1),
            begun: AtomicU64::new(1),
            noted: Mutex::new(0),
            last: LastLook::default(),
        }
    }
}

impl Tally {
    /// `None`: nobody has looked yet.
    pub(crate) fn get(&self) -> Option<i64> {
        let count = self.count.load(Ordering::Relaxed);
        (count >= 0).then_some(count)
    }

    fn set(&self, count: usize) {
        self.count.store(i64::try_from(count).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

/// Looks for as long as the engine lives.
pub(crate) async fn keep(engine: &Inner) {
    loop {
        if let Err(error) = survey_in_full(engine).await {
            tracing::warn!(error = %chain(&error), "cannot look for what belongs to nobody");
        }
        tokio::time::sleep(engine.settings.scan_every * SCANS).await;
    }
}

/// Looks once, and notes what was found, unless a look that began later has done so.
pub(crate) async fn look(engine: &Inner) -> Result<(Census, Vec<SeenOrphan>), EngineError> {
    let tally = &engine.orphans;
    let turn = tally.begun.fetch_add(1, Ordering::Relaxed);
    let census = census(engine).await?;
    let mut noted = tally.noted.lock().await;
    if *noted > turn {
        let mut tx = engine.store.read().await?;
        return Ok((census, stored::list(&mut tx).await?.rows));
    }
    let rows = note(engine, &census).await?;
    tally.set(census.found.len());
    *noted = turn;
    drop(noted);
    Ok((census, rows))
}

/// Notes since when each is there, and forgets what is gone or has an owner now.
async fn note(engine: &Inner, census: &Census) -> Result<Vec<SeenOrphan>, EngineError> {
    let found: BTreeSet<&OrphanName> = census.found.iter().map(|it| &it.thing.name).collect();
    let mut tx = engine.store.read().await?;
    let listed = stored::list(&mut tx).await?;
    drop(tx);
    for error in &listed.unreadable {
        tracing::warn!(%error, "what was noted of an orphan cannot be read");
    }
    let known: BTreeSet<&OrphanName> = listed.rows.iter().map(|row| &row.what).collect();
    let gone: Vec<&OrphanName> =
        known.difference(&found).copied().filter(|what| census.saw(what.kind)).collect();
    let new: Vec<&OrphanName> = found.difference(&known).copied().collect();
    if gone.is_empty() && new.is_empty() {
        return Ok(listed.rows);
    }
    let now = engine.clock.now();
    let mut tx = engine.store.begin().await?;
    for what in gone {
        stored::forget(&mut tx, what).await?;
    }
    for what in new {
        tracing::warn!(orphan = %what, "this belongs to nobody: see `berth orphans list`");
        stored::note(&mut tx, what, now).await?;
    }
    let rows = stored::list(&mut tx).await?.rows;
    tx.commit().await?;
    Ok(rows)
}
