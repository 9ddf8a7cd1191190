//! What takes the space of an installation, and how it is got back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use berth_domain::{Actor, Bytes, ObjectName};
use berth_store::{blueprints, disks, storage};
use tokio_util::sync::CancellationToken;

use crate::engine::Inner;
use crate::error::EngineError;
use crate::logs;
use crate::view::{DiskView, PlaceView, Seen, SpaceView};
use crate::{Engine, orphans, storage as counting};

impl Engine {
    /// Says how full the disks are and what fills them, by kind. What belongs to tenants is as old as
    /// their last measurement; the rest is counted now.
    pub async fn disk(&self, _actor: &Actor) -> Result<DiskView, EngineError> {
        look_around(&self.0).await
    }

    /// The same as it was counted last, without counting. `None`: this process has not counted yet.
    #[must_use]
    pub fn disk_seen(&self, _actor: &Actor) -> Option<Arc<Seen<DiskView>>> {
        self.0.disk.last.get()
    }
}

/// Counts everything, and keeps what was found for whoever does not wait.
pub(crate) async fn look_around(engine: &Inner) -> Result<DiskView, EngineError> {
    let mut tx = engine.store.read().await?;
    let tenants = storage::all(&mut tx).await?.rows;
    let blueprints = blueprints::list(&mut tx).await?.rows;
    let seen = disks::list(&mut tx).await?.rows;
    drop(tx);
    let measured = tenants.iter().filter_map(|(_, one)| Some(one.measured?.0));
    let (mut database, mut files) = (0, 0);
    for one in measured {
        database += one.database.0;
        files += one.files.0;
    }
    let stray = orphans::stray_folders(engine).await?;
    let of_blueprints = blueprints.iter().filter_map(|one| Some(one.size?.0)).sum::<u64>();
    let counted = count(engine, stray).await?;
    let tenants_hint = "delete a tenant with `berth tenant delete NAME`";
    let uses = vec![
        space("databases of tenants", Bytes(database), Some(tenants_hint)),
        space("files of tenants", Bytes(files), Some(tenants_hint)),
        space(
            "blueprints",
            Bytes(of_blueprints + counted.blueprints.0),
            Some("lower `operations.blueprint_keep`; they are built again when needed"),
        ),
        space("kept logs", counted.logs, Some("lower `logs.keep` or `logs.max_per_tenant`")),
        space(
            "copies of the control database",
            counted.backups,
            Some("remove old files in `backups` and beside `berth.db`"),
        ),
        space(
            "backups that were sent in",
            counted.uploads,
            Some("remove one with `berth upload remove ID`, or lower `uploads.keep_hours`"),
        ),
        space(
            "folders that belong to nobody",
            counted.stray,
            Some("see `berth orphans list`, then `berth orphans remove`"),
        ),
        space("control database", counted.control, None),
        space("images", images(engine).await, Some("remove old ones with `docker image prune`")),
    ];
    let places = crate::disk::places(engine).await.into_iter().map(|place| PlaceView {
        level: engine.settings.disk.level(&place.space),
        since: seen.iter().find(|disk| disk.place == place.name).map(|disk| disk.since),
        name: place.name,
        path: place.path,
        space: place.space,
    });
    let disk = DiskView { places: places.collect(), uses };
    engine.disk.last.keep(disk.clone(), engine.clock.now());
    Ok(disk)
}

/// The images that are run when nobody asks for another one.
async fn images(engine: &Inner) -> Bytes {
    let mut bytes = 0;
    for reference in [&engine.settings.odoo_image, &engine.settings.postgres_image] {
        if let Ok(Some(found)) = engine.runtime.images.find(reference).await {
            bytes += found.size.0;
        }
    }
    Bytes(bytes)
}

fn space(kind: &'static str, bytes: Bytes, hint: Option<&'static str>) -> SpaceView {
    SpaceView { kind, bytes, hint }
}

#[derive(Default)]
struct Counted {
    blueprints: Bytes,
    logs: Bytes,
    backups: Bytes,
    uploads: Bytes,
    stray: Bytes,
    control: Bytes,
}

/// Counts what no table knows, on a thread that ends when nobody waits for it.
async fn count(engine: &Inner, stray: Vec<ObjectName>) -> Result<Counted, EngineError> {
    let paths = engine.settings.paths.clone();
    let stop = CancellationToken::new();
    let _waiting = stop.clone().drop_guard();
    let work = move || {
        let home = paths.home();
        let mut counted = Counted {
            blueprints: folder(&home.join("blueprints"), &stop)?,
            backups: folder(&home.join("backups"), &stop)?,
            uploads: folder(&paths.uploads(), &stop)?,
            ..Counted::default()
        };
        for cluster in paths.clusters()? {
            counted.logs.0 += logs::size(&paths.cluster_logs(&cluster))?.0;
        }
        for object in paths.objects()? {
            let paths = paths.object(&object);
            if stray.contains(&object) {
                let bytes = folder(paths.root(), &stop)?.0;
                counted.stray.0 += bytes;
                if paths.root().starts_with(home.join("blueprints")) {
                    counted.blueprints.0 = counted.blueprints.0.saturating_sub(bytes);
                }
            } else {
                counted.logs.0 += logs::size(&paths.logs())?.0;
            }
        }
        for path in control_files(home)? {
            let bytes = std::fs::metadata(&path).map_or(0, |there| there.len());
            let is_live = path.extension().is_none_or(|end| end != "backup");
            let kind = if is_live { &mut counted.control } else { &mut counted.backups };
            kind.0 += bytes;
        }
        Ok(counted)
    };
    let counted = engine.file_work.spawn_blocking(work).await;
    let counted: std::io::Result<Counted> = counted.map_err(std::io::Error::other).flatten();
    counted.map_err(|source| EngineError::Io {
        what: "cannot count what is in the home folder".to_owned(),
        source,
    })
}

fn folder(path: &Path, stop: &CancellationToken) -> std::io::Result<Bytes> {
    if path.is_dir() { Ok(counting::count(path, stop)?.bytes) } else { Ok(Bytes(0)) }
}

/// The control database, where it is a file of the home, and copies of it.
fn control_files(home: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(home)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("berth.db") {
            files.push(entry.path());
        }
    }
    Ok(files)
}
