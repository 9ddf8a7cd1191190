//! Carrying out a dump of somebody else, as the role that owns the database.
//!
//! # Invariants
//!
//! * Statements go to the server one by one and data by the protocol of `COPY`: no program reads the
//!   dump that could do anything else with it.
//! * The first statement that fails ends it, as does a dump that breaks off. Only what
//!   [`crate::dump::verdict`] names is left out.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tokio::sync::mpsc;

use crate::dump::script::{Piece, ScriptError};
use crate::dump::verdict::{Skipped, Verdict, judge};
use crate::error::is_transient;
use crate::quote::foreign;
use crate::server::sqlstate;

/// As much of a statement as a person wants to read.
const EXCERPT: usize = 100;
/// PostgreSQL, appendix A: a setting that the server does not have.
const UNDEFINED_OBJECT: &str = "42704";

/// A session that carries out one dump.
#[derive(Debug)]
pub struct Restorer {
    connection: PgConnection,
    report: Report,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub statements: u64,
    /// Of `COPY`.
    pub rows: u64,
    pub skipped: BTreeMap<Skipped, u64>,
}

/// The dump could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("cannot read the dump")]
    Source(#[source] io::Error),
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error("line {line}: `{excerpt}` is refused: {why}")]
    Refused { line: u64, excerpt: String, why: &'static str },
    #[error("line {line}: the extension `{name}` cannot be added to the database: {}", .refusal.said)]
    Extension { line: u64, name: String, refusal: Refusal },
    #[error("line {line}: `{excerpt}` failed: {}", .refusal.said)]
    Statement { line: u64, excerpt: String, refusal: Refusal },
}

/// The server's answer to a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its own words.
    pub said: String,
    may_pass: bool,
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        let said = match &error {
            sqlx::Error::Database(answer) => answer.message().to_owned(),
            other => other.to_string(),
        };
        Self { said, may_pass: is_transient(&error) }
    }
}

impl RestoreError {
    /// Whether the same dump may work later without anybody changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Extension { refusal, .. } | Self::Statement { refusal, .. } => refusal.may_pass,
            Self::Source(error) => error.kind() != io::ErrorKind::InvalidData,
            Self::Script(_) | Self::Refused { .. } => false,
        }
    }
}

/// Pieces in the order in which they come.
struct Feed<'a> {
    from: &'a mut mpsc::Receiver<io::Result<Vec<Piece>>>,
    waiting: VecDeque<Piece>,
}

impl Feed<'_> {
    async fn next(&mut self) -> Result<Piece, RestoreError> {
        loop {
            if let Some(piece) = self.waiting.pop_front() {
                return Ok(piece);
            }
            match self.from.recv().await {
                Some(Ok(pieces)) => self.waiting.extend(pieces),
                Some(Err(error)) => return Err(RestoreError::Source(error)),
                None => return Err(RestoreError::Source(io::ErrorKind::UnexpectedEof.into())),
            }
        }
    }
}

impl Restorer {
    pub(crate) fn new(connection: PgConnection) -> Self {
        Self { connection, report: Report::default() }
    }

    /// Carries out everything up to [`Piece::End`].
    pub async fn run(
        &mut self,
        from: &mut mpsc::Receiver<io::Result<Vec<Piece>>>,
    ) -> Result<(), RestoreError> {
        let mut feed = Feed { from, waiting: VecDeque::new() };
        loop {
            match feed.next().await? {
                Piece::Statement { line, text } => self.statement(line, text).await?,
                Piece::Copy { line, text } => self.copy(line, &text, &mut feed).await?,
                Piece::Refused(error) => return Err(error.into()),
                Piece::End => return Ok(()),
                // The splitter promises that data stands behind its statement only.
                Piece::Data(_) | Piece::EndOfData => {}
            }
        }
    }

    /// Gathers what the server plans by, and ends the session.
    pub async fn finish(mut self) -> Report {
        // A plan without it is slow, not wrong; the server gathers it later by itself.
        if let Err(error) = sqlx::raw_sql("ANALYZE").execute(&mut self.connection).await {
            tracing::warn!(%error, "cannot analyse a restored database");
        }
        let _cut_is_closed_too = self.connection.close().await;
        self.report
    }

    async fn statement(&mut self, line: u64, text: String) -> Result<(), RestoreError> {
        let excerpt = excerpt(&text);
        let verdict = judge(&text);
        match &verdict {
            Verdict::Run | Verdict::Setting => {}
            Verdict::Skip(why) => {
                self.skip(*why);
                return Ok(());
            }
            Verdict::Refuse(why) => return Err(RestoreError::Refused { line, excerpt, why }),
            Verdict::Extension(name) => return self.extension(line, name, text).await,
        }
        match self.execute(text).await {
            Err(error)
                if verdict == Verdict::Setting && sqlstate(&error) == Some(UNDEFINED_OBJECT) =>
            {
                self.skip(Skipped::Setting);
                Ok(())
            }
            Err(error) => Err(RestoreError::Statement { line, excerpt, refusal: error.into() }),
            Ok(()) => Ok(()),
        }
    }

    fn skip(&mut self, why: Skipped) {
        *self.report.skipped.entry(why).or_default() += 1;
    }

    async fn execute(&mut self, text: String) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(foreign(text)).execute(&mut self.connection).await?;
        self.report.statements += 1;
        Ok(())
    }

    /// Odoo's own are there; others may be added as far as the owner of a database may ("trusted").
    async fn extension(&mut self, line: u64, name: &str, text: String) -> Result<(), RestoreError> {
        let failed = |error: sqlx::Error| {
            let name = name.to_owned();
            RestoreError::Extension { line, name, refusal: error.into() }
        };
        let is_there = sqlx::query("SELECT 1 FROM pg_catalog.pg_extension WHERE extname = $1")
            .bind(name)
            .fetch_optional(&mut self.connection)
            .await
            .map_err(failed)?;
        if is_there.is_some() {
            self.skip(Skipped::Extension);
            return Ok(());
        }
        self.execute(text).await.map_err(failed)
    }

    async fn copy(
        &mut self,
        line: u64,
        text: &str,
        feed: &mut Feed<'_>,
    ) -> Result<(), RestoreError> {
        let failed = |error: sqlx::Error| {
            let excerpt = excerpt(text);
            RestoreError::Statement { line, excerpt, refusal: error.into() }
        };
        let mut copy = self.connection.copy_in_raw(text).await.map_err(failed)?;
        loop {
            match feed.next().await {
                Ok(Piece::Data(data)) => {
                    copy.send(data).await.map_err(failed)?;
                }
                Ok(Piece::EndOfData) => break,
                Ok(Piece::Refused(error)) => return Err(error.into()),
                // A session that is in the middle of data is of no use any more.
                Ok(_) => return Err(ScriptError::NoData { line }.into()),
                Err(error) => return Err(error),
            }
        }
        self.report.rows += copy.finish().await.map_err(failed)?;
        self.report.statements += 1;
        Ok(())
    }
}

/// The beginning of a statement, on one line.
fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(30).collect();
    let line = words.join(" ");
    let mut short: String = line.chars().filter(|c| !c.is_control()).take(EXCERPT).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
