//! The directory of a zip file, read and checked entry by entry (PKWARE APPNOTE 6.3.10, 4.3.12).

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use berth_domain::Bytes;
use flate2::Crc;

use super::content::Section;
use super::end::{self, u16_at, u32_at, u64_at};
use super::member::crooked;
use super::problem::{Found, Problem, shown};
use super::{ArchiveError, ArchiveLimits, Entry, Layout, Named, Place};

const HEADER: usize = 46;
const HEADER_MARK: u32 = 0x0201_4b50;
/// Of the header that stands before each file's content.
const LOCAL_HEADER: u64 = 30;
/// No name of any layout is longer.
const LONGEST_NAME: usize = 255;
/// Bits of the flags that mean encryption: of the content, strong, of the directory.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Deflate packs at most 1032 to 1; SQL and office files stay far below this.
const HIGHEST_RATIO: u64 = 250;
/// Small files may be packed as tightly as they like.
const RATIO_FROM: u64 = 16 << 20;

/// One line of the directory.
struct Line {
    made_by: u16,
    flags: u16,
    method: u16,
    crc32: u32,
    packed: u64,
    size: u64,
    attributes: u32,
    offset: u64,
    name: Vec<u8>,
}

pub(super) fn read<M: Clone + Ord>(
    file: &Arc<File>,
    layout: Layout<M>,
    limits: &ArchiveLimits,
) -> Result<Vec<Entry<M>>, ArchiveError> {
    let end = end::find(file)?;
    if end.entries > limits.files {
        return Err(Problem::TooMany { found: end.entries, most: limits.files }.into());
    }
    let mut lines = BufReader::new(Section::new(file, end.offset, end.offset + end.size));
    let mut found = Found::default();
    let mut entries = Vec::new();
    let mut unpacked = 0_u64;
    for _ in 0..end.entries {
        let line = line(&mut lines)?;
        unpacked = unpacked.saturating_add(line.size);
        entries.extend(check(&line, layout, &mut found));
    }
    if lines.read(&mut [0])? > 0 {
        found.add(Problem::Damaged("it has more files than it says"));
    }
    if unpacked > limits.unpacked.0 {
        found.add(Problem::TooLarge { found: Bytes(unpacked), most: limits.unpacked });
    }
    apart(&mut entries, end.offset, &mut found);
    once(&mut entries, &mut found);
    found.into_result()?;
    Ok(entries.into_iter().map(|(entry, _)| entry).collect())
}

fn line(from: &mut impl Read) -> Result<Line, ArchiveError> {
    let damaged = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Problem::Damaged("it ends too early").into(),
        _ => ArchiveError::Io(error),
    };
    let mut header = [0; HEADER];
    from.read_exact(&mut header).map_err(damaged)?;
    if u32_at(&header, 0) != HEADER_MARK {
        return Err(Problem::Damaged("an entry does not begin like one").into());
    }
    let mut name = vec![0; u16_at(&header, 28).into()];
    from.read_exact(&mut name).map_err(damaged)?;
    let mut extra = vec![0; u16_at(&header, 30).into()];
    from.read_exact(&mut extra).map_err(damaged)?;
    let comment = u64::from(u16_at(&header, 32));
    io::copy(&mut from.by_ref().take(comment), &mut io::sink())?;
    if u16_at(&header, 34) != 0 {
        return Err(Problem::Damaged("it is one part of several").into());
    }
    let mut line = Line {
        made_by: u16_at(&header, 4),
        flags: u16_at(&header, 8),
        method: u16_at(&header, 10),
        crc32: u32_at(&header, 16),
        packed: u32_at(&header, 20).into(),
        size: u32_at(&header, 24).into(),
        attributes: u32_at(&header, 38),
        offset: u32_at(&header, 42).into(),
        name,
    };
    enlarge(&mut line, &extra)?;
    Ok(line)
}

/// Takes sizes beyond 4 GiB from where they stand: in the order size, packed size, offset, and only
/// those that did not fit (APPNOTE 4.5.3).
fn enlarge(line: &mut Line, extra: &[u8]) -> Result<(), ArchiveError> {
    let mut large = large_sizes(extra);
    for value in [&mut line.size, &mut line.packed, &mut line.offset] {
        if *value == 0xffff_ffff {
            let Some((number, rest)) = large.split_at_checked(8) else {
                return Err(Problem::Damaged("the large size of a file is missing").into());
            };
            *value = u64_at(number, 0);
            large = rest;
        }
    }
    Ok(())
}

