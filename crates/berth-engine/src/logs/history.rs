//! Reads kept lines back.
//!
//! # Invariants
//!
//! * Reading needs no turn: a segment that is packed or removed meanwhile is found in its other form,
//!   or is gone.
//! * Half a line at the end of the last segment is not a line yet.
//! * No more than one page is in memory.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::filter::{Filter, Wanted};
use super::line::{Kept, Run, Voice};
use super::segment::{self, Segment};

/// How many bytes of lines a page has.
const PAGE: usize = 1 << 20;

/// Lines of a folder, oldest first.
pub(super) struct Pages {
    folder: PathBuf,
    waiting: VecDeque<Segment>,
    open: Option<Box<dyn BufRead + Send>>,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Pages {
    /// Begins with the segment in which the first wanted line can be, or with `tail` where the last so
    /// many wanted ones begin.
    pub(super) fn open(folder: &Path, wanted: &Wanted, tail: Option<usize>) -> io::Result<Self> {
        let mut segments = VecDeque::from(segment::list(folder)?.segments);
        if let Some(since) = wanted.since {
            while segments.get(1).is_some_and(|next| next.began < since.as_second()) {
                segments.pop_front();
            }
        }
        if let Some(tail) = tail {
            let mut missing = tail;
            let mut first = segments.len();
            while first > 0 && missing > 0 {
                first -= 1;
                let found = count(folder, segments[first], wanted)?;
                missing = missing.saturating_sub(found);
            }
            segments.drain(..first);
        }
        Ok(Self { folder: folder.to_owned(), waiting: segments, open: None })
    }

    /// The next lines. `None`: there are no more.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<Kept>>> {
        let (mut lines, mut bytes) = (Vec::new(), 0);
        while bytes < PAGE {
            let Some(open) = &mut self.open else {
                let Some(segment) = self.waiting.pop_front() else { break };
                self.open = reader(&self.folder, segment)?;
                continue;
            };
            let mut line = Vec::new();
            open.read_until(b'\n', &mut line)?;
            match line.strip_suffix(b"\n") {
                Some(whole) => {
                    bytes += whole.len();
                    lines.extend(Kept::read(whole));
                }
                None => self.open = None,
            }
        }
        Ok((!lines.is_empty()).then_some(lines))
    }
}

/// `None`: it is gone.
fn reader(folder: &Path, segment: Segment) -> io::Result<Option<Box<dyn BufRead + Send>>> {
    if !segment.is_packed {
        match File::open(segment.path(folder)) {
            Ok(file) => return Ok(Some(Box::new(BufReader::new(file)))),
            // It may have been packed since.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    match File::open(segment.packed().path(folder)) {
        Ok(file) => Ok(Some(Box::new(BufReader::new(MultiGzDecoder::new(file))))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many wanted lines a segment has.
fn count(folder: &Path, segment: Segment, wanted: &Wanted) -> io::Result<usize> {
    let mut pages = Pages { folder: folder.to_owned(), waiting: [segment].into(), open: None };
    let mut filter = Filter::new(wanted.clone());
    let mut counter = Counter(0);
    while let Some(lines) = pages.next()? {
        for line in lines {
            filter.push(line, &mut counter);
        }
    }
    Ok(counter.0)
}

struct Counter(usize);

impl Extend<Kept> for Counter {
    fn extend<T: IntoIterator<Item = Kept>>(&mut self, lines: T) {
        self.0 += lines.into_iter().count();
    }
}

/// The start of the container before the newest one that said something. `None`: there is none.
pub(super) fn previous_run(folder: &Path) -> io::Result<Option<Run>> {
    let mut newest = None;
    for segment in segment::list(folder)?.segments.into_iter().rev() {
        let mut pages = Pages { folder: folder.to_owned(), waiting: [segment].into(), open: None };
        let mut runs: Vec<Run> = Vec::new();
        while let Some(lines) = pages.next()? {
            for line in lines.iter().filter(|line| line.voice != Voice::Berth) {
                if runs.last() != Some(&line.run) {
                    runs.push(line.run);
                }
            }
        }
        for run in runs.into_iter().rev() {
            match newest {
                None => newest = Some(run),
                Some(newest) if newest != run => return Ok(Some(run)),
                Some(_) => {}
            }
        }
    }
    Ok(None)
}

/// Whether there is anything at all.
pub(super) fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(segment::list(folder)?.segments.is_empty())
}
