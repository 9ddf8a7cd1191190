//! The end of a zip file, which says where its directory is (PKWARE APPNOTE 6.3.10, 4.3.14 to 4.3.16).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::ArchiveError;
use super::problem::Problem;

const RECORD: usize = 22;
const RECORD_MARK: u32 = 0x0605_4b50;
const LOCATOR: u64 = 20;
const LOCATOR_MARK: u32 = 0x0706_4b50;
const RECORD_64: usize = 56;
const RECORD_64_MARK: u32 = 0x0606_4b50;
const LONGEST_COMMENT: u64 = 0xffff;

/// Where the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) entries: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Finds the directory. It must lie right before the records of the end, so that nothing can stand
/// between them that another program would take for the directory.
pub(super) fn find(file: &File) -> Result<End, ArchiveError> {
    let length = file.metadata()?.len();
    let tail_length = length.min(RECORD as u64 + LONGEST_COMMENT);
    let tail_start = length - tail_length;
    let mut tail = vec![0; usize::try_from(tail_length).map_err(io::Error::other)?];
    file.read_exact_at(&mut tail, tail_start)?;

    let Some(at) = record_at(&tail) else { return Err(no_record(file, length)?.into()) };
    let record = &tail[at..at + RECORD];
    let position = tail_start + at as u64;
    if u16_at(record, 4) != 0 || u16_at(record, 6) != 0 {
        return Err(Problem::Damaged("it is one part of several").into());
    }
    let short = End {
        entries: u16_at(record, 10).into(),
        size: u32_at(record, 12).into(),
        offset: u32_at(record, 16).into(),
    };
    let (end, position) = match long(file, position)? {
        Some((end, position)) => {
            agrees(&short, &end)?;
            (end, position)
        }
        None if u16_at(record, 8) != u16_at(record, 10) => {
            return Err(Problem::Damaged("it is one part of several").into());
        }
        None => (short, position),
    };
    if end.offset.checked_add(end.size) != Some(position) {
        return Err(Problem::Damaged("it is not where the end says").into());
    }
    Ok(end)
}

/// The last record whose comment reaches exactly to the end of the file.
fn record_at(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(RECORD)?;
    (0..=last).rev().find(|at| {
        u32_at(tail, *at) == RECORD_MARK
            && at + RECORD + usize::from(u16_at(tail, at + 20)) == tail.len()
    })
}

fn no_record(file: &File, length: u64) -> io::Result<Problem> {
    let mut start = [0; 2];
    if length < 4 {
        return Ok(Problem::NotAZip);
    }
    file.read_exact_at(&mut start, 0)?;
    Ok(if start == *b"PK" { Problem::CutOff } else { Problem::NotAZip })
}

/// The end record of files beyond 4 GiB or 65535 entries, and where it stands. `None`: there is none.
fn long(file: &File, position: u64) -> Result<Option<(End, u64)>, ArchiveError> {
    let damaged = || Problem::Damaged("the record of its large sizes is not where it should be");
    let Some(at) = position.checked_sub(LOCATOR) else { return Ok(None) };
    let mut locator = [0; 20];
    file.read_exact_at(&mut locator, at)?;
    if u32_at(&locator, 0) != LOCATOR_MARK {
        return Ok(None);
    }
    let place = u64_at(&locator, 8);
    if place.checked_add(RECORD_64 as u64).is_none_or(|end| end > at) {
        return Err(damaged().into());
    }
    let mut record = [0; RECORD_64];
    file.read_exact_at(&mut record, place)?;
    let length = u64_at(&record, 4).checked_add(12);
    let is_whole = u32_at(&record, 0) == RECORD_64_MARK
        && length.and_then(|length| place.checked_add(length)) == Some(at);
    if !is_whole {
        return Err(damaged().into());
    }
    if u32_at(&record, 16) != 0 || u64_at(&record, 24) != u64_at(&record, 32) {
        return Err(Problem::Damaged("it is one part of several").into());
    }
    let end = End {
        entries: u64_at(&record, 32),
        size: u64_at(&record, 40),
        offset: u64_at(&record, 48),
    };
    Ok(Some((end, place)))
}

/// Two records that differ are two archives in one file.
fn agrees(short: &End, long: &End) -> Result<(), ArchiveError> {
    let same = |short: u64, long: u64, most: u64| short == most || short == long;
    if same(short.entries, long.entries, 0xffff)
        && same(short.size, long.size, 0xffff_ffff)
        && same(short.offset, long.offset, 0xffff_ffff)
    {
        return Ok(());
    }
    Err(Problem::Damaged("its two ends contradict each other").into())
}