fn large_sizes(mut extra: &[u8]) -> &[u8] {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + length) else { break };
        if id == 1 {
            return field;
        }
        extra = &extra[4 + length..];
    }
    &[]
}

/// The entry, with the name that it has in the archive for whoever reports on it.
type Shown<M> = (Entry<M>, String);

/// Notes what is wrong with a line. `None`: it is a folder, or it is refused.
fn check<M>(line: &Line, layout: Layout<M>, found: &mut Found) -> Option<Shown<M>> {
    let name = shown(&line.name);
    if line.name.len() > LONGEST_NAME {
        found.add(Problem::Name { name, why: "it is too long" });
        return None;
    }
    if let Some(why) = crooked(&line.name) {
        found.add(Problem::Name { name, why });
        return None;
    }
    let text = std::str::from_utf8(&line.name).unwrap_or_default();
    let is_folder = text.ends_with('/');
    if let Some(what) = special(line, is_folder) {
        found.add(Problem::NotAFile { name, what });
        return None;
    }
    if line.flags & ENCRYPTED != 0 {
        found.add(Problem::Encrypted { name });
        return None;
    }
    if !matches!(line.method, 0 | 8) {
        found.add(Problem::Method { name, method: line.method });
        return None;
    }
    if line.size > RATIO_FROM && line.size / line.packed.max(1) > HIGHEST_RATIO {
        found.add(Problem::Bomb { name, times: line.size / line.packed.max(1) });
        return None;
    }
    match layout(text) {
        Ok(Named::Folder) => None,
        Ok(Named::File(member)) => Some((entry(member, line), name)),
        Err(why) => {
            found.add(Problem::Name { name, why });
            None
        }
    }
}

fn entry<M>(member: M, line: &Line) -> Entry<M> {
    let place = Place {
        offset: line.offset,
        end: 0,
        packed: line.packed,
        crc32: line.crc32,
        name_length: u16::try_from(line.name.len()).unwrap_or(u16::MAX),
        name_crc32: name_sum(&line.name),
        is_deflated: line.method == 8,
    };
    Entry { member, size: line.size, place }
}

/// Names are compared by their sum: a million of them would take too much memory.
pub(super) fn name_sum(name: &[u8]) -> u32 {
    let mut sum = Crc::new();
    sum.update(name);
    sum.sum()
}

/// What an entry is if it is neither file nor folder. Only archives made on Unix say (APPNOTE 4.4.2).
fn special(line: &Line, is_folder: bool) -> Option<&'static str> {
    const UNIX: u16 = 3;
    if is_folder && line.size > 0 {
        return Some("a folder with content");
    }
    if line.made_by >> 8 != UNIX {
        return None;
    }
    match line.attributes >> 28 {
        0 => None,
        0o10 if !is_folder => None,
        0o04 if is_folder => None,
        0o04 | 0o10 => Some("a folder and a file at once"),
        0o12 => Some("a symbolic link"),
        0o06 | 0o02 => Some("a device"),
        0o01 => Some("a named pipe"),
        0o14 => Some("a socket"),
        _ => Some("something unknown"),
    }
}

/// Sees that no two files share bytes, and notes where each must end.
fn apart<M>(entries: &mut [Shown<M>], directory: u64, found: &mut Found) {
    entries.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.place.offset));
    let mut next = directory;
    let mut is_apart = true;
    for (entry, _) in entries {
        let place = &mut entry.place;
        let least = LOCAL_HEADER + u64::from(place.name_length);
        let end = place.offset.checked_add(least).and_then(|end| end.checked_add(place.packed));
        is_apart &= end.is_some_and(|end| end <= next);
        place.end = next;
        next = place.offset;
    }
    if !is_apart {
        found.add(Problem::Overlap);
    }
}

fn once<M: Ord>(entries: &mut [Shown<M>], found: &mut Found) {
    entries.sort_by(|(one, _), (other, _)| one.member.cmp(&other.member));
    for pair in entries.windows(2) {
        if pair[0].0.member == pair[1].0.member {
            found.add(Problem::Twice { name: pair[0].1.clone() });
        }
    }
}
