//! The stored files of a tenant, for an archive.
//!
//! # Invariants
//!
//! * The tenant may write where these files are, and move things meanwhile. No link of its making is
//!   followed, at no level: each folder is opened in the one before it, and each file in its folder
//!   (openat(2), `O_NOFOLLOW`).
//! * Only what Odoo stores is packed: files named by their SHA-1, and marks of them.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use berth_domain::ObjectName;
use berth_odoo::archive::ArchiveWriter;
use berth_odoo::filestore::is_blob_name;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Dir, Mode, OFlags, openat};
use rustix::io::Errno;

/// Odoo's marks of files that it wants to look at again (`ir_attachment._mark_for_gc`).
const MARKS: &str = "checklist";

/// Packs everything that is stored below `<data>/filestore/<object>` under `name`.
///
/// A filestore that is not there is an empty one; a link or a file in its place is an error.
pub(super) fn add<W: Write>(
    zip: &mut ArchiveWriter<W>,
    (data, object): (&Path, &ObjectName),
    name: &str,
) -> io::Result<()> {
    let Some(data) = folder(CWD, data)? else { return Ok(()) };
    let Some(all) = folder(data.as_fd(), "filestore")? else { return Ok(()) };
    let Some(own) = folder(all.as_fd(), object.as_str())? else { return Ok(()) };
    add_blobs(zip, own.as_fd(), name)?;
    match folder(own.as_fd(), MARKS)? {
        Some(marks) => add_blobs(zip, marks.as_fd(), &format!("{name}/{MARKS}")),
        None => Ok(()),
    }
}

/// Packs the files of a folder of folders.
fn add_blobs<W: Write>(
    zip: &mut ArchiveWriter<W>,
    within: BorrowedFd<'_>,
    name: &str,
) -> io::Result<()> {
    for two in names(within)? {
        if two.len() != 2 {
            continue;
        }
        // Whatever else stands there is none of Odoo's.
        let Ok(Some(inner)) = folder(within, two.as_str()) else { continue };
        for file in names(inner.as_fd())? {
            let blob = format!("{two}/{file}");
            if is_blob_name(&blob)
                && let Some(mut content) = content(inner.as_fd(), &file)?
            {
                zip.begin(&format!("{name}/{blob}"))?;
                io::copy(&mut content, zip)?;
            }
        }
    }
    Ok(())
}

/// The names in a folder, in their order, as far as they can be read as text.
fn names(folder: BorrowedFd<'_>) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let text = entry?.file_name().to_str().map(str::to_owned);
        names.extend(text.ok().filter(|name| name != "." && name != ".."));
    }
    names.sort();
    Ok(names)
}

/// Opens a folder that is no link. `None`: it is not there.
fn folder(within: BorrowedFd<'_>, name: impl rustix::path::Arg) -> io::Result<Option<OwnedFd>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match openat(within, name, flags, Mode::empty()) {
        Ok(folder) => Ok(Some(folder)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens a file that is a file. `None`: it is something else, or went meanwhile: Odoo collects garbage,
/// and what went is in no row that was dumped as needed.
fn content(within: BorrowedFd<'_>, name: &str) -> io::Result<Option<File>> {
    // A pipe must not keep this thread waiting.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match openat(within, name, flags, Mode::empty()) {
        Ok(file) => {
            let file = File::from(file);
            Ok(file.metadata()?.is_file().then_some(file))
        }
        Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    const BLOB: &str = "0a/0a4d55a8d778e5022fab701977c5d840bbc486d0";

    struct Tenant {
        folder: tempfile::TempDir,
        object: ObjectName,
    }

    impl Tenant {
        fn new() -> Self {
            let tenant = Self {
                folder: tempfile::tempdir().unwrap(),
                object: "t_00000000aa".parse().unwrap(),
            };
            std::fs::create_dir_all(tenant.filestore()).unwrap();
            tenant
        }

        fn data(&self) -> PathBuf {
            self.folder.path().join("data")
        }

        fn filestore(&self) -> PathBuf {
            self.data().join("filestore").join(self.object.as_str())
        }

        fn put(&self, name: &str) {
            let path = self.filestore().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "content").unwrap();
        }

        /// Somewhere else on the host, with a file that looks like one of Odoo's.
        fn elsewhere(&self) -> PathBuf {
            let elsewhere = self.folder.path().join("elsewhere");
            std::fs::create_dir_all(elsewhere.join("0a")).unwrap();
            std::fs::write(elsewhere.join(BLOB), "secret").unwrap();
            elsewhere
        }

        fn packed(&self) -> io::Result<Vec<String>> {
            let mut zip = ArchiveWriter::new(Vec::new());
            add(&mut zip, (&self.data(), &self.object), "filestore")?;
            let written = zip.finish()?;
            let text = String::from_utf8_lossy(&written);
            let names = text.split("PK\u{1}\u{2}").skip(1);
            let name = |record: &str| record.find("filestore/").map(|at| record[at..].to_owned());
            let cut =
                |name: String| name.chars().take_while(char::is_ascii_graphic).collect::<String>();
            Ok(names.filter_map(name).map(cut).collect())
        }
    }

    #[test]
    fn what_odoo_stores_is_packed_and_nothing_else() {
        let tenant = Tenant::new();
        for name in [BLOB, "checklist/0a/0a4d55a8d778e5022fab701977c5d840bbc486d0"] {
            tenant.put(name);
        }
        for name in [".berth-tenant", "notes.txt", "0a/notes.txt", "deeper/still/more"] {
            tenant.put(name);
        }

        let packed = tenant.packed().unwrap();

        assert_eq!(packed.len(), 2, "{packed:?}");
        assert!(packed[0].starts_with(&format!("filestore/{BLOB}")), "{packed:?}");
        assert!(packed[1].starts_with(&format!("filestore/checklist/{BLOB}")), "{packed:?}");
    }

    #[test]
    fn a_link_in_the_place_of_the_filestore_is_not_followed() {
        let tenant = Tenant::new();
        std::fs::remove_dir(tenant.filestore()).unwrap();
        symlink(tenant.elsewhere(), tenant.filestore()).unwrap();

        assert!(tenant.packed().is_err());
    }

    #[test]
    fn links_and_pipes_inside_are_left_out() {
        let tenant = Tenant::new();
        let elsewhere = tenant.elsewhere();
        symlink(elsewhere.join("0a"), tenant.filestore().join("0a")).unwrap();
        std::fs::create_dir(tenant.filestore().join("7f")).unwrap();
        let [link, pipe] = ["7f2ababa423061c509f4923dd04b6cf1", "7f2ababa423061c509f4923dd04b6cf2"]
            .map(|start| tenant.filestore().join("7f").join(format!("{start}00000000")));
        symlink(elsewhere.join(BLOB), link).unwrap();
        rustix::fs::mknodat(CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();

        assert_eq!(tenant.packed().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_filestore_that_is_not_there_is_an_empty_one() {
        let tenant = Tenant::new();
        std::fs::remove_dir_all(tenant.data()).unwrap();

        assert_eq!(tenant.packed().unwrap(), Vec::<String>::new());
    }
}
