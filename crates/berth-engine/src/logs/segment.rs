//! Files of kept lines: their names, their order, and which of them go.
//!
//! # Invariants
//!
//! * A segment is called `<number>-<seconds>.log`: numbers rise, the seconds are those of its first
//!   line. The one with the highest number is written to, all others are packed (`.log.gz`).
//! * Where a plain and a packed file of one number are there, the packed one is whole: it got its name
//!   after it was flushed.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use berth_domain::{Bytes, Timestamp};

use super::LogsKept;

/// One file of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    pub(super) number: u64,
    /// The time of its first line, in seconds since 1970.
    pub(super) began: i64,
    pub(super) is_packed: bool,
    pub(super) bytes: u64,
    /// When it was written last, in seconds since 1970.
    pub(super) touched: i64,
}

/// What lies in a folder of segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// By number, each once.
    pub(super) segments: Vec<Segment>,
    /// Leftovers of a packing that was cut off.
    pub(super) leftovers: Vec<PathBuf>,
}

/// The ending of a file that is being packed.
const UNFINISHED: &str = ".part";

impl Segment {
    pub(super) fn path(&self, folder: &Path) -> PathBuf {
        let Self { number, began, is_packed, .. } = self;
        let end = if *is_packed { ".gz" } else { "" };
        folder.join(format!("{number:010}-{began}.log{end}"))
    }

    /// The same segment in its other form.
    pub(super) const fn packed(self) -> Self {
        Self { is_packed: true, ..self }
    }

    /// Where it is packed to before it gets its name.
    pub(super) fn unfinished(&self, folder: &Path) -> PathBuf {
        let mut path = self.packed().path(folder).into_os_string();
        path.push(UNFINISHED);
        path.into()
    }

    fn parse(name: &str) -> Option<(u64, i64, bool)> {
        let (stem, is_packed) = match name.strip_suffix(".gz") {
            Some(stem) => (stem, true),
            None => (name, false),
        };
        let (number, began) = stem.strip_suffix(".log")?.split_once('-')?;
        Some((number.parse().ok()?, began.parse().ok()?, is_packed))
    }
}

/// Lists a folder. One that is not there is empty.
pub(super) fn list(folder: &Path) -> io::Result<Found> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::default()),
        Err(error) => return Err(error),
    };
    let mut found = Found::default();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.ends_with(UNFINISHED) {
            found.leftovers.push(entry.path());
            continue;
        }
        let Some((number, began, is_packed)) = Segment::parse(name) else { continue };
        let there = match entry.metadata() {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let (bytes, touched) = (there.len(), there.mtime());
        found.segments.push(Segment { number, began, is_packed, bytes, touched });
    }
    found.segments.sort_unstable();
    let twice: Vec<Segment> = found
        .segments
        .windows(2)
        .filter(|pair| pair[0].number == pair[1].number)
        .map(|pair| pair[0])
        .collect();
    found.segments.retain(|segment| !twice.contains(segment));
    found.leftovers.extend(twice.iter().map(|segment| segment.path(folder)));
    Ok(found)
}

/// How much the segments of a folder take on the disk.
pub(crate) fn size(folder: &Path) -> io::Result<Bytes> {
    Ok(Bytes(list(folder)?.segments.iter().map(|segment| segment.bytes).sum()))
}

/// How many of the oldest segments go: those whose last line is too old, and those that are too much.
/// The last one, which is written to, stays unless all of it is too old.
pub(super) fn doomed(segments: &[Segment], policy: &LogsKept, now: Timestamp) -> usize {
    let oldest = (now - policy.keep).as_second();
    let ends = segments.iter().skip(1).map(|next| next.began);
    let ends = ends.chain(segments.last().map(|last| last.touched));
    let too_old = ends.take_while(|end| *end < oldest).count();
    let mut bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
    let mut too_much = 0;
    for segment in &segments[..segments.len().saturating_sub(1)] {
        if bytes <= policy.most.0 {
            break;
        }
        bytes -= segment.bytes;
        too_much += 1;
    }
    too_old.max(too_much)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn segment(number: u64, began: i64, bytes: u64) -> Segment {
        Segment { number, began, is_packed: true, bytes, touched: began + 10 }
    }

    fn policy(keep: u64, most: u64) -> LogsKept {
        LogsKept { keep: Duration::from_secs(keep), most: Bytes(most) }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_segment_goes_when_its_last_line_is_too_old() {
        let segments = [segment(1, 100, 1), segment(2, 200, 1), segment(3, 300, 1)];
        let gone = |now| doomed(&segments, &policy(100, 1000), at(now));

        assert_eq!([gone(300), gone(301), gone(401), gone(410), gone(411)], [0, 1, 2, 2, 3]);
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much_but_never_the_last() {
        let segments = [segment(1, 100, 5), segment(2, 200, 5), segment(3, 300, 5)];
        let gone = |most| doomed(&segments, &policy(1_000_000, most), at(400));

        assert_eq!([gone(15), gone(14), gone(9), gone(1)], [0, 1, 2, 2]);
        assert_eq!(doomed(&[], &policy(1, 1), at(400)), 0);
    }

    #[test]
    fn of_a_packing_that_was_cut_off_the_whole_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "0000000001-100.log.gz",
            "0000000001-100.log",
            "0000000002-200.log.gz.part",
            "0000000002-200.log",
            "notes.txt",
        ] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }

        let found = list(folder.path()).unwrap();

        let names = found.segments.iter().map(|it| (it.number, it.is_packed));
        assert_eq!(names.collect::<Vec<_>>(), [(1, true), (2, false)]);
        let mut leftovers = found.leftovers;
        leftovers.sort();
        assert_eq!(
            leftovers,
            [
                folder.path().join("0000000001-100.log"),
                folder.path().join("0000000002-200.log.gz.part")
            ]
        );
    }
}
