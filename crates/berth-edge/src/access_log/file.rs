//! The file that lines go to.
//!
//! # Invariants
//!
//! * No line is glued to another: what broke off in the middle of a line (a full disk, a process that
//!   was killed) is finished before the next one, or at least ended.
//! * A file that was moved away is left alone and opened anew under its name, so that `logrotate`
//!   needs no signal. A line that was begun in it is finished in it.
//!
//! Everything here blocks: call it from a blocking thread.

use std::fs::{File, OpenOptions, metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// How many lines did not get to the file, and why.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) lines: u64,
    pub(super) error: io::Error,
}

/// A file to which lines are appended.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    sink: Sink<File>,
}

/// What is written to, and how the line that stands in it half goes on.
#[derive(Debug)]
struct Sink<W> {
    to: W,
    rest: Vec<u8>,
}

impl LogFile {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let mut to =
            OpenOptions::new().create(true).read(true).append(true).mode(0o640).open(&path)?;
        // Whoever wrote it before us may have been killed in the middle of a line.
        let rest = if ends_in_a_line(&mut to)? { Vec::new() } else { b"\n".to_vec() };
        Ok(Self { path, sink: Sink { to, rest } })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends whole lines.
    pub(super) fn append(&mut self, lines: &[u8]) -> Result<(), Lost> {
        let all_lost = |error| Lost { lines: count(lines), error };
        if self.was_moved().map_err(all_lost)? {
            // Nobody waits for the old file's last line if it cannot be finished now.
            let _ = self.sink.finish();
            *self = Self::open(self.path.clone()).map_err(all_lost)?;
        }
        self.sink.append(lines)
    }

    fn was_moved(&self) -> io::Result<bool> {
        match metadata(&self.path) {
            Ok(there) => {
                let ours = self.sink.to.metadata()?;
                Ok((there.dev(), there.ino()) != (ours.dev(), ours.ino()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }
}

fn ends_in_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [b'\n'];
    // A pipe or a device has no end to look at.
    if file.metadata()?.is_file() && file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    Ok(last == *b"\n")
}

impl<W: Write> Sink<W> {
    /// Writes what is missing of a line that was begun.
    fn finish(&mut self) -> io::Result<()> {
        let (written, result) = write(&mut self.to, &self.rest);
        self.rest.drain(..written);
        result
    }

    fn append(&mut self, lines: &[u8]) -> Result<(), Lost> {
        self.finish().map_err(|error| Lost { lines: count(lines), error })?;
        let (written, result) = write(&mut self.to, lines);
        result.map_err(|error| {
            let (inside, outside) = lines.split_at(written);
            let is_torn = inside.last().is_some_and(|byte| *byte != b'\n');
            let end = outside.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let (rest, others) = outside.split_at(if is_torn { end } else { 0 });
            self.rest.extend_from_slice(rest);
            Lost { lines: count(others), error }
        })
    }
}

/// Writes as much as goes, and says how much that was.
fn write(to: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while written < bytes.len() {
        match to.write(&bytes[written..]) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

fn count(lines: &[u8]) -> u64 {
    lines.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with room for some bytes, which takes few at a time.
    #[derive(Debug, Default)]
    struct SmallDisk {
        text: Vec<u8>,
        room: usize,
    }

    impl Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(self.room).min(3);
            if count == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.room -= count;
            self.text.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn wherever_the_disk_is_full_every_line_is_whole_or_missing() {
        let lines = b"one\ntwo\nthree\n";
        for room in 0..=lines.len() {
            let mut sink = Sink { to: SmallDisk { room, ..SmallDisk::default() }, rest: vec![] };
            let lost = sink.append(lines).map_or_else(|lost| lost.lines, |()| 0);
            let still = sink.append(b"lost\n").map_or_else(|lost| lost.lines, |()| 0);
            assert_eq!(still, 1, "with room for {room}");

            sink.to.room = 100;
            sink.append(b"four\n").unwrap();

            let text = String::from_utf8(sink.to.text).unwrap();
            let missing = ["one\n", "two\n", "three\n"].iter().filter(|line| !text.contains(*line));
            assert_eq!(missing.count(), usize::try_from(lost).unwrap(), "with room for {room}");
            let known = ["one", "two", "three", "four"];
            assert!(text.lines().all(|line| known.contains(&line)), "with room for {room}: {text}");
        }
    }

    #[test]
    fn a_line_that_somebody_left_half_is_ended_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.log");
        std::fs::write(&path, "whole\nhal").unwrap();

        let mut file = LogFile::open(path.clone()).unwrap();
        file.append(b"next\n").unwrap();

        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole\nhal\nnext\n");
    }

    #[test]
    fn what_was_begun_in_a_file_that_is_moved_away_is_finished_there() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("access.log"), folder.path().join("access.log.1"));
        let mut file = LogFile::open(path.clone()).unwrap();
        file.append(b"one\ntw").unwrap();
        file.sink.rest = b"o\n".to_vec();

        std::fs::rename(&path, &moved).unwrap();
        file.append(b"three\n").unwrap();

        assert_eq!(std::fs::read_to_string(&moved).unwrap(), "one\ntwo\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three\n");
    }

    #[test]
    fn a_device_that_takes_nothing_costs_its_lines_and_no_more() {
        let mut file = LogFile::open("/dev/full".into()).unwrap();

        let lost = file.append(b"one\ntwo\n").unwrap_err();

        assert_eq!((lost.lines, lost.error.kind()), (2, io::ErrorKind::StorageFull));
    }
}
