//! Watches the disks of the host, and says whether there is room for something.
//!
//! # Invariants
//!
//! * Whether there is room is decided here and nowhere else, by asking the file system there and then.
//! * People are told once when a disk runs low, once when it is full, and once when it has room again;
//!   what they were told stands in the control database, so a new process does not repeat it.
//! * A disk that does not answer holds up one thread, and nobody who waits for something else.

mod room;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use berth_domain::disk::{DiskLevel, Space, Thresholds};
use berth_domain::{Bytes, Timestamp, chain};
use berth_store::disks::{self, Disk};
use berth_store::events;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::ClusterChoice;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::last_look::LastLook;
use crate::parts::cluster;
use crate::usecase;
use crate::view::DiskView;

pub(crate) use room::{NoRoom, Purpose, room, room_for, spare, until_full};

/// How often to look.
const EVERY: Duration = Duration::from_mins(1);
/// In how many looks once to count what fills them: that goes through many files. Not in the first one, when
/// tenants are started.
const SELDOM: u64 = 15;
/// How long the disks may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known of the host between two looks.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Where the engine keeps images and containers, once it said so.
    engine_root: OnceLock<Option<PathBuf>>,
    /// Held by the thread that looks. While it hangs no other one is sent after it.
    looking: Arc<Mutex<()>>,
    /// What filled the disks when that was counted last.
    pub(crate) last: LastLook<DiskView>,
}

/// A file system that Berth stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What lies there: `home`, `engine`, `cluster`.
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) space: Space,
}

