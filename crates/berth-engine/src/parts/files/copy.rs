//! Copying a filestore.
//!
//! # Invariants
//!
//! * Blocks are shared where the file system can (reflink); files never are.
//! * A copy that was cut off is finished by copying again: whole files are kept, half ones replaced.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use berth_runtime::UserIds;

use super::wanted::Wanted;

/// Copies everything below `from` to below `to`, owned by `user`. Links and devices, which a
/// filestore never holds, are refused. Ends early, with an error, when nobody wants it any more.
pub(super) fn tree(from: &Path, to: &Path, user: UserIds, wanted: &Wanted) -> io::Result<()> {
    fs::create_dir_all(to)?;
    super::own(to, user)?;
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        // A database without attachments has no filestore.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        wanted.check()?;
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            tree(&source, &target, user, wanted)?;
        } else if kind.is_file() {
            file(&source, &target, user)?;
        } else {
            let text = format!("`{}` is neither a file nor a folder", source.display());
            return Err(io::Error::other(text));
        }
    }
    Ok(())
}

fn file(source: &Path, target: &Path, user: UserIds) -> io::Result<()> {
    let length = fs::metadata(source)?.len();
    // A blob is named by its content, so one of the right length is the right one.
    match fs::symlink_metadata(target) {
        Ok(there) if there.is_file() && there.len() == length => return super::own(target, user),
        Ok(_) => fs::remove_file(target)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    reflink_copy::reflink_or_copy(source, target)?;
    super::own(target, user)
}

/// Returns when everything on the file system of a folder is on disk.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    let folder: File = OpenOptions::new().read(true).open(folder)?;
    rustix::fs::syncfs(&folder).map_err(io::Error::from)
}
