//! What comes with a backup, and what images and containers say.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Component, Path};

use berth_domain::Bytes;
use berth_odoo::archive::{Archive, ArchiveLimits, Member, member};
use berth_odoo::log_line;
use berth_odoo::manifest::Manifest;
use berth_odoo::probe::Capabilities;
use rustix::fs::{MemfdFlags, memfd_create};

/// Small, so that a bomb is none.
const LIMITS: ArchiveLimits = ArchiveLimits { files: 1000, unpacked: Bytes::mib(1) };

/// A zip file, with everything in it.
pub(crate) fn zip(bytes: &[u8]) -> bool {
    let Some(file) = in_memory(bytes) else { return false };
    let Ok(archive) = Archive::open(file, member, &LIMITS) else { return false };
    let mut names: Vec<String> = Vec::new();
    let mut is_whole = true;
    assert!(archive.unpacked() <= LIMITS.unpacked);
    for entry in archive.entries() {
        let name = entry.member.name();
        assert!(stays(&name), "{name:?} leaves the folder that it is unpacked to");
        assert!(!names.contains(&name), "{name:?} is there twice");
        if let Member::Blob(blob) = entry.member {
            assert!(stays(&blob.path()), "{name:?}");
        }
        names.push(name);
        let Ok(mut content) = archive.read(entry) else {
            is_whole = false;
            continue;
        };
        let mut unpacked = Vec::new();
        let ended = content.read_to_end(&mut unpacked);
        assert!(unpacked.len() as u64 <= entry.size, "more than was declared");
        assert!(ended.is_err() || unpacked.len() as u64 == entry.size, "less than was declared");
        is_whole &= ended.is_ok();
    }
    is_whole
}

/// Whether a path goes down and nowhere else.
fn stays(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn in_memory(bytes: &[u8]) -> Option<File> {
    let mut file = File::from(memfd_create("trial", MemfdFlags::CLOEXEC).ok()?);
    file.write_all(bytes).ok()?;
    Some(file)
}

pub(crate) fn manifest(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let Ok(manifest) = Manifest::parse(text) else { return false };
    let written = manifest.to_json().expect("a manifest is JSON");
    assert_eq!(Manifest::parse(&written).ok().as_ref(), Some(&manifest));
    true
}

/// What a program in somebody's image says of the image.
pub(crate) fn probe(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let Ok(capabilities) = Capabilities::parse(text) else { return false };
    assert!(capabilities.major() >= Capabilities::OLDEST);
    let _folders = capabilities.addons_folders(true);
    true
}

/// A line that a container wrote.
pub(crate) fn log_line(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let _ = log_line::is_traceback(text);
    log_line::level(text).is_some()
}
