//! What containers say and use, and commands inside them.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;

use async_trait::async_trait;
use berth_domain::{Bytes, TenantId, Timestamp};
use bytes::Bytes as Chunk;
use tokio::sync::mpsc;

use crate::{Exit, RuntimeError, WorkloadName};

/// A stream of results, boxed.
pub type Stream<T> = Pin<Box<dyn futures_util::Stream<Item = Result<T, RuntimeError>> + Send>>;

/// Reads what containers do, and runs commands inside them.
///
/// # Contract
///
/// * `logs` without `follow` ends; with it, it ends when the container stops.
/// * `events` never ends by itself; an error or its end means: look at everything again.
/// * `exec` runs an argument list, never a shell string. Dropping the session's input closes the
///   command's standard input.
#[async_trait]
pub trait Telemetry: Send + Sync + fmt::Debug {
    async fn logs(
        &self,
        name: &WorkloadName,
        query: LogQuery,
    ) -> Result<Stream<LogLine>, RuntimeError>;

    async fn stats(&self, name: &WorkloadName) -> Result<Stats, RuntimeError>;

    /// Events of our own containers, from now on.
    async fn events(&self) -> Result<Stream<WorkloadEvent>, RuntimeError>;

    async fn exec(&self, name: &WorkloadName, spec: ExecSpec) -> Result<ExecSession, RuntimeError>;

    async fn engine(&self) -> Result<EngineInfo, RuntimeError>;
}

/// Which lines of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogQuery {
    /// The last so many. `None`: all that the engine kept.
    pub tail: Option<u32>,
    pub follow: bool,
    /// Only younger ones.
    pub since: Option<Timestamp>,
}

/// One line, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When the engine read it. `None` when the engine did not say.
    pub at: Option<Timestamp>,
    pub is_error: bool,
    pub text: String,
}

/// Lines of a log.
pub type LogStream = Stream<LogLine>;

/// What a container uses now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Processor time used since it started, in microseconds. Grows only, until it starts again.
    pub cpu_micros: u64,
    /// Without the page cache.
    pub memory: Bytes,
    pub pids: u64,
}

/// Something happened to one of our containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadEvent {
    pub name: String,
    pub tenant: Option<TenantId>,
    pub kind: WorkloadEventKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkloadEventKind {
    Started,
    Stopped,
    Removed,
    OutOfMemory,
}

/// A command inside a running container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecSpec {
    pub command: Vec<String>,
    pub environment: Vec<(String, String)>,
    /// With a terminal: output arrives as one stream and can be resized.
    pub terminal: Option<TerminalSize>,
}

/// Columns and rows of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    pub columns: u16,
    pub rows: u16,
}

/// What goes in.
#[derive(Debug)]
pub enum ExecInput {
    Data(Chunk),
    Resize(TerminalSize),
}

/// What comes out; `Exit` is the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecOutput {
    Out(Chunk),
    Error(Chunk),
    Exit(Exit),
}

/// A running command.
pub struct ExecSession {
    /// Dropping it closes the command's standard input.
    pub input: mpsc::Sender<ExecInput>,
    pub output: Stream<ExecOutput>,
}

impl fmt::Debug for ExecSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecSession").finish_non_exhaustive()
    }
}

/// The engine and its host, as the engine reports them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// `Docker` or `Podman`.
    pub product: String,
    pub version: String,
    pub api_version: String,
    /// 1 or 2.
    pub cgroup_version: u8,
    pub cpus: u32,
    pub memory: Bytes,
    pub storage_driver: String,
    /// Where it keeps images and containers. `None` when it does not say.
    pub data_root: Option<PathBuf>,
    /// Whether the engine runs as an ordinary user: containers have that user's rights and the host reaches
    /// them by published ports only.
    pub rootless: bool,
    /// Whether [`Exit::out_of_memory`] is ever set.
    pub tells_out_of_memory: bool,
}
