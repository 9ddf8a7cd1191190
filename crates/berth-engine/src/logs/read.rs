//! The kept log and the rest of the engine's, as one.
//!
//! # Invariants
//!
//! * First what is kept, then what the engine has beyond that, then what comes: no line is missing in
//!   between and none is there twice.
//! * An engine that does not answer takes away what is not kept yet, and nothing else.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use berth_domain::{Timestamp, chain};
use berth_odoo::log_line::Level;
use berth_runtime::{LogLine, LogQuery, LogStream, RuntimeError, WorkloadName};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::filter::{Filter, Wanted};
use super::history::{self, Pages};
use super::join::{Overlap, Recent};
use super::line::{Kept, Run, Voice};
use super::mark::{Behind, Mark};
use crate::engine::Inner;
use crate::error::EngineError;

/// What the last lines may be together, when only those are wanted.
const TAIL_BYTES: usize = 32 << 20;

/// What somebody asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Only the last so many.
    pub(crate) tail: Option<usize>,
    pub(crate) follow: bool,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) search: Option<String>,
    pub(crate) level: Option<Level>,
    /// Only what the container before this one said.
    pub(crate) previous: bool,
    /// Only what comes behind it.
    pub(crate) seen: Option<Mark>,
}

/// Reads the log of a container. `None`: nothing is kept, and there is no container.
pub(crate) async fn open(
    engine: &Arc<Inner>,
    (workload, folder): (WorkloadName, PathBuf),
    asked: Asked,
) -> Result<Option<BoxStream<'static, Result<Kept, EngineError>>>, EngineError> {
    let Asked { tail, follow, since, until, search, level, previous, seen } = asked;
    let place = folder.clone();
    let (is_empty, before) = blocking(move || {
        let before = if previous { history::previous_run(&place)? } else { None };
        Ok((history::is_empty(&place)?, before))
    })
    .await?;
    if previous && before.is_none() {
        return Ok(Some(stream::empty().boxed()));
    }
    if is_empty {
        let there = engine.runtime.workloads.observe(&workload).await;
        if there.map_err(EngineError::Runtime)?.is_none() {
            return Ok(None);
        }
    }
    let reading = Reading {
        engine: Arc::clone(engine),
        workload,
        folder,
        wanted: Wanted { since, until, search, level, run: before },
        tail,
        follow,
        is_past: previous,
        seen,
    };
    reading.begin().await.map(Some)
}

/// Lines of one container, as somebody wants them.
struct Reading {
    engine: Arc<Inner>,
    workload: WorkloadName,
    folder: PathBuf,
    wanted: Wanted,
    tail: Option<usize>,
    follow: bool,
    /// Whether only what is kept can be wanted.
    is_past: bool,
    seen: Option<Mark>,
}

impl Reading {
    /// Begins to read.
    async fn begin(self) -> Result<BoxStream<'static, Result<Kept, EngineError>>, EngineError> {
        let (folder, wanted, tail) = (self.folder.clone(), self.wanted.clone(), self.tail);
        let pages = blocking(move || Pages::open(&folder, &wanted, tail)).await?;
        let state = State {
            filter: Filter::new(self.wanted.clone()),
            last: self.tail.map(Last::new),
            behind: self.seen.map(Behind::new),
            reading: self,
            recent: Recent::default(),
            ready: VecDeque::new(),
            phase: Phase::Kept(pages),
        };
        let lines = stream::try_unfold(state, |mut state| async move {
            let line = state.next().await?;
            Ok(line.map(|line| (line, state)))
        });
        Ok(lines.boxed())
    }
}

struct State {
    reading: Reading,
    filter: Filter,
    /// `None`: every line is passed on.
    last: Option<Last>,
    /// `None`: nothing was told before, or it is known where that ended.
    behind: Option<Behind>,
    recent: Recent,
    ready: VecDeque<Kept>,
    phase: Phase,
}

enum Phase {
    Kept(Pages),
    /// What the engine has beyond what is kept.
    Rest(Log),
    Coming(Log),
    Over,
}

struct Log {
    lines: LogStream,
    overlap: Overlap,
}