/// Looks for as long as the engine lives.
pub(crate) async fn keep(engine: &Inner) {
    for round in 0_u64.. {
        if let Err(error) = look(engine).await {
            tracing::warn!(error = %chain(&error), "cannot look at the disks");
        }
        if round % SELDOM == 1
            && let Err(error) = usecase::count_disk(engine).await
        {
            tracing::warn!(error = %chain(&error), "cannot count what fills the disks");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Looks at every disk and tells what became of it.
pub(crate) async fn look(engine: &Inner) -> Result<(), EngineError> {
    ask_engine(engine).await;
    let now = engine.clock.now();
    let wanted = wanted(engine);
    let places = in_time(&engine.disk.looking, PATIENCE, move || measured(wanted)).await?;
    let mut tx = engine.store.read().await?;
    let before = disks::list(&mut tx).await?.rows;
    drop(tx);
    let (mut told, mut changed) = (Vec::new(), Vec::new());
    for place in &places {
        let was = before.iter().find(|disk| disk.place == place.name);
        let (disk, news) = judge(&engine.settings.disk, place, was, now);
        if was.map(|was| was.level).unwrap_or_default() != disk.level {
            changed.push(disk.clone());
        }
        told.extend(news.map(|kind| (kind, disk)));
    }
    let is_gone = |disk: &&Disk| places.iter().all(|place| place.name != disk.place);
    let gone: Vec<&Disk> = before.iter().filter(is_gone).collect();
    if changed.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    for disk in &changed {
        disks::put(&mut tx, disk).await?;
    }
    for disk in gone {
        disks::forget(&mut tx, &disk.place).await?;
    }
    for (kind, disk) in &told {
        events::append_to_all(&mut tx, kind, &data(disk), now).await?;
    }
    tx.commit().await?;
    for (kind, disk) in &told {
        tracing::warn!(kind, path = disk.path, space = %disk.space, "a disk of the host");
    }
    if !told.is_empty() {
        engine.announce();
    }
    Ok(())
}

/// Does something on a thread of its own, which is given up when it takes too long.
async fn in_time<T: Send + 'static>(
    looking: &Arc<Mutex<()>>,
    patience: Duration,
    look: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    let hangs = || EngineError::Unavailable("a disk of the host does not answer".to_owned());
    let held = Arc::clone(looking).try_lock_owned().map_err(|_| hangs())?;
    let look = tokio::task::spawn_blocking(move || {
        let _held = held;
        look()
    });
    let found = timeout(patience, look).await.map_err(|_| hangs())?;
    found.map_err(|error| EngineError::Failed(error.to_string()))
}

/// What a disk is now, and the kind of event that tells of it, if it is news.
fn judge(
    thresholds: &Thresholds,
    place: &Place,
    was: Option<&Disk>,
    now: Timestamp,
) -> (Disk, Option<&'static str>) {
    let before = was.map(|disk| disk.level).unwrap_or_default();
    let level = thresholds.next(before, &place.space);
    let news = match (before, level) {
        (DiskLevel::Low | DiskLevel::Full, DiskLevel::Enough) => Some("host.disk_ok"),
        (before, level) if level > before => Some("host.disk_low"),
        _ => None,
    };
    let disk = Disk {
        place: place.name.to_owned(),
        path: place.path.display().to_string(),
        level,
        since: was.filter(|disk| disk.level == level).map_or(now, |disk| disk.since),
        looked_at: now,
        space: place.space,
    };
    (disk, news)
}

fn data(disk: &Disk) -> serde_json::Value {
    let Space { free, total, free_files, total_files } = disk.space;
    json!({
        "place": disk.place, "path": disk.path, "level": disk.level.as_str(),
        "free_bytes": free.0, "total_bytes": total.0,
        "free_files": free_files, "total_files": total_files,
    })
}

async fn ask_engine(engine: &Inner) {
    if engine.disk.engine_root.get().is_none()
        && let Ok(info) = engine.runtime.telemetry.engine().await
    {
        let _ = engine.disk.engine_root.set(info.data_root);
    }
}

/// The file systems that Berth stands on, each once. One that cannot be looked at is left out: the
/// engine may run on another host, the cluster not be made yet.
///
/// A disk may take its time to answer, so a thread waits for it that nobody else needs.
pub(crate) async fn places(engine: &Inner) -> Vec<Place> {
    let wanted = wanted(engine);
    let found = tokio::task::spawn_blocking(move || measured(wanted)).await;
    // It only ends early with the process.
    found.unwrap_or_default()
}

fn wanted(engine: &Inner) -> Vec<(&'static str, PathBuf)> {
    let paths = &engine.settings.paths;
    let mut wanted = vec![("home", paths.home().to_owned())];
    if matches!(engine.settings.cluster, ClusterChoice::Managed(_)) {
        wanted.push(("cluster", paths.cluster(cluster::MAIN)));
    }
    let root = engine.disk.engine_root.get().cloned().flatten();
    wanted.extend(root.map(|root| ("engine", root)));
    wanted
}

fn measured(wanted: Vec<(&'static str, PathBuf)>) -> Vec<Place> {
    let mut seen = BTreeMap::new();
    let mut places = Vec::new();
    for (name, path) in wanted {
        let Some((device, space)) = space_of(&path) else { continue };
        if seen.insert(device, name).is_none() {
            places.push(Place { name, path, space });
        }
    }
    places
}

fn space_of(path: &Path) -> Option<(u64, Space)> {
    let device = std::fs::metadata(path).ok()?.dev();
    space(path).ok().map(|space| (device, space))
}

/// What the file system of a path has.
pub(crate) fn space(path: &Path) -> std::io::Result<Space> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(Space {
        free: Bytes(stat.f_bavail.saturating_mul(stat.f_frsize)),
        total: Bytes(stat.f_blocks.saturating_mul(stat.f_frsize)),
        free_files: stat.f_favail,
        total_files: stat.f_files,
    })
}

#[cfg(test)]
mod tests {
    use berth_domain::disk::Threshold;

    use super::*;

    const THRESHOLDS: Thresholds =
        Thresholds { low: Threshold::Percent(10), full: Threshold::Percent(1) };

    #[tokio::test]
    async fn a_disk_that_does_not_answer_holds_up_one_thread_and_nobody_else() {
        let looking = Arc::new(Mutex::new(()));
        let (answer, waits) = std::sync::mpsc::channel::<()>();

        let first = in_time(&looking, Duration::ZERO, move || waits.recv()).await;
        let second = in_time(&looking, PATIENCE, || "a thread too many").await;
        answer.send(()).unwrap();
        drop(looking.lock().await);
        let third = in_time(&looking, PATIENCE, || "there again").await;

        assert!(matches!(first, Err(EngineError::Unavailable(_))), "{first:?}");
        assert!(matches!(second, Err(EngineError::Unavailable(_))), "{second:?}");
        assert_eq!(third.unwrap(), "there again");
    }

    #[test]
    fn each_level_is_told_once() {
        let place = |free| Place {
            name: "home",
            path: "/h".into(),
            space: Space { free: Bytes(free), total: Bytes(1000), ..Space::default() },
        };
        let mut was = None;
        let mut told = Vec::new();
        for free in [500, 99, 90, 9, 8, 50, 105, 500, 500] {
            let (disk, news) = judge(&THRESHOLDS, &place(free), was.as_ref(), Timestamp::default());
            told.extend(news.map(|kind| (free, kind, disk.level.as_str())));
            was = Some(disk);
        }

        assert_eq!(
            told,
            [
                (99, "host.disk_low", "low"),
                (9, "host.disk_low", "full"),
                (500, "host.disk_ok", "enough")
            ]
        );
    }
}
