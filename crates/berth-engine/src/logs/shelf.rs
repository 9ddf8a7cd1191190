//! Writes lines into segments, and packs and forgets segments.
//!
//! # Invariants
//!
//! * A file is open only while something is written to it.
//! * Whatever a crash left behind is put right by whoever writes next: half a line is cut off, a packing
//!   that was cut off is begun again.
//! * A folder is made in a tenant's folder that is there, never with it: a tenant that was removed is not
//!   half there again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use berth_domain::Timestamp;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::LogsKept;
use super::join::Recent;
use super::line::Kept;
use super::segment::{self, Segment};

/// How large a segment gets before the next one begins.
const LARGEST: u64 = 8 << 20;
/// How old it gets.
const OLDEST: Duration = Duration::from_hours(24);
/// How much of the end of a segment is read first.
const END: u64 = 256 << 10;

/// Where the lines of one container go.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    policy: LogsKept,
    largest: u64,
    /// The segment that is written to. `None`: it has to be looked up.
    open: Option<Segment>,
}

impl Shelf {
    pub(super) const fn new(folder: PathBuf, policy: LogsKept) -> Self {
        Self { folder, policy, largest: LARGEST, open: None }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts right what a crash left behind, and returns the last lines that are there.
    pub(super) fn recover(&mut self) -> io::Result<Recent> {
        self.look_up()?;
        let mut recent = Recent::default();
        let segments = segment::list(&self.folder)?.segments;
        let mut lines: Vec<Kept> = Vec::new();
        for one in segments.iter().rev() {
            let mut older = ending(&one.path(&self.folder), one)?;
            older.append(&mut lines);
            lines = older;
            recent = Recent::default();
            for line in &lines {
                recent.note(line);
            }
            // The window may reach back into the segment before.
            let first = lines.first().map(|line| line.at);
            if first.is_some() && first < recent.begins() {
                break;
            }
        }
        Ok(recent)
    }

    /// Writes lines behind all others. After a failure none of them is there.
    pub(super) fn append(&mut self, lines: &[Kept], now: Timestamp) -> io::Result<()> {
        let oldest = now - self.policy.keep;
        let mut bytes = Vec::new();
        let mut first = None;
        for line in lines.iter().filter(|line| line.at >= oldest) {
            first.get_or_insert(line.at);
            line.write(&mut bytes);
        }
        let Some(first) = first else { return Ok(()) };
        let segment = self.segment(first, now)?;
        match self.write(&segment, &bytes) {
            Ok(()) => {
                let is_first = segment.bytes == 0;
                let bytes = segment.bytes + bytes.len() as u64;
                self.open = Some(Segment { bytes, ..segment });
                // What was written to before is packed, and makes room. That it cannot be is no
                // reason to lose lines.
                if is_first && let Err(error) = self.tidy(now) {
                    tracing::warn!(%error, folder = %self.folder.display(), "cannot pack a log");
                }
                Ok(())
            }
            Err(error) => {
                // Whoever writes next cuts off what got there.
                self.open = None;
                Err(error)
            }
        }
    }

    /// Packs what is not written to any more, and removes leftovers and what is too old or too much.
    pub(super) fn tidy(&mut self, now: Timestamp) -> io::Result<()> {
        let found = segment::list(&self.folder)?;
        for leftover in &found.leftovers {
            remove(leftover)?;
        }
        let doomed = segment::doomed(&found.segments, &self.policy, now);
        for segment in &found.segments[..doomed] {
            remove(&segment.path(&self.folder))?;
            if self.open.is_some_and(|open| open.number == segment.number) {
                self.open = None;
            }
        }
        let rest = &found.segments[doomed..];
        for segment in &rest[..rest.len().saturating_sub(1)] {
            if !segment.is_packed {
                self.pack(segment)?;
            }
        }
        Ok(())
    }

    /// The segment for lines of this time; the next one begins when it is time for that.
    fn segment(&mut self, first: Timestamp, now: Timestamp) -> io::Result<Segment> {
        let last = match self.open {
            Some(open) => Some(open),
            None => self.look_up()?,
        };
        let is_old = |segment: &Segment| segment.began < (now - OLDEST).as_second();
        match last {
            Some(last) if !last.is_packed && last.bytes < self.largest && !is_old(&last) => {
                Ok(last)
            }
            last => Ok(Segment {
                number: last.map_or(1, |last| last.number + 1),
                began: first.as_second(),
                is_packed: false,
                bytes: 0,
                touched: now.as_second(),
            }),
        }
    }

    /// Finds the last segment and cuts half a line off its end.
    fn look_up(&mut self) -> io::Result<Option<Segment>> {
        let last = segment::list(&self.folder)?.segments.last().copied();
        let Some(mut last) = last else { return Ok(None) };
        if !last.is_packed {
            last.bytes = cut_half_a_line(&last.path(&self.folder))?;
            self.open = Some(last);
        }
        Ok(Some(last))
    }

    fn write(&self, segment: &Segment, bytes: &[u8]) -> io::Result<()> {
        let path = segment.path(&self.folder);
        let open = || OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let mut file = match open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::DirBuilder::new().mode(0o700).create(&self.folder)?;
                open()?
            }
            other => other?,
        };
        let written = file.write_all(bytes);
        if written.is_err() {
            // Room that only half a line would take is better given back.
            let _ = file.set_len(segment.bytes);
        }
        written
    }

    fn pack(&self, segment: &Segment) -> io::Result<()> {
        let (plain, beside) = (segment.path(&self.folder), segment.unfinished(&self.folder));
        let target = segment.packed().path(&self.folder);
        let packed = (|| {
            let out = OpenOptions::new()
                .create(true)
                .truncate(true)
                .write(true)
                .mode(0o600)
                .open(&beside)?;
            let mut encoder = GzEncoder::new(out, Compression::fast());
            io::copy(&mut File::open(&plain)?, &mut encoder)?;
            encoder.finish()?.sync_all()?;
            std::fs::rename(&beside, &target)?;
            File::open(&self.folder)?.sync_all()
        })();
        if packed.is_err() {
            let _ = std::fs::remove_file(&beside);
            return packed;
        }
        remove(&plain)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Cuts off what stands behind the last line end, and returns how long the file is then.
fn cut_half_a_line(path: &Path) -> io::Result<u64> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let mut end = length;
    let mut piece = vec![0; 64 << 10];
    while end > 0 {
        let from = end.saturating_sub(piece.len() as u64);
        let part = &mut piece[..usize::try_from(end - from).unwrap_or_default()];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            end = from + at as u64 + 1;
            break;
        }
        end = from;
    }
    if end < length {
        file.set_len(end)?;
    }
    Ok(end)
}

