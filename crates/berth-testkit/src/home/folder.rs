//! The folder of one home, and the ones that killed processes left.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::engine::Engine;

/// Short: the path of PostgreSQL's socket below it must stay under 108 bytes (unix(7)).
const ROOM: &str = "/var/tmp";
const PREFIX: &str = "bt-";
const LOCK: &str = "lock";

/// What a home is for. Its id begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// What everything of tests is swept by, whoever made it.
    #[default]
    Test,
    /// Runs for an hour beside tests, whose sweep must not touch it.
    Soak,
}

impl Purpose {
    const ALL: [Self; 2] = [Self::Test, Self::Soak];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Test => "test-",
            Self::Soak => "soak-",
        }
    }
}

/// A folder that goes when dropped. While it is there, this process holds the lock beside it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    id: String,
    lock_path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes it in `room`; `None` is the usual place.
    pub(super) fn new(purpose: Purpose, room: Option<&Path>) -> io::Result<Self> {
        let lock = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(&format!(".{LOCK}"))
            .tempfile_in(room.unwrap_or(Path::new(ROOM)))?;
        let (lock, lock_path) = lock.keep().map_err(|error| error.error)?;
        lock.try_lock()?;
        let path = lock_path.with_extension("");
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        // Letters of both cases are in the folder's name, so the process stands in the id as well.
        let prefix = purpose.prefix();
        let id = format!("{prefix}{}-{}", std::process::id(), &name[PREFIX.len()..]);
        let folder = Self { path, id, lock_path, _lock: lock };
        fs::create_dir(&folder.path)?;
        fs::create_dir(folder.temporary())?;
        fs::write(folder.path.join("home-id"), &folder.id)?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the program puts what it needs for a moment.
    pub(super) fn temporary(&self) -> PathBuf {
        self.path.join("tmp")
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next home.
        if fs::remove_dir_all(&self.path).is_ok() {
            let _ = fs::remove_file(&self.lock_path);
        }
    }
}

/// Removes everything of homes whose process is gone.
pub(super) async fn sweep(engine: &Engine) {
    let Ok(entries) = fs::read_dir(ROOM) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(PREFIX) && path.extension().is_some_and(|end| end == LOCK) {
            sweep_one(engine, &path).await;
        }
    }
}

async fn sweep_one(engine: &Engine, lock_path: &Path) {
    let Ok(lock) = File::open(lock_path) else { return };
    if lock.try_lock().is_err() {
        return;
    }
    let folder = lock_path.with_extension("");
    let id = fs::read_to_string(folder.join("home-id")).unwrap_or_default();
    if Purpose::ALL.iter().any(|purpose| id.starts_with(purpose.prefix())) {
        engine.remove_all(&id).await;
    }
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {}
        _ => drop(fs::remove_file(lock_path)),
    }
}

/// Removes everything that a home has in the engine, from code that cannot wait: on a thread with a
/// runtime of its own.
pub(super) fn clear_blocking(engine: &Engine, id: &str) {
    let (engine, id) = (engine.clone(), id.to_owned());
    let cleared = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        io::Result::Ok(runtime.block_on(engine.remove_all(&id)))
    });
    // A second panic while one is on its way would end the process; the next home sweeps.
    let _ = cleared.join();
}