impl State {
    async fn next(&mut self) -> Result<Option<Kept>, EngineError> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Ok(Some(line));
            }
            self.phase = match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Over => return Ok(None),
                Phase::Kept(pages) => self.kept(pages).await?,
                Phase::Rest(log) => self.rest(log).await?,
                Phase::Coming(log) => self.coming(log).await?,
            };
        }
    }

    async fn kept(&mut self, mut pages: Pages) -> Result<Phase, EngineError> {
        let (pages, lines) = blocking(move || {
            let lines = pages.next()?;
            Ok((pages, lines))
        })
        .await?;
        if let Some(lines) = lines {
            for line in lines {
                self.pass(line);
            }
            return Ok(Phase::Kept(pages));
        }
        if self.reading.is_past {
            return Ok(self.end());
        }
        let log = self.ask(false).await;
        Ok(log.map_or_else(|| self.end(), Phase::Rest))
    }

    async fn rest(&mut self, mut log: Log) -> Result<Phase, EngineError> {
        match log.lines.next().await {
            Some(Ok(line)) => {
                self.take(&mut log, line);
                return Ok(Phase::Rest(log));
            }
            Some(Err(error)) => self.complain(&error),
            None => {}
        }
        if !self.reading.follow {
            return Ok(self.end());
        }
        self.flush();
        let log = self.ask(true).await;
        Ok(log.map_or(Phase::Over, Phase::Coming))
    }

    async fn coming(&mut self, mut log: Log) -> Result<Phase, EngineError> {
        match log.lines.next().await {
            Some(Ok(line)) => {
                self.take(&mut log, line);
                Ok(Phase::Coming(log))
            }
            Some(Err(error)) => Err(EngineError::Runtime(error)),
            None => Ok(Phase::Over),
        }
    }

    /// Asks the engine for what is not there yet. `None`: it has nothing, or does not answer.
    async fn ask(&mut self, follow: bool) -> Option<Log> {
        let overlap = self.recent.overlap();
        let query = LogQuery { tail: None, follow, since: self.recent.since() };
        let telemetry = &self.reading.engine.runtime.telemetry;
        match telemetry.logs(&self.reading.workload, query).await {
            Ok(lines) => Some(Log { lines, overlap }),
            Err(RuntimeError::NoSuchWorkload(_)) => None,
            Err(error) => {
                self.complain(&error);
                None
            }
        }
    }

    fn take(&mut self, log: &mut Log, line: LogLine) {
        let line = Kept::said(line, Run::default(), self.reading.engine.clock.now());
        if log.overlap.is_new(&line) {
            self.pass(line);
        }
    }

    fn complain(&mut self, error: &RuntimeError) {
        let text = format!("what is not kept yet cannot be read: {}", chain(error));
        let (at, run) = (self.reading.engine.clock.now(), Run::default());
        self.ready.extend([Kept { at, voice: Voice::Berth, run, text }]);
    }

    fn pass(&mut self, line: Kept) {
        self.recent.note(&line);
        match (&mut self.behind, &mut self.last) {
            (Some(behind), _) => self.filter.push(line, behind),
            (None, Some(last)) => self.filter.push(line, last),
            (None, None) => self.filter.push(line, &mut self.ready),
        }
        if self.behind.as_ref().is_some_and(Behind::is_found) {
            self.go_on();
        }
    }

    /// Tells what comes behind what was told before, as far as it is known.
    fn go_on(&mut self) {
        self.ready.extend(self.behind.take().into_iter().flat_map(Behind::rest));
    }

    /// From here on every line is passed on.
    fn flush(&mut self) {
        self.go_on();
        if let Some(last) = self.last.take() {
            self.ready.extend(last.lines);
        }
    }

    fn end(&mut self) -> Phase {
        self.flush();
        Phase::Over
    }
}

/// The last so many lines.
struct Last {
    most: usize,
    lines: VecDeque<Kept>,
    bytes: usize,
}

impl Last {
    fn new(most: usize) -> Self {
        Self { most, lines: VecDeque::new(), bytes: 0 }
    }
}

impl Extend<Kept> for Last {
    fn extend<T: IntoIterator<Item = Kept>>(&mut self, lines: T) {
        for line in lines {
            self.bytes += line.text.len();
            self.lines.push_back(line);
            while self.lines.len() > self.most || self.bytes > TAIL_BYTES {
                let Some(gone) = self.lines.pop_front() else { break };
                self.bytes -= gone.text.len();
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, EngineError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| EngineError::Failed(error.to_string()))?
        .map_err(|source| EngineError::Io { what: "cannot read the kept log".to_owned(), source })
}
