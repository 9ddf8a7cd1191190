//! A backup that was sent in: what it is, read as if whoever made it meant harm.
//!
//! # Invariants
//!
//! * Nothing is unpacked here and nothing is carried out: the directory of the archive, its manifest
//!   and the head of its dump are read, each within bounds.
//! * Everything that is wrong is named, not only the first thing.

mod custom;
mod head;
mod zip;

use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::Path;

use berth_domain::{Bytes, Problems};
use berth_odoo::archive::{Archive, ArchiveLimits, Content, Member};
use berth_odoo::manifest::Manifest;
use berth_postgres::dump::header::MAGIC;

use crate::error::EngineError;
pub(crate) use head::MOST_EXTENSIONS;

/// What a problem with the backup itself is about.
pub(crate) const FIELD: &str = "upload";

/// How a zip file begins, an empty one included.
const ZIP_MARKS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// A backup that can be read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) layout: Layout,
    /// `None`: a dump alone, which does not say what it is of.
    pub(crate) manifest: Option<Manifest>,
    /// The size of the dump, as it stands in the backup.
    pub(crate) dump: Bytes,
    /// How many stored files there are, and how large they are together.
    pub(crate) files: u64,
    pub(crate) filestore: Bytes,
    /// The major version of the server that was dumped. `None`: the dump does not say.
    pub(crate) server_major: Option<u32>,
    /// Which extensions the dump adds, as far as its head says so.
    pub(crate) extensions: Vec<String>,
}

/// Where the parts of a backup are.
#[derive(Debug)]
pub(crate) enum Layout {
    /// A zip file.
    Zip { archive: Archive<Member>, dump: DumpKind },
    /// A dump in the custom format and nothing else.
    Bare,
}

/// In which form a database was dumped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DumpKind {
    /// `dump.sql`
    Script,
    /// For `pg_restore`.
    Custom,
}

impl Source {
    /// Reads what a backup says of itself, or everything that is wrong with it. Blocks.
    pub(crate) fn read(path: &Path, unpacked: Bytes) -> Result<Self, Problems> {
        let mut file = File::open(path).map_err(|error| {
            let mut problems = Problems::default();
            problems.add(FIELD, format!("its content cannot be read: {error}"));
            problems
        })?;
        let mut start = [0; 5];
        let count = file.read(&mut start).unwrap_or(0);
        let start = &start[..count];
        let rewound = file.seek(SeekFrom::Start(0));
        let mut problems = Problems::default();
        if let Err(error) = rewound {
            problems.add(FIELD, format!("its content cannot be read: {error}"));
            return Err(problems);
        }
        if start.starts_with(MAGIC) {
            return custom::read(file);
        }
        if !ZIP_MARKS.iter().any(|mark| start.starts_with(mark)) {
            problems.add_with_hint(
                FIELD,
                "it is neither a zip file nor a dump in the custom format of `pg_dump`",
                "send the zip file of Odoo's database manager or of `odoo db dump`, or what `pg_dump --format=custom` wrote",
            );
            return Err(problems);
        }
        zip::read(file, &ArchiveLimits { files: ArchiveLimits::FILES, unpacked })
    }

    pub(crate) fn dump_kind(&self) -> DumpKind {
        match &self.layout {
            Layout::Zip { dump, .. } => *dump,
            Layout::Bare => DumpKind::Custom,
        }
    }

    /// Opens the dump. Blocks, as does whoever reads it.
    pub(crate) fn open_dump(&self, path: &Path) -> std::io::Result<Dump> {
        match &self.layout {
            Layout::Bare => File::open(path).map(Dump::Bare),
            Layout::Zip { archive, dump } => {
                let member = match dump {
                    DumpKind::Script => Member::Dump,
                    DumpKind::Custom => Member::CustomDump,
                };
                let entry = archive.find(&member).ok_or(std::io::ErrorKind::NotFound)?;
                archive.read(entry).map(|content| Dump::Packed(Box::new(content)))
            }
        }
    }

    /// In words.
    pub(crate) fn format(&self) -> &'static str {
        match &self.layout {
            Layout::Zip { dump: DumpKind::Script, .. } => "a zip file as Odoo makes it",
            Layout::Zip { dump: DumpKind::Custom, .. } => "a zip file with a custom-format dump",
            Layout::Bare => "a custom-format dump without files",
        }
    }

    /// What it will take on disk: stored files as they are, and the database as about twice its
    /// script, or five times its compressed dump.
    pub(crate) fn footprint(&self) -> Bytes {
        let times = match self.dump_kind() {
            DumpKind::Script => 2,
            DumpKind::Custom => 5,
        };
        Bytes(self.filestore.0.saturating_add(self.dump.0.saturating_mul(times)))
    }
}

/// A dump while it is read.
#[derive(Debug)]
pub(crate) enum Dump {
    Packed(Box<Content>),
    Bare(File),
}

impl Read for Dump {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Packed(content) => content.read(buffer),
            Self::Bare(file) => file.read(buffer),
        }
    }
}

/// Reads a backup in a thread that may block. `unpacked` is the most that it may take.
pub(crate) async fn look(
    path: std::path::PathBuf,
    unpacked: Bytes,
) -> Result<Result<Source, Problems>, EngineError> {
    tokio::task::spawn_blocking(move || Source::read(&path, unpacked))
        .await
        .map_err(|error| EngineError::Failed(format!("cannot read the backup: {error}")))
}

#[cfg(test)]
mod tests;
