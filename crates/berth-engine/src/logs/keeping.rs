//! Lines on their way from the engine into segments.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use berth_domain::Timestamp;
use berth_runtime::{LogLine, WorkloadName};

use super::join::{Overlap, Recent};
use super::line::{Kept, Run, Voice};
use super::shelf::Shelf;
use super::slots::{Interruption, Reader};
use crate::engine::Inner;

/// A container whose log is kept.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) name: WorkloadName,
    pub(super) folder: PathBuf,
    pub(super) run: Run,
}

/// Lines on their way into a shelf.
pub(super) struct Keeping<'a> {
    engine: &'a Inner,
    shelf: Option<Shelf>,
    pub(super) recent: Recent,
    overlap: Overlap,
    run: Run,
    pub(super) lines: Vec<Kept>,
    pub(super) bytes: usize,
    /// The first line that the engine had and that was not kept.
    first_new: Option<Timestamp>,
}

impl<'a> Keeping<'a> {
    pub(super) async fn begin(engine: &'a Inner, target: &Target) -> std::io::Result<Self> {
        let mut shelf = Shelf::new(target.folder.clone(), engine.settings.logs);
        let (shelf, recent) = in_background(engine, move || {
            let recent = shelf.recover();
            (shelf, recent)
        })
        .await?;
        let recent = recent?;
        Ok(Self {
            engine,
            shelf: Some(shelf),
            overlap: recent.overlap(),
            recent,
            run: target.run,
            lines: Vec::new(),
            bytes: 0,
            first_new: None,
        })
    }

    pub(super) fn take(&mut self, line: LogLine) {
        let line = Kept::said(line, self.run, self.engine.clock.now());
        if self.overlap.is_new(&line) {
            self.first_new.get_or_insert(line.at);
            self.bytes += line.text.len() + 64;
            self.lines.push(line);
        }
    }

    /// Writes what was gathered, behind what there is to say about the time before.
    pub(super) async fn write(&mut self, news: &mut Option<Interruption>) -> std::io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let mut lines = std::mem::take(&mut self.lines);
        self.bytes = 0;
        if let Some(interruption) = &*news {
            lines.insert(0, self.explain(interruption));
        }
        let Some(mut taken) = self.shelf.take() else { return Ok(()) };
        let now = self.engine.clock.now();
        // Whoever packs old segments works in the same folder.
        let _folder = self.engine.locks.lock(&lock_name(taken.folder())).await;
        let (given_back, result) = in_background(self.engine, move || {
            let result = taken.append(&lines, now);
            (taken, result)
        })
        .await?;
        self.shelf = Some(given_back);
        result?;
        *news = None;
        Ok(())
    }

    /// Writes what was gathered, or says how many lines nobody has any more.
    pub(super) async fn write_or_lose(&mut self, reader: &mut Reader, target: &Target) -> u64 {
        let count = self.lines.len() as u64;
        match self.write(&mut reader.interruption).await {
            Ok(()) => 0,
            Err(error) => {
                interrupt(self.engine, target, reader, &error);
                count
            }
        }
    }

    /// What a reader has to know about a time in which nothing was kept.
    fn explain(&self, Interruption { why, since, lost }: &Interruption) -> Kept {
        let now = self.engine.clock.now();
        let mut text = format!("this log could not be kept from {since} to {now}: {why}");
        match (self.recent.newest(), self.first_new) {
            (Some(last), Some(first)) if !self.overlap.was_met() => {
                let _ = write!(text, "; what was said between {last} and {first} is missing");
            }
            _ if *lost == 0 => text.push_str("; nothing is missing, the engine had all of it"),
            _ => {}
        }
        if *lost > 0 {
            let _ = write!(text, "; {lost} lines of a container that is gone are missing");
        }
        Kept { at: self.first_new.unwrap_or(now), voice: Voice::Berth, run: self.run, text }
    }
}

/// Notes why a log is not kept now, and says so once.
pub(super) fn interrupt(
    engine: &Inner,
    target: &Target,
    reader: &mut Reader,
    error: &std::io::Error,
) {
    let why = error.to_string();
    if reader.interruption.is_none() {
        tracing::warn!(
            container = %target.name, error = why,
            "a log cannot be kept now: the engine keeps the newest of it meanwhile"
        );
    }
    let since = engine.clock.now();
    reader.interruption.get_or_insert(Interruption { why, since, lost: 0 });
}

pub(super) fn lock_name(folder: &Path) -> String {
    format!("log {}", folder.display())
}

pub(super) async fn in_background<T: Send + 'static>(
    engine: &Inner,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<T> {
    engine.file_work.spawn_blocking(work).await.map_err(std::io::Error::other)
}
