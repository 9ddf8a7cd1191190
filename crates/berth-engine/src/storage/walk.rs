//! Counts the blocks of a folder.
//!
//! # Invariants
//!
//! * What is counted is what the file system allocated, folders included. A file with several names in
//!   the folder counts once. Blocks that files share by reflink count for each of them: no file system
//!   says cheaply whose they are.
//! * No symbolic link is followed and no other file system is entered.
//! * Folders of blobs are not read again while nothing was added to them or taken away: Odoo never
//!   writes to a blob that has its name. Once a day everything is counted anew.
//! * It works for a short while and then rests three times as long.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use berth_domain::{Bytes, Timestamp};
use tokio_util::sync::CancellationToken;

/// How long it works before it rests.
const SLICE: Duration = Duration::from_millis(5);
/// How many entries are looked at before the time is.
const ENTRIES: u32 = 64;
/// A folder that changed so recently may still be filled by whoever changed it.
const SETTLED: Duration = Duration::from_mins(1);
/// How long what is known of folders is believed.
const BELIEVED: Duration = Duration::from_hours(24);
/// Files with several names that are told apart. Beyond that each name counts.
const MOST_LINKED: usize = 100_000;

/// What there is in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Counted {
    pub(crate) bytes: Bytes,
    /// Files and folders.
    pub(crate) entries: u64,
    /// Why not everything was counted. `None`: all of it was.
    pub(crate) problem: Option<String>,
}

/// What is known of folders of blobs.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// When everything was counted. `None`: never.
    since: Option<Timestamp>,
    folders: HashMap<(u64, u64), Folder>,
}

/// A folder of blobs: when it changed last, and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Folder {
    changed: (i64, i64),
    blocks: u64,
    entries: u64,
}

/// Counts what is below `root`, with all of it looked at.
pub(crate) fn count(root: &Path, stop: &CancellationToken) -> io::Result<Counted> {
    count_again(root, Known::default(), Timestamp::UNIX_EPOCH, stop).0
}

/// Counts what is below `root`. What is known is handed back, to be used the next time.
pub(super) fn count_again(
    root: &Path,
    known: Known,
    now: Timestamp,
    stop: &CancellationToken,
) -> (io::Result<Counted>, Known) {
    let is_fresh = known.since.is_some_and(|since| now < since + BELIEVED && since <= now);
    let known = if is_fresh { known } else { Known { since: Some(now), ..Known::default() } };
    let mut walk = Walk::new(known, now, stop);
    let result = walk.all(root).map(|()| Counted {
        bytes: Bytes(walk.blocks.saturating_mul(512)),
        entries: walk.entries,
        problem: walk.problem.take(),
    });
    (result, walk.known)
}

struct Walk<'a> {
    known: Known,
    now: Timestamp,
    stop: &'a CancellationToken,
    blocks: u64,
    entries: u64,
    linked: HashSet<u64>,
    problem: Option<String>,
    began: Instant,
    until_look: u32,
}

impl<'a> Walk<'a> {
    fn new(known: Known, now: Timestamp, stop: &'a CancellationToken) -> Self {
        Self {
            known,
            now,
            stop,
            blocks: 0,
            entries: 0,
            linked: HashSet::new(),
            problem: None,
            began: Instant::now(),
            until_look: ENTRIES,
        }
    }

    fn all(&mut self, root: &Path) -> io::Result<()> {
        let there = std::fs::symlink_metadata(root)?;
        let device = there.dev();
        self.add(&there);
        let mut waiting = vec![(root.to_owned(), there)];
        while let Some((path, folder)) = waiting.pop() {
            if self.believe(&path, &folder) {
                continue;
            }
            match self.folder((&path, &folder), device, &mut waiting) {
                Err(error) if is_gone(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => self.complain(&path, &error),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Adds what is in a folder, and puts the folders in it on the list.
    fn folder(
        &mut self,
        (path, folder): (&Path, &Metadata),
        device: u64,
        waiting: &mut Vec<(PathBuf, Metadata)>,
    ) -> io::Result<()> {
        let (blocks, entries) = (self.blocks, self.entries);
        let mut is_plain = true;
        for entry in std::fs::read_dir(path)? {
            self.rest()?;
            let path = entry?.path();
            let there = match std::fs::symlink_metadata(&path) {
                Ok(there) if there.dev() != device => continue,
                Ok(there) => there,
                Err(error) if is_gone(&error) => continue,
                Err(error) => {
                    self.complain(&path, &error);
                    is_plain = false;
                    continue;
                }
            };
            self.add(&there);
            is_plain &= there.is_file() && there.nlink() == 1;
            if there.is_dir() {
                waiting.push((path, there));
            }
        }
        if is_plain && is_of_blobs(path) && self.is_settled(folder) {
            let (blocks, entries) = (self.blocks - blocks, self.entries - entries);
            let known = Folder { changed: changed(folder), blocks, entries };
            self.known.folders.insert((folder.dev(), folder.ino()), known);
        }
        Ok(())
    }

    fn add(&mut self, there: &Metadata) {
        self.entries += 1;
        let is_another_name = !there.is_dir()
            && there.nlink() > 1
            && self.linked.len() < MOST_LINKED
            && !self.linked.insert(there.ino());
        if !is_another_name {
            self.blocks = self.blocks.saturating_add(there.blocks());
        }
    }

    /// Whether what is known of the folder still holds. It is added then.
    fn believe(&mut self, path: &Path, folder: &Metadata) -> bool {
        let known = self.known.folders.get(&(folder.dev(), folder.ino())).copied();
        match known.filter(|known| known.changed == changed(folder) && is_of_blobs(path)) {
            Some(Folder { blocks, entries, .. }) => {
                self.blocks = self.blocks.saturating_add(blocks);
                self.entries += entries;
                true
            }
            None => false,
        }
    }

    fn is_settled(&self, folder: &Metadata) -> bool {
        let settled = self.now - SETTLED;
        folder.mtime() < settled.as_second()
    }

    fn complain(&mut self, path: &Path, error: &io::Error) {
        let text = || format!("not everything was counted: `{}`: {error}", shown(path));
        self.problem.get_or_insert_with(text);
    }

    /// Leaves the disk to others for a while, and ends when nobody waits for the count any more.
    fn rest(&mut self) -> io::Result<()> {
        self.until_look -= 1;
        if self.until_look > 0 {
            return Ok(());
        }
        self.until_look = ENTRIES;
        if self.stop.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let worked = self.began.elapsed();
        if worked >= SLICE {
            std::thread::sleep((worked * 3).min(SLICE * 20));
            self.began = Instant::now();
        }
        Ok(())
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn changed(there: &Metadata) -> (i64, i64) {
    (there.mtime(), there.mtime_nsec())
}

/// Whether it is `filestore/<database>/<two hexadecimal digits>`.
fn is_of_blobs(path: &Path) -> bool {
    let is_two_digits = path
        .file_name()
        .and_then(OsStr::to_str)
        .is_some_and(|name| name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let filestore = path.parent().and_then(Path::parent).and_then(Path::file_name);
    is_two_digits && filestore == Some(OsStr::new("filestore"))
}

/// A tenant chose the name.
fn shown(path: &Path) -> String {
    const LONGEST: usize = 200;
    let text = path.display().to_string();
    let text: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
