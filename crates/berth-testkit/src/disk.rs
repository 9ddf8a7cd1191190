//! A small disk of its own: a file that is mounted, so that it can be full without anybody else noticing.
//!
//! # Invariants
//!
//! * It is unmounted when dropped. One that a killed process left mounted is unmounted before it is used
//!   again.
//! * The file is sparse: it takes what is really written, not what it could hold.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::program::run;

/// What fills the disk.
const BALLAST: &str = "ballast";

/// A mounted disk.
#[derive(Debug)]
pub struct Disk {
    place: PathBuf,
}

impl Disk {
    /// Mounts the disk in `image` at `place`, both made when they are not there. Needs root.
    pub fn mount(image: &Path, bytes: u64, place: &Path) -> io::Result<Self> {
        unmount_all(place);
        fs::create_dir_all(place)?;
        if !image.exists() {
            // Made beside and renamed: half a file system is no file system.
            let beside = image.with_extension("half");
            File::create(&beside)?.set_len(bytes)?;
            run("mkfs.ext4", &["-q", "-m", "0", "-E", "lazy_itable_init=1", text(&beside)?])?;
            fs::rename(&beside, image)?;
        }
        run("mount", &["-o", "loop", text(image)?, text(place)?])?;
        let disk = Self { place: place.to_owned() };
        disk.clear()?;
        Ok(disk)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.place
    }

    /// Takes all the space there is, but for so many bytes.
    pub fn fill(&self, but: u64) -> io::Result<()> {
        let ballast = File::options().create(true).append(true).open(self.ballast())?;
        let mut step = 1 << 30;
        while step >= 4096 {
            let length = ballast.metadata()?.len();
            let free = self.free()?.saturating_sub(but);
            let flags = rustix::fs::FallocateFlags::empty();
            match rustix::fs::fallocate(&ballast, flags, length, step.min(free).max(4096)) {
                Ok(()) if self.free()? > but => {}
                Ok(()) => break,
                // The last blocks only go in small pieces.
                Err(rustix::io::Errno::NOSPC) => step /= 2,
                Err(error) => return Err(error.into()),
            }
        }
        ballast.sync_all()
    }

    /// Gives the space back.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_file(self.ballast()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// How many bytes are free.
    pub fn free(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.place)?;
        Ok(stat.f_bavail * stat.f_frsize)
    }

    fn ballast(&self) -> PathBuf {
        self.place.join(BALLAST)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.clear();
        unmount_all(&self.place);
    }
}

/// Unmounts whatever is mounted at a place, however often. What is busy goes when it is not.
pub(crate) fn unmount_all(place: &Path) {
    let is_mounted = || {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        mounts.lines().any(|line| line.split(' ').nth(1).map(Path::new) == Some(place))
    };
    while is_mounted() {
        let Ok(place) = text(place) else { return };
        if run("umount", &["--lazy", place]).is_err() {
            return;
        }
    }
}

fn text(path: &Path) -> io::Result<&str> {
    path.to_str().ok_or_else(|| io::Error::other("paths of tests are UTF-8"))
}
