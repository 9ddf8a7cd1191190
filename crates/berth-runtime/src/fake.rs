//! A runtime that keeps its state in memory.
//!
//! It behaves like an engine, so a test asserts on what exists afterwards instead of on which calls
//! were made. It passes the same contract suite as the real engines (`crate::contract`).
//!
//! # Invariants
//!
//! * Nothing reads a clock: times of log lines are the test's own.
//! * An injected fault fails a call before it changes anything; a lost answer fails it afterwards.
//! * Objects planted as foreign are never listed, changed or removed through the ports.
//!
//! Deliberately absent: isolation and enforcement of limits, which nothing in memory can honestly
//! show. [`crate::contract`] keeps the cases for those in a list of their own.

mod images;
mod networks;
mod outside;
mod plain;
mod state;
mod telemetry;
mod workloads;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use berth_domain::{Bytes, Digest, ImageRef};
use tokio::sync::{broadcast, oneshot, watch};

use crate::{
    ExecOutput, ExecSpec, Exit, ImageInfo, LogLine, Runtime, RuntimeError, Stats, WorkloadSpec,
};
use state::{FakeNetwork, FakeWorkload, State};

/// One kind of call through the ports. Faults and counts are kept by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallKind {
    WorkloadEnsure,
    WorkloadStart,
    WorkloadStop,
    WorkloadRemove,
    WorkloadObserve,
    WorkloadList,
    WorkloadRun,
    NetworkEnsure,
    NetworkRemove,
    NetworkObserve,
    NetworkList,
    ImageFind,
    ImagePull,
    Logs,
    Stats,
    Events,
    Exec,
    EngineInfo,
}

/// What a job does, decided by the test from its specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobAnswer {
    /// Says the lines and ends.
    Ends { lines: Vec<LogLine>, exit: Exit },
    /// Says the lines and works on until its deadline passes or its container is removed.
    Hangs { lines: Vec<LogLine> },
}

/// What a command inside a container does, decided by the test from its specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecAnswer {
    /// Says the output and ends; the last element is to be [`ExecOutput::Exit`].
    Ends(Vec<ExecOutput>),
    /// Gives back what comes in, as `cat` does, and ends with success when its input is closed.
    CopiesInput,
}

type Jobs = Arc<dyn Fn(&WorkloadSpec) -> JobAnswer + Send + Sync>;
type Execs = Arc<dyn Fn(&str, &ExecSpec) -> ExecAnswer + Send + Sync>;

/// An engine in memory. Clones are the same engine.
#[derive(Clone)]
pub struct FakeEngine {
    inner: Arc<Inner>,
}

struct Inner {
    home: String,
    state: Mutex<State>,
    jobs: Mutex<Jobs>,
    execs: Mutex<Execs>,
    events: broadcast::Sender<crate::WorkloadEvent>,
    /// Rises with every change, so that whoever waits for one can look again.
    changes: watch::Sender<u64>,
    /// Rises when streams of events that are open are to end.
    streams: watch::Sender<u64>,
}

/// Events that a slow reader may be behind before its stream ends.
const EVENT_BACKLOG: usize = 1024;

