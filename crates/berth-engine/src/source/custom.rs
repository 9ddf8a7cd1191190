//! A dump in `pg_dump`'s custom format, alone.

use std::fs::File;
use std::io::Read;

use berth_domain::{Bytes, Problems};
use berth_postgres::dump::header::{Header, InvalidHeader};

use super::{FIELD, Layout, Source};

pub(super) fn read(mut file: File) -> Result<Source, Problems> {
    let mut problems = Problems::default();
    let size = file.metadata().map_or(0, |meta| meta.len());
    let header = header(&mut file, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Source {
        layout: Layout::Bare,
        manifest: None,
        dump: Bytes(size),
        files: 0,
        filestore: Bytes(0),
        server_major: header.and_then(|header| header.server_major),
        extensions: Vec::new(),
    })
}

pub(super) fn header(from: &mut impl Read, problems: &mut Problems) -> Option<Header> {
    match Header::read(from) {
        Ok(header) => Some(header),
        Err(error @ InvalidHeader::OtherFormat) => {
            problems.add_with_hint(FIELD, error, "dump it again with `pg_dump --format=custom`");
            None
        }
        Err(error) => {
            problems.add(FIELD, berth_domain::chain(&error));
            None
        }
    }
}
