//! The file that says whose a filestore is.
//!
//! A disk that is not mounted looks like an empty folder, and Odoo makes the folders that it misses.
//! Only where this file is are the tenant's own files.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use berth_domain::TenantId;
use berth_domain::reconcile::Files;
use rustix::fs::OFlags;

use crate::paths::ObjectPaths;

/// Odoo's own files are in folders of two letters.
pub(crate) const NAME: &str = ".berth-tenant";
/// Odoo reads it when it makes a backup, which fails on files that it cannot read.
const MODE: u32 = 0o644;
/// More than an id is not read.
const LONGEST: u64 = 100;

/// Marks the filestore, which must be there.
pub(crate) fn write(paths: &ObjectPaths, tenant: TenantId) -> io::Result<()> {
    let place = paths.filestore().join(NAME);
    let beside = place.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file =
        std::fs::OpenOptions::new().create_new(true).write(true).mode(MODE).open(&beside)?;
    // Whatever the umask is.
    file.set_permissions(std::fs::Permissions::from_mode(MODE))?;
    file.write_all(format!("{tenant}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, place)?;
    // The name is in the folder, which has a cache of its own (fsync(2)).
    File::open(paths.filestore())?.sync_all()
}

/// Looks whose the filestore is.
pub(crate) fn inspect(paths: &ObjectPaths, tenant: TenantId) -> io::Result<Files> {
    if !has_filestore(paths)? {
        return Ok(Files::Missing);
    }
    match read(&paths.filestore().join(NAME)) {
        Ok(text) if text.trim() == tenant.to_string() => Ok(Files::Marked),
        Ok(_) => Ok(Files::OfAnother),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Files::Unmarked),
        Err(error) => Err(error),
    }
}

/// What stands in the marker, which may be empty: then there is none. `None`: there is no filestore.
pub(crate) fn owner(paths: &ObjectPaths) -> io::Result<Option<String>> {
    if !has_filestore(paths)? {
        return Ok(None);
    }
    match read(&paths.filestore().join(NAME)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(String::new())),
        Err(error) => Err(error),
    }
}

/// Whether there is a filestore of the object's own. The tenant may put a link in the place of a
/// folder, which leads to somebody else's files.
pub(super) fn has_filestore(paths: &ObjectPaths) -> io::Result<bool> {
    for folder in [paths.data(), paths.data().join("filestore"), paths.filestore()] {
        match std::fs::symlink_metadata(folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Reads a file in a folder that the tenant may write to: it may be a pipe, a link or endless.
fn read(path: &Path) -> io::Result<String> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).expect("flags of open(2) are an int");
    let file = std::fs::OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let mut text = Vec::new();
    if file.metadata()?.is_file() {
        file.take(LONGEST).read_to_end(&mut text)?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Paths;

    #[test]
    fn a_filestore_is_known_by_its_marker() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [1, 2].map(|n| TenantId::from_uuid(Uuid::from_u128(n)));
        let paths = Paths::new(folder.path().to_owned()).object(&one.object_name());

        assert_eq!(inspect(&paths, one).unwrap(), Files::Missing);

        std::fs::create_dir_all(paths.filestore()).unwrap();
        assert_eq!(inspect(&paths, one).unwrap(), Files::Unmarked);

        write(&paths, one).unwrap();
        let mode = paths.filestore().join(NAME).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, MODE, "a backup by Odoo fails on what it cannot read");
        assert_eq!(inspect(&paths, one).unwrap(), Files::Marked);
        assert_eq!(inspect(&paths, other).unwrap(), Files::OfAnother);
    }
}