impl FakeEngine {
    /// Makes an empty engine whose ports belong to the installation `home`.
    ///
    /// Jobs end with success and say nothing, and so do commands inside containers, until the test
    /// says otherwise.
    #[must_use]
    pub fn new(home: &str) -> Self {
        let success = Exit { code: 0, out_of_memory: false };
        let jobs: Jobs = Arc::new(move |_| JobAnswer::Ends { lines: Vec::new(), exit: success });
        let execs: Execs = Arc::new(move |_, _| ExecAnswer::Ends(vec![ExecOutput::Exit(success)]));
        let inner = Inner {
            home: home.to_owned(),
            state: Mutex::default(),
            jobs: Mutex::new(jobs),
            execs: Mutex::new(execs),
            events: broadcast::Sender::new(EVENT_BACKLOG),
            changes: watch::Sender::new(0),
            streams: watch::Sender::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The installation that its ports belong to.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.inner.home
    }

    /// Returns the ports.
    #[must_use]
    pub fn runtime(&self) -> Runtime {
        Runtime {
            workloads: Arc::new(self.clone()),
            networks: Arc::new(self.clone()),
            images: Arc::new(self.clone()),
            telemetry: Arc::new(self.clone()),
        }
    }

    /// Lets the engine have an image.
    pub fn add_image(&self, reference: &ImageRef, digest: &Digest) {
        let info = ImageInfo {
            digest: digest.clone(),
            size: Bytes::mib(1),
            labels: std::collections::BTreeMap::new(),
        };
        self.change(|state| state.images.insert(reference.clone(), info));
    }

    /// Lets the registry have an image that the engine can fetch.
    pub fn add_registry_image(&self, reference: &ImageRef, info: ImageInfo) {
        self.change(|state| state.registry.insert(reference.clone(), info));
    }

    /// Lets a container run that somebody else made.
    pub fn plant_foreign_workload(&self, name: &str) {
        self.change(|state| state.workloads.insert(name.to_owned(), FakeWorkload::Foreign));
    }

    /// Makes a network that belongs to somebody else.
    pub fn plant_foreign_network(&self, name: &str, subnet: &str) {
        let network = FakeNetwork { subnet: subnet.to_owned(), labels: None };
        self.change(|state| state.networks.insert(name.to_owned(), network));
    }

    /// Whether a foreign container of that name is there.
    #[must_use]
    pub fn has_foreign_workload(&self, name: &str) -> bool {
        matches!(self.state().workloads.get(name), Some(FakeWorkload::Foreign))
    }

    /// Whether a foreign network of that name is there.
    #[must_use]
    pub fn has_foreign_network(&self, name: &str) -> bool {
        self.state().networks.get(name).is_some_and(|network| network.labels.is_none())
    }

    /// Fails the next call of this kind before it changes anything. Faults of a kind queue up.
    pub fn fail_next(&self, call: CallKind, error: RuntimeError) {
        self.state().faults.entry(call).or_default().push_back(error);
    }

    /// Lets the next call of this kind take effect, and then report this failure: what a caller sees
    /// whose connection breaks while the engine works. Only for calls that change something.
    pub fn lose_answer(&self, call: CallKind, error: RuntimeError) {
        self.state().lost_answers.entry(call).or_default().push_back(error);
    }

    /// Lets the next list of networks be on its way until the sender is used or dropped: it says what
    /// there was when it was asked for.
    #[must_use]
    pub fn hold_next_network_list(&self) -> oneshot::Sender<()> {
        let (release, held) = oneshot::channel();
        self.state().held_network_lists.push_back(held);
        release
    }

    /// Forgets every fault and lost answer that is still to come, and returns how many there were.
    pub fn relent(&self) -> usize {
        let mut state = self.state();
        let faults = std::mem::take(&mut state.faults);
        let lost = std::mem::take(&mut state.lost_answers);
        faults.values().chain(lost.values()).map(std::collections::VecDeque::len).sum()
    }

    /// Cuts the connection, or joins it again. While it is cut every call is
    /// [`RuntimeError::Unreachable`]; containers live on.
    pub fn set_reachable(&self, reachable: bool) {
        self.change(|state| state.is_cut_off = !reachable);
    }

    /// Has no call be answered from now on, or all that wait and those to come.
    pub fn set_silent(&self, silent: bool) {
        self.change(|state| state.is_silent = silent);
    }

    /// How many calls of this kind were made, failed ones included.
    #[must_use]
    pub fn calls(&self, call: CallKind) -> usize {
        self.state().calls.get(&call).copied().unwrap_or_default()
    }

    /// Says what jobs do from now on. The closure may act on the host as the job would.
    pub fn answer_jobs(&self, jobs: impl Fn(&WorkloadSpec) -> JobAnswer + Send + Sync + 'static) {
        *lock(&self.inner.jobs) = Arc::new(jobs);
    }

    /// Says what commands inside containers do from now on; the text is the container's name.
    pub fn answer_execs(
        &self,
        execs: impl Fn(&str, &ExecSpec) -> ExecAnswer + Send + Sync + 'static,
    ) {
        *lock(&self.inner.execs) = Arc::new(execs);
    }

    /// Lets a container of ours say a line.
    ///
    /// # Panics
    ///
    /// When there is no such container.
    pub fn push_log(&self, name: &str, line: LogLine) {
        let said = self.change(|state| {
            state.ours_mut(name)?.logs.push(line);
            Some(())
        });
        assert!(said.is_some(), "there is no container `{name}` that could say something");
    }

    /// Lets a container of ours say a line when it is asked to end. Killed ones say nothing.
    pub fn set_last_words(&self, name: &str, line: LogLine) {
        self.change(|state| state.last_words.insert(name.to_owned(), line));
    }

    /// Lets a running container of ours end by itself.
    ///
    /// # Panics
    ///
    /// When no such container runs.
    pub fn exit(&self, name: &str, exit: Exit) {
        assert!(self.end(name, exit), "no container `{name}` runs that could end");
    }

    /// Says where a port of a container is reached while it runs, now and after it is replaced. Without
    /// this it is the address in the container's network.
    pub fn set_endpoint(&self, name: &str, port: u16, address: SocketAddr) {
        self.change(|state| state.endpoints.insert((name.to_owned(), port), address));
    }

    /// Says what a running container uses.
    pub fn set_stats(&self, name: &str, stats: Stats) {
        self.change(|state| state.stats.insert(name.to_owned(), stats));
    }

    /// Returns what the container of that name was specified to be; `None` when there is none of ours.
    #[must_use]
    pub fn spec(&self, name: &str) -> Option<WorkloadSpec> {
        self.state().ours(name).map(|workload| workload.spec.clone())
    }

    /// Takes the container of that name away, as a person with the engine's own tools would.
    pub fn remove_behind_our_back(&self, name: &str) {
        self.change(|state| state.workloads.remove(name));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.inner.state)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.inner.changes.send_modify(|revision| *revision += 1);
        result
    }
}

/// A test that panicked while it held a lock says so by itself; the state is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for FakeEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeEngine").field("home", &self.inner.home).finish_non_exhaustive()
    }
}