/// The last lines of a segment: enough of them that the first is well before the last, or all.
fn ending(path: &Path, segment: &Segment) -> io::Result<Vec<Kept>> {
    if segment.is_packed {
        let mut bytes = Vec::new();
        // A segment is bounded; one that somebody put there is not.
        let packed = flate2::read::MultiGzDecoder::new(File::open(path)?);
        packed.take(LARGEST * 4).read_to_end(&mut bytes)?;
        return Ok(lines(&bytes));
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut reach = END;
    loop {
        let from = length.saturating_sub(reach);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        (&mut file).take(reach).read_to_end(&mut bytes)?;
        if from > 0 {
            // It begins in the middle of a line.
            let start =
                bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
            bytes.drain(..start);
        }
        let lines = lines(&bytes);
        let newest = lines.iter().map(|line| line.at).max();
        let spans = lines
            .first()
            .zip(newest)
            .is_some_and(|(first, newest)| first.at < newest - Duration::from_secs(2));
        if spans || from == 0 {
            return Ok(lines);
        }
        reach *= 4;
    }
}

fn lines(bytes: &[u8]) -> Vec<Kept> {
    let whole = bytes.split_inclusive(|byte| *byte == b'\n');
    whole.filter_map(|line| Kept::read(line.strip_suffix(b"\n")?)).collect()
}

#[cfg(test)]
mod tests;
