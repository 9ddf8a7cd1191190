//! Removing a folder, so that what is left of one that was half removed is nobody's.
//!
//! # Invariants
//!
//! * The marker goes first, for good: a filestore that misses files is never taken for a whole one.
//! * Nothing is followed out of the folder: a tenant may have put links into it.
//! * A removal that was cut off is finished by removing again.

use std::fs::{self, File};
use std::io;

use super::marker;
use super::wanted::Wanted;
use crate::paths::ObjectPaths;

/// Removes the folder of a tenant or blueprint. Ends early, with an error, when nobody wants it any
/// more.
pub(super) fn folder(paths: &ObjectPaths, wanted: &Wanted) -> io::Result<()> {
    if marker::has_filestore(paths)? {
        unmark(paths)?;
        // The bulk of it, piece by piece.
        for entry in fs::read_dir(paths.filestore())? {
            wanted.check()?;
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                gone(fs::remove_dir_all(entry.path()))?;
            } else {
                gone(fs::remove_file(entry.path()))?;
            }
        }
    }
    wanted.check()?;
    gone(fs::remove_dir_all(paths.root()))
}

fn unmark(paths: &ObjectPaths) -> io::Result<()> {
    match fs::remove_file(paths.filestore().join(marker::NAME)) {
        // Something else of that name says of nobody whose the files are.
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {}
        result => gone(result)?,
    }
    // The name is in the folder, which has a cache of its own (fsync(2)).
    File::open(paths.filestore())?.sync_all()
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use berth_domain::TenantId;
    use uuid::Uuid;

    use super::*;
    use crate::Paths;

    fn filled(home: &Path) -> (TenantId, ObjectPaths) {
        let id = TenantId::from_uuid(Uuid::from_u128(1));
        let paths = Paths::new(home.to_owned()).object(&id.object_name());
        for folder in [paths.conf(), paths.filestore().join("ab")] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(paths.filestore().join("ab/abcd"), "a file").unwrap();
        marker::write(&paths, id).unwrap();
        (id, paths)
    }

    #[test]
    fn a_removal_that_was_cut_off_leaves_nothing_that_looks_whole() {
        let home = tempfile::tempdir().unwrap();
        let (_, paths) = filled(home.path());
        let (waiting, wanted) = Wanted::new();
        drop(waiting);

        let cut_off = folder(&paths, &wanted).unwrap_err();

        assert_eq!(cut_off.kind(), io::ErrorKind::Interrupted);
        assert!(paths.filestore().join("ab/abcd").exists(), "it was cut off before the files");
        assert_eq!(marker::owner(&paths).unwrap(), Some(String::new()), "nobody's");

        let (_waiting, wanted) = Wanted::new();
        folder(&paths, &wanted).unwrap();
        folder(&paths, &wanted).unwrap();
        assert!(!paths.root().exists());
    }

    #[test]
    fn a_link_in_the_place_of_a_folder_leads_to_nobody_elses_files() {
        let (home, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (_, paths) = filled(home.path());
        let (id, theirs) = filled(elsewhere.path());
        fs::remove_dir_all(paths.filestore()).unwrap();
        std::os::unix::fs::symlink(theirs.filestore(), paths.filestore()).unwrap();
        let (_waiting, wanted) = Wanted::new();

        folder(&paths, &wanted).unwrap();

        assert!(!paths.root().exists());
        assert_eq!(marker::owner(&theirs).unwrap().unwrap().trim(), id.to_string());
        assert!(theirs.filestore().join("ab/abcd").exists());
    }
}
