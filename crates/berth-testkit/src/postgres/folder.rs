//! The folder of one server, and the ones that killed processes left.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use super::tools::User;

const PREFIX: &str = "berth-test-pg-";
const LOCK: &str = "lock";
/// Where the kernel keeps files in memory, on most machines: databases are made and dropped there
/// without waiting for a disk.
const IN_MEMORY: &str = "/dev/shm";
/// How much must be free there. Tests keep a few dozen small databases.
const ROOM: u64 = 4 << 30;

/// A folder that goes when dropped. While it is there, this process holds the lock beside it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl Folder {
    pub(super) fn new(user: Option<User>) -> io::Result<Self> {
        let lock = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(&format!(".{LOCK}"))
            .tempfile_in(if has_room(Path::new(IN_MEMORY)) {
                PathBuf::from(IN_MEMORY)
            } else {
                std::env::temp_dir()
            })?;
        let (lock, lock_path) = lock.keep().map_err(|error| error.error)?;
        lock.try_lock()?;
        let path = lock_path.with_extension("");
        let folder = Self { path, lock_path, _lock: lock };
        fs::create_dir(&folder.path)?;
        fs::set_permissions(&folder.path, fs::Permissions::from_mode(0o700))?;
        if let Some(user) = user {
            chown(&folder.path, Some(user.uid), Some(user.gid))?;
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("log")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next server.
        if fs::remove_dir_all(&self.path).is_ok() {
            let _ = fs::remove_file(&self.lock_path);
        }
    }
}

fn has_room(folder: &Path) -> bool {
    let free = rustix::fs::statvfs(folder).map(|found| found.f_bavail * found.f_frsize);
    free.is_ok_and(|free| free >= ROOM)
}

/// Removes the folders of servers whose process is gone, as far as that is allowed.
pub(super) fn sweep() {
    let rooms = [std::env::temp_dir(), PathBuf::from(IN_MEMORY)];
    let entries = rooms.iter().filter_map(|room| fs::read_dir(room).ok()).flatten();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(PREFIX) && path.extension().is_some_and(|end| end == LOCK) {
            let _ = remove_if_left(&path);
        }
    }
}

fn remove_if_left(lock_path: &Path) -> io::Result<()> {
    let lock = File::open(lock_path)?;
    lock.try_lock()?;
    match fs::remove_dir_all(lock_path.with_extension("")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::remove_file(lock_path)
}

/// Returns 32 random hexadecimal digits.
pub(super) fn random_word() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u128::from_ne_bytes(bytes)).map(|number| format!("{number:032x}"))
}
