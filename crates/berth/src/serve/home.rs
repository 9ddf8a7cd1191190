//! The home folder of one installation, held by one process.
//!
//! # Invariants
//!
//! * Whoever holds the lock is alive: the kernel frees it with the process, however that ends.
//! * The id of a home is made once and never changes: engine objects carry it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::system;

const LOCK: &str = "serve.lock";
const PID: &str = "serve.pid";
const ID: &str = "home-id";

/// A home that this process holds.
#[derive(Debug)]
pub(crate) struct Home {
    id: String,
    folder: PathBuf,
    /// Held until the process ends.
    _lock: File,
}

/// Why the home cannot be taken over.
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
    /// Makes the folder if there is none, and locks it.
    pub(crate) fn take(folder: &Path) -> Result<Self, HomeError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| HomeError::Io { path, source }
        };
        // Others pass through it to sockets and folders that are theirs, and read nothing.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(folder)
            .map_err(failed(folder))?;
        let path = folder.join(LOCK);
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed(&path))?;
        if lock.try_lock().is_err() {
            let mut pid = String::new();
            let _ = lock.read_to_string(&mut pid);
            let pid = if pid.trim().is_empty() { "?" } else { pid.trim() }.to_owned();
            return Err(HomeError::Held { folder: folder.to_owned(), pid });
        }
        let pid = std::process::id().to_string();
        note(&mut lock, &pid).map_err(failed(&path))?;
        let pid_file = folder.join(PID);
        std::fs::write(&pid_file, &pid).map_err(failed(&pid_file))?;
        Ok(Self { id: id(folder)?, folder: folder.to_owned(), _lock: lock })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join(PID));
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
            let bytes: [u8; 6] = system::random_bytes().map_err(failed)?;
            let id = bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            let beside = folder.join(".home-id");
            let mut file = File::create(&beside).map_err(failed)?;
            file.write_all(id.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            std::fs::rename(&beside, &path).map_err(failed)?;
            // The name is in the folder, which has a cache of its own (fsync(2)).
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
            Ok(id)
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A program that another test starts at this moment inherits the lock until it has begun.
    fn take_once_free(folder: &Path) -> Home {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(berth_testkit::wait::until_some(Duration::from_secs(10), async || {
            Home::take(folder).ok()
        }))
    }

    #[test]
    fn a_home_is_held_by_one_process_and_keeps_its_id() {
        let folder = tempfile::tempdir().unwrap();

        let first = Home::take(folder.path()).unwrap();
        let second = Home::take(folder.path()).unwrap_err().to_string();
        let id = first.id().to_owned();
        drop(first);

        assert!(second.contains(&format!("process {}", std::process::id())), "{second}");
        assert_eq!(take_once_free(folder.path()).id(), id);
    }

    #[test]
    fn a_crooked_id_is_refused_instead_of_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ID), "../../etc").unwrap();

        let refused = Home::take(folder.path()).unwrap_err().to_string();

        assert!(refused.contains("does not hold the id of a home"), "{refused}");
    }
}
