//! Odoo's backups: a zip file with `dump.sql`, `manifest.json` and `filestore/` (`odoo/service/db.py`,
//! `dump_db`), read as if whoever made it meant harm, and written piece by piece.
//!
//! # Invariants
//!
//! * An archive that was opened holds what its layout names, each once, as plain files: no path leads
//!   out of the folder it is unpacked to, nothing is encrypted, no two files share bytes.
//! * No file yields more bytes than it declared when the archive was opened, and the sum of what is
//!   declared was bounded then. A file that ended without an error had the declared length and sum.
//! * Memory is bounded by the number of files, whatever their names and sizes.
//! * All problems of an archive are named, not only the first.

mod blob;
mod content;
mod directory;
mod end;
mod member;
mod problem;
mod write;

use std::fs::File;
use std::sync::Arc;

use berth_domain::Bytes;

pub use blob::{BlobName, copy_blob};
pub use content::Content;
pub use member::{Member, member};
pub use problem::{ArchiveError, Problem};
pub use write::{ArchiveWriter, CUSTOM_DUMP, Chunks, DUMP, MANIFEST};

/// What an archive may have.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveLimits {
    pub files: u64,
    /// Of all files together, unpacked.
    pub unpacked: Bytes,
}

impl ArchiveLimits {
    /// A large filestore has some hundred thousand files; each costs about 100 bytes of memory.
    pub const FILES: u64 = 2_000_000;
}

/// What a name in an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named<M> {
    /// Nothing but a place where files are.
    Folder,
    File(M),
}

/// Reads a name that is known to be harmless as one of a layout; the error says what may be there.
pub type Layout<M> = fn(&str) -> Result<Named<M>, &'static str>;

/// A zip file whose directory was read and checked.
#[derive(Debug, Clone)]
pub struct Archive<M> {
    file: Arc<File>,
    entries: Vec<Entry<M>>,
}

/// One file in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<M> {
    pub member: M,
    /// Unpacked.
    pub size: u64,
    place: Place,
}

/// Where an entry lies in the zip file, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Of its own header.
    offset: u64,
    /// Where the next one begins.
    end: u64,
    packed: u64,
    crc32: u32,
    name_length: u16,
    /// CRC-32 of the name, which stands a second time before the content.
    name_crc32: u32,
    is_deflated: bool,
}

impl<M: Clone + Ord> Archive<M> {
    /// Reads the directory of a zip file and checks everything that it says.
    pub fn open(
        file: File,
        layout: Layout<M>,
        limits: &ArchiveLimits,
    ) -> Result<Self, ArchiveError> {
        let file = Arc::new(file);
        let entries = directory::read(&file, layout, limits)?;
        Ok(Self { file, entries })
    }
}

impl<M> Archive<M> {
    /// Sorted by what they are.
    #[must_use]
    pub fn entries(&self) -> &[Entry<M>] {
        &self.entries
    }

    /// Unpacks a file while it is read. What is wrong with it shows as an error of kind
    /// `InvalidData`, at the latest instead of the end.
    pub fn read(&self, entry: &Entry<M>) -> std::io::Result<Content> {
        Content::open(&self.file, entry.size, &entry.place)
    }

    /// What all files take, unpacked.
    #[must_use]
    pub fn unpacked(&self) -> Bytes {
        Bytes(self.entries.iter().map(|entry| entry.size).sum())
    }
}

impl<M: PartialEq> Archive<M> {
    /// `None`: there is no such file.
    #[must_use]
    pub fn find(&self, member: &M) -> Option<&Entry<M>> {
        self.entries.iter().find(|entry| entry.member == *member)
    }
}

#[cfg(test)]
mod tests;
