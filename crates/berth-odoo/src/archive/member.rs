//! The names in a backup.

use super::{BlobName, CUSTOM_DUMP, DUMP, MANIFEST, Named};

const WHOSE: &str = "filestore/.berth-tenant";

/// What a file in a backup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// `manifest.json`
    Manifest,
    /// `dump.sql`: a script.
    Dump,
    /// `database.dump`: `pg_dump`'s custom format. Berth's own addition.
    CustomDump,
    Blob(BlobName),
    /// Odoo's empty mark of a file that it wants to look at again (`ir_attachment._mark_for_gc`).
    Mark(BlobName),
    /// `filestore/.berth-tenant`: says whose the filestore is. Odoo packs it with everything else when it
    /// makes a backup of a tenant.
    Whose,
}

impl Member {
    /// Its name in the archive.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Manifest => MANIFEST.to_owned(),
            Self::Dump => DUMP.to_owned(),
            Self::CustomDump => CUSTOM_DUMP.to_owned(),
            Self::Blob(blob) => format!("filestore/{}", blob.path()),
            Self::Mark(blob) => format!("filestore/checklist/{}", blob.path()),
            Self::Whose => WHOSE.to_owned(),
        }
    }
}

/// The layout of a backup ([`super::Layout`]).
pub fn member(name: &str) -> Result<Named<Member>, &'static str> {
    let file = |member| Ok(Named::File(member));
    match name {
        DUMP => return file(Member::Dump),
        CUSTOM_DUMP => return file(Member::CustomDump),
        MANIFEST => return file(Member::Manifest),
        WHOSE => return file(Member::Whose),
        "filestore/" | "filestore/checklist/" => return Ok(Named::Folder),
        _ => {}
    }
    let stored = name
        .strip_prefix("filestore/")
        .map(|rest| rest.strip_prefix("checklist/").map_or((rest, false), |mark| (mark, true)));
    match stored {
        Some((folder, _)) if is_folder(folder) => Ok(Named::Folder),
        Some((blob, is_mark)) => match BlobName::parse(blob) {
            Some(blob) if is_mark => file(Member::Mark(blob)),
            Some(blob) => file(Member::Blob(blob)),
            None => Err("below `filestore/` only files named by their SHA-1 are expected"),
        },
        None => Err("only `dump.sql`, `manifest.json` and `filestore/` are expected"),
    }
}

fn is_folder(name: &str) -> bool {
    let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    name.len() == 3 && name.ends_with('/') && name.bytes().take(2).all(is_hex)
}

/// Why a name of whatever layout must not become a path. `None`: it may.
pub(super) fn crooked(name: &[u8]) -> Option<&'static str> {
    let Ok(text) = std::str::from_utf8(name) else { return Some("it is not UTF-8") };
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.chars().any(char::is_control) {
        return Some("it contains a control character");
    }
    if text.contains('\\') {
        return Some("it contains a backslash");
    }
    if text.starts_with('/') {
        return Some("it begins at the root of the disk");
    }
    if text.as_bytes().get(1) == Some(&b':') {
        return Some("it begins with the letter of a drive");
    }
    let inner = text.strip_suffix('/').unwrap_or(text);
    if inner.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("it leads somewhere else");
    }
    None
}
