//! `berth tenant eject`
//!
//! # Invariants
//!
//! * Nothing is written outside of the folder, whatever the archive says: only the names that a kit
//!   has are unpacked.
//! * A folder that holds something is not touched.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use berth_domain::{Bytes, ObjectName, TenantName};
use berth_odoo::archive::{Archive, ArchiveLimits, Named};
use berth_odoo::filestore::is_blob_name;
use serde_json::json;

use super::export;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::Interrupt;

/// What is sent, until it is unpacked.
const SENT: &str = ".eject.zip";
const FILES: [&str; 7] = [
    "compose.yaml",
    "README.md",
    "odoo/odoo.conf",
    "init/roles.sql",
    "init/prepare.sh",
    "init/restore.sh",
    "data/database.dump",
];

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// The folder to write: a new one, or one that is empty
    dir: PathBuf,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, dir } = args;
    if fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::refused(
            format!("`{}` is not empty", dir.display()),
            "name a folder that does not exist yet",
        ));
    }
    let call = Call::get(session.client.tenant(&name, "/eject"));
    let answer = session.client.open(call).await?;
    let cannot = || format!("cannot write to `{}`", dir.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).with_context(cannot)?;
    let sent = dir.join(SENT);
    let interrupt = Interrupt::listen()?;
    let written = tokio::select! {
        written = export::write(session, answer, &sent, false) => written,
        () = interrupt.pressed() => return Ok(Exit::Interrupted),
    };
    written?;
    let folder = dir.clone();
    let unpacked = tokio::task::spawn_blocking(move || unpack(&folder)).await;
    // Gone in any case: it holds everything that the tenant knows.
    fs::remove_file(&sent).with_context(cannot)?;
    let files = unpacked.map_err(anyhow::Error::new)?.with_context(cannot)?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&json!({ "folder": dir, "files": files }))?;
        return Ok(Exit::Success);
    }
    printer.data(&dir.display().to_string())?;
    printer.talk(&format!("{name} itself is as it was; the folder is a copy of it"));
    printer.hint(&format!(
        "start the copy there with `docker compose up -d`, and remove the tenant with `berth tenant delete {name}`"
    ));
    Ok(Exit::Success)
}

/// Unpacks what was sent, and returns how many files there are.
fn unpack(folder: &Path) -> anyhow::Result<usize> {
    let file = File::open(folder.join(SENT))?;
    let limits = ArchiveLimits { files: ArchiveLimits::FILES, unpacked: Bytes(u64::MAX) };
    let archive = Archive::open(file, piece, &limits)?;
    for entry in archive.entries() {
        let target = folder.join(&entry.member);
        let parent = target.parent().unwrap_or(folder);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        let mut to = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&target)?;
        io::copy(&mut archive.read(entry)?, &mut to)?;
    }
    Ok(archive.entries().len())
}

/// The layout of what is sent.
fn piece(name: &str) -> Result<Named<String>, &'static str> {
    let stored = name.strip_prefix("data/odoo/filestore/").and_then(|rest| rest.split_once('/'));
    let is_stored = stored.is_some_and(|(database, blob)| {
        let blob = blob.strip_prefix("checklist/").unwrap_or(blob);
        database.parse::<ObjectName>().is_ok() && is_blob_name(blob)
    });
    if is_stored || FILES.contains(&name) {
        return Ok(Named::File(name.to_owned()));
    }
    Err("it is no part of an ejected tenant")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use berth_odoo::archive::ArchiveWriter;

    use super::*;

    fn unpacked(parts: &[&str]) -> (tempfile::TempDir, anyhow::Result<usize>) {
        let folder = tempfile::tempdir().unwrap();
        let mut zip = ArchiveWriter::new(File::create(folder.path().join(SENT)).unwrap());
        for name in parts {
            zip.begin(name).unwrap();
            zip.write_all(name.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        let result = unpack(folder.path());
        (folder, result)
    }

    #[test]
    fn the_parts_of_a_kit_are_unpacked_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;

        let blob = "data/odoo/filestore/t_00000000aa/da/da39a3ee5e6b4b0d3255bfef95601890afd80709";
        let (folder, result) = unpacked(&["compose.yaml", "odoo/odoo.conf", blob]);

        assert_eq!(result.unwrap(), 3);
        for name in ["compose.yaml", "odoo/odoo.conf", blob] {
            let meta = folder.path().join(name).metadata().unwrap();
            assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn nothing_else_is_unpacked() {
        for name in ["../x", "/etc/x", "data/odoo/filestore/../../x", "init/more.sh", "data/odoo/x"]
        {
            let (folder, result) = unpacked(&["compose.yaml", name]);

            assert!(result.is_err(), "{name}");
            assert!(!folder.path().join("compose.yaml").exists(), "{name}");
        }
    }
}
