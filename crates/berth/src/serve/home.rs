//! The home folder of one installation, driven by one process.
//!
//! # Invariants
//!
//! * Whoever holds the lock is alive: the kernel frees it with the process, however that ends.
//! * `serve.pid` names the process that holds the lock.
//! * The id of a home is made once and never changes: engine objects carry it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::system;

const LOCK: &str = "serve.lock";
const PID: &str = "serve.pid";
const ID: &str = "home-id";

/// A home.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    id: String,
    folder: PathBuf,
}

/// The lock of a home, held by this process until the value goes.
#[derive(Debug)]
pub(crate) struct HomeLock {
    folder: PathBuf,
    file: File,
}

/// Why the home cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HomeError {
    #[error("another `berth serve` (process {pid}) holds `{}`: stop it with `berth service stop`", folder.display())]
    Held { folder: PathBuf, pid: String },

    #[error("`{}` does not hold the id of a home: restore it, or move the home away", path.display())]
    CrookedId { path: PathBuf },

    #[error("cannot use `{}`", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Home {
    /// Makes the folder if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, HomeError> {
        // Others pass through it to sockets and folders that are theirs, and read nothing.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(folder)
            .map_err(|source| HomeError::Io { path: folder.to_owned(), source })?;
        Ok(Self { id: id(folder)?, folder: folder.to_owned() })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the lock, or fails with [`HomeError::Held`]. Returns at once.
    pub(crate) fn lock(&self) -> Result<HomeLock, HomeError> {
        let path = self.folder.join(LOCK);
        let failed = |source| HomeError::Io { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        if file.try_lock().is_err() {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let pid = if pid.trim().is_empty() { "?" } else { pid.trim() }.to_owned();
            return Err(HomeError::Held { folder: self.folder.clone(), pid });
        }
        let pid = std::process::id().to_string();
        note(&mut file, &pid).map_err(failed)?;
        let lock = HomeLock { folder: self.folder.clone(), file };
        let path = lock.pid_file();
        std::fs::write(&path, &pid).map_err(|source| HomeError::Io { path, source })?;
        Ok(lock)
    }
}

impl HomeLock {
    /// Whether the file that is locked is still the one that others would lock. Somebody may have
    /// removed it.
    pub(crate) fn is_valid(&self) -> bool {
        let there = std::fs::metadata(self.folder.join(LOCK));
        match (self.file.metadata(), there) {
            (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
            _ => false,
        }
    }

    fn pid_file(&self) -> PathBuf {
        self.folder.join(PID)
    }
}

impl Drop for HomeLock {
    /// Forgets the process before the file, and the lock with it, is closed.
    fn drop(&mut self) {
        let named = std::fs::read_to_string(self.pid_file()).unwrap_or_default();
        if named.trim() == std::process::id().to_string() {
            let _ = std::fs::remove_file(self.pid_file());
        }
    }
}

fn note(file: &mut File, text: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// Reads the id of the home, or makes one.
fn id(folder: &Path) -> Result<String, HomeError> {
    let path = folder.join(ID);
    let failed = |source| HomeError::Io { path: path.clone(), source };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let id = text.trim();
            let is_id = (4..=32).contains(&id.len())
                && id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            if is_id { Ok(id.to_owned()) } else { Err(HomeError::CrookedId { path }) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_id(folder, &path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Makes an id. Of two processes that do so at once one is the first, and both have its id.
fn make_id(folder: &Path, path: &Path) -> io::Result<String> {
    let bytes: [u8; 6] = system::random_bytes()?;
    let id = bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let beside = folder.join(format!(".home-id.{}", std::process::id()));
    let mut file = File::create(&beside)?;
    file.write_all(id.as_bytes())?;
    file.sync_all()?;
    // Unlike a rename, a link never replaces what is there.
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    match linked {
        Ok(()) => {
            File::open(folder)?.sync_all()?;
            Ok(id)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Ok(std::fs::read_to_string(path)?.trim().to_owned())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A program that another test starts at this moment inherits the lock until it has begun.
    fn lock_once_free(home: &Home) -> HomeLock {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(berth_testkit::wait::until_some(Duration::from_secs(10), async || {
            home.lock().ok()
        }))
    }

    #[test]
    fn a_home_is_held_by_one_process_and_keeps_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();

        let first = home.lock().unwrap();
        let second = home.lock().unwrap_err().to_string();
        let pid = std::fs::read_to_string(folder.path().join(PID)).unwrap();
        drop(first);

        assert_eq!(pid, std::process::id().to_string());
        assert!(second.contains(&format!("process {pid}")), "{second}");
        assert!(!folder.path().join(PID).exists());
        assert!(lock_once_free(&home).is_valid());
        assert_eq!(Home::open(folder.path()).unwrap().id(), home.id());
    }

    #[test]
    fn the_process_that_took_over_is_not_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Home::open(folder.path()).unwrap().lock().unwrap();
        std::fs::write(folder.path().join(PID), "1").unwrap();

        drop(lock);

        assert_eq!(std::fs::read_to_string(folder.path().join(PID)).unwrap(), "1");
    }

    #[test]
    fn a_lock_whose_file_was_removed_is_worth_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let lock = home.lock().unwrap();

        std::fs::remove_file(folder.path().join(LOCK)).unwrap();

        assert!(!lock.is_valid());
    }

    #[test]
    fn a_crooked_id_is_refused_instead_of_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ID), "../../etc").unwrap();

        let refused = Home::open(folder.path()).unwrap_err().to_string();

        assert!(refused.contains("does not hold the id of a home"), "{refused}");
    }
}
