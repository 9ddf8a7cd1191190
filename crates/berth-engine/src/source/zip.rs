//! A zip file with a dump, a manifest and stored files.

use std::fs::File;
use std::io::Read;

use berth_domain::{Bytes, Problems};
use berth_odoo::archive::{Archive, ArchiveError, ArchiveLimits, Entry, Member, member};
use berth_odoo::manifest::Manifest;

use super::head::Head;
use super::{DumpKind, FIELD, Layout, Source, custom, head};

/// A manifest names some hundred modules.
const LONGEST_MANIFEST: u64 = 16 << 20;

pub(super) fn read(file: File, limits: &ArchiveLimits) -> Result<Source, Problems> {
    let mut problems = Problems::default();
    let archive = match Archive::open(file, member, limits) {
        Ok(archive) => archive,
        Err(error) => {
            note(error, &mut problems);
            return Err(problems);
        }
    };
    let dump = dump(&archive, &mut problems);
    let manifest = manifest(&archive, &mut problems);
    let head = dump.map(|(kind, entry)| read_head(&archive, kind, entry, &mut problems));
    let (Some((kind, entry)), Some(head), true) = (dump, head, problems.is_empty()) else {
        return Err(problems);
    };
    let size = Bytes(entry.size);
    let blobs = archive.entries().iter().filter(|entry| matches!(entry.member, Member::Blob(_)));
    let (files, filestore) =
        blobs.fold((0, 0), |(files, bytes), entry| (files + 1, bytes + entry.size));
    Ok(Source {
        manifest,
        dump: size,
        files,
        filestore: Bytes(filestore),
        server_major: head.server_major,
        extensions: head.extensions,
        layout: Layout::Zip { archive, dump: kind },
    })
}

fn note(error: ArchiveError, problems: &mut Problems) {
    match error {
        ArchiveError::Io(error) => problems.add(FIELD, format!("it cannot be read: {error}")),
        ArchiveError::Refused(found) => {
            for problem in found {
                problems.add(FIELD, format!("it is refused: {problem}"));
            }
        }
    }
}

fn dump<'a>(
    archive: &'a Archive<Member>,
    problems: &mut Problems,
) -> Option<(DumpKind, &'a Entry<Member>)> {
    match (archive.find(&Member::Dump), archive.find(&Member::CustomDump)) {
        (Some(entry), None) => Some((DumpKind::Script, entry)),
        (None, Some(entry)) => Some((DumpKind::Custom, entry)),
        (Some(_), Some(_)) => {
            problems.add(FIELD, "it holds two dumps, `dump.sql` and `database.dump`");
            None
        }
        (None, None) => {
            problems.add(FIELD, "it holds no `dump.sql`: it is no backup of a database");
            None
        }
    }
}

/// `None`: there is none. Odoo does not need it either.
fn manifest(archive: &Archive<Member>, problems: &mut Problems) -> Option<Manifest> {
    let entry = archive.find(&Member::Manifest)?;
    if entry.size > LONGEST_MANIFEST {
        problems.add(FIELD, format!("its manifest.json takes {}", Bytes(entry.size)));
        return None;
    }
    let mut text = String::new();
    if let Err(error) = archive.read(entry).and_then(|mut from| from.read_to_string(&mut text)) {
        problems.add(FIELD, format!("its manifest.json cannot be read: {error}"));
        return None;
    }
    match Manifest::parse(&text) {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            problems.add(FIELD, berth_domain::chain(&error));
            None
        }
    }
}

fn read_head(
    archive: &Archive<Member>,
    kind: DumpKind,
    entry: &Entry<Member>,
    problems: &mut Problems,
) -> Head {
    let mut content = match archive.read(entry) {
        Ok(content) => content,
        Err(error) => {
            problems.add(FIELD, format!("its dump cannot be read: {error}"));
            return Head::default();
        }
    };
    match kind {
        DumpKind::Script => head::read(content, problems),
        DumpKind::Custom => {
            let header = custom::header(&mut content, problems);
            Head {
                server_major: header.and_then(|header| header.server_major),
                extensions: Vec::new(),
            }
        }
    }
}
