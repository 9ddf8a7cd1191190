//! Logs, events and commands of the fake engine.

use std::collections::VecDeque;

use async_trait::async_trait;
use berth_domain::Bytes;
use futures_util::stream;
use tokio::sync::{broadcast, mpsc};

use super::{CallKind, ExecAnswer, FakeEngine, lock};
use crate::{
    EngineInfo, ExecInput, ExecOutput, ExecSession, ExecSpec, Exit, LogLine, LogQuery,
    ObservedState, RuntimeError, Stats, Stream, Telemetry, WorkloadEvent, WorkloadName,
};

/// How much input may wait for a command that does not read.
const INPUT_BACKLOG: usize = 32;

#[async_trait]
impl Telemetry for FakeEngine {
    async fn logs(
        &self,
        name: &WorkloadName,
        query: LogQuery,
    ) -> Result<Stream<LogLine>, RuntimeError> {
        self.begin(CallKind::Logs).await?;
        let (kept, next) = {
            let mut state = self.state();
            let logs = &state.get_ours(name.as_str())?.logs;
            (select(logs, query), logs.len())
        };
        let follower =
            Follower { engine: self.clone(), name: name.clone(), query, pending: kept, next };
        Ok(Box::pin(stream::unfold(follower, async |mut follower| {
            let line = follower.next_line().await?;
            Some((Ok(line), follower))
        })))
    }

    async fn stats(&self, name: &WorkloadName) -> Result<Stats, RuntimeError> {
        self.begin(CallKind::Stats).await?;
        let mut state = self.state();
        if state.get_ours(name.as_str())?.state != ObservedState::Running {
            return Ok(Stats::default());
        }
        let idle = Stats { cpu_micros: 1, memory: Bytes::mib(1), pids: 1 };
        Ok(state.stats.get(name.as_str()).copied().unwrap_or(idle))
    }

    async fn events(&self) -> Result<Stream<WorkloadEvent>, RuntimeError> {
        self.begin(CallKind::Events).await?;
        let streams = (self.inner.events.subscribe(), self.inner.streams.subscribe());
        Ok(Box::pin(stream::unfold(streams, async |(mut events, mut end)| {
            let event = tokio::select! {
                event = events.recv() => event,
                _ = end.changed() => return None,
            };
            match event {
                Ok(event) => Some((Ok(event), (events, end))),
                // A reader that fell behind has to look at everything again, which is what an end
                // says.
                Err(
                    broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed,
                ) => None,
            }
        })))
    }

    async fn exec(&self, name: &WorkloadName, spec: ExecSpec) -> Result<ExecSession, RuntimeError> {
        self.begin(CallKind::Exec).await?;
        if self.state().get_ours(name.as_str())?.state != ObservedState::Running {
            let message = format!("container {name} is not running");
            return Err(RuntimeError::Refused { action: "run a command inside it", message });
        }
        let execs = lock(&self.inner.execs).clone();
        let (input, received) = mpsc::channel(INPUT_BACKLOG);
        let output: Stream<ExecOutput> = match execs(name.as_str(), &spec) {
            ExecAnswer::Ends(output) => Box::pin(finite(output, received)),
            ExecAnswer::CopiesInput => Box::pin(copy(received)),
        };
        Ok(ExecSession { input, output })
    }

    async fn engine(&self) -> Result<EngineInfo, RuntimeError> {
        self.begin(CallKind::EngineInfo).await?;
        Ok(EngineInfo {
            product: "Fake".to_owned(),
            version: "1.0.0".to_owned(),
            api_version: "1.41".to_owned(),
            cgroup_version: 2,
            cpus: 8,
            memory: Bytes(16 * Bytes::GIB),
            storage_driver: "memory".to_owned(),
            data_root: None,
            rootless: false,
            tells_out_of_memory: true,
        })
    }
}

fn is_wanted(line: &LogLine, query: LogQuery) -> bool {
    match (query.since, line.at) {
        (Some(since), Some(at)) => at > since,
        (None, _) | (_, None) => true,
    }
}

fn select(logs: &[LogLine], query: LogQuery) -> VecDeque<LogLine> {
    let wanted: VecDeque<_> = logs.iter().filter(|line| is_wanted(line, query)).cloned().collect();
    let tail = query.tail.map_or(wanted.len(), |tail| tail as usize);
    let skipped = wanted.len().saturating_sub(tail);
    wanted.into_iter().skip(skipped).collect()
}

/// A reader of one container's log.
struct Follower {
    engine: FakeEngine,
    name: WorkloadName,
    query: LogQuery,
    pending: VecDeque<LogLine>,
    /// Number of the first line that was not looked at.
    next: usize,
}

impl Follower {
    /// `None`: the log ended, or the container is gone.
    async fn next_line(&mut self) -> Option<LogLine> {
        let mut changes = self.engine.inner.changes.subscribe();
        loop {
            if let Some(line) = self.pending.pop_front() {
                return Some(line);
            }
            if !self.query.follow {
                return None;
            }
            let is_running = self.look()?;
            if self.pending.is_empty() {
                if !is_running {
                    return None;
                }
                changes.changed().await.ok()?;
            }
        }
    }

    /// Takes what is new. Returns whether more may come; `None`: the container is gone.
    fn look(&mut self) -> Option<bool> {
        let state = self.engine.state();
        let workload = state.ours(self.name.as_str())?;
        let new = workload.logs.get(self.next..).unwrap_or_default();
        let wanted = new.iter().filter(|line| is_wanted(line, self.query));
        self.pending.extend(wanted.cloned());
        self.next = workload.logs.len();
        Some(workload.state == ObservedState::Running)
    }
}

/// Keeps the input open until the output was read, as a running command does.
fn finite(
    output: Vec<ExecOutput>,
    input: mpsc::Receiver<ExecInput>,
) -> impl futures_util::Stream<Item = Result<ExecOutput, RuntimeError>> + Send {
    stream::unfold((output.into_iter(), input), async |(mut output, input)| {
        let next = output.next()?;
        Some((Ok(next), (output, input)))
    })
}

fn copy(
    input: mpsc::Receiver<ExecInput>,
) -> impl futures_util::Stream<Item = Result<ExecOutput, RuntimeError>> + Send {
    stream::unfold(Some(input), async |input| {
        let mut input = input?;
        loop {
            match input.recv().await {
                Some(ExecInput::Data(data)) => {
                    return Some((Ok(ExecOutput::Out(data)), Some(input)));
                }
                Some(ExecInput::Resize(_)) => {}
                None => {
                    let exit = Exit { code: 0, out_of_memory: false };
                    return Some((Ok(ExecOutput::Exit(exit)), None));
                }
            }
        }
    })
}
