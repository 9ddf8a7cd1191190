//! The parts that cases are put together from.

use std::time::Duration;

use berth_domain::{Bytes, Generation, Limits};

use super::programs::SCRATCH;
use super::{ContractBed, Fresh, Program};
use crate::{
    Attachment, ExecInput, ExecOutput, ExecSpec, Exit, Labels, LogLine, NetworkSpec, ObservedState,
    ObservedWorkload, Role, Runtime, RuntimeError, UserIds, WorkloadName, WorkloadSpec,
};

/// How long something may take before a case gives up on it. Engines on busy machines are slow.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

const PAUSE: Duration = Duration::from_millis(20);

pub(super) const LIMITS: Limits = Limits { cpu_millis: 500, memory: Bytes::mib(64), pids: 32 };

/// One tenant on one engine.
pub(super) struct Scene<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) fresh: Fresh,
    image: berth_domain::Digest,
}

impl<'a> Scene<'a> {
    pub(super) fn new(bed: &'a dyn ContractBed) -> Self {
        Self { runtime: bed.runtime(), fresh: bed.fresh(), image: bed.image().1 }
    }

    pub(super) fn name(&self) -> WorkloadName {
        WorkloadName::tenant(&self.fresh.tenant.object_name())
    }

    pub(super) fn labels(&self) -> Labels {
        Labels { tenant: Some(self.fresh.tenant), operation: Some(self.fresh.operation) }
    }

    /// A container of the tenant, without a network.
    pub(super) fn spec(&self, program: &Program) -> WorkloadSpec {
        WorkloadSpec {
            name: self.name(),
            role: Role::Tenant,
            labels: self.labels(),
            generation: Generation(3),
            image: self.image.clone(),
            command: program.command(),
            environment: [("LANG".to_owned(), "C.UTF-8".to_owned())].into(),
            user: Some(UserIds { uid: 1234, gid: 1234 }),
            mounts: Vec::new(),
            attachment: Attachment::None,
            limits: Some(LIMITS),
            read_only_root: true,
            scratch: vec![SCRATCH],
            shared_memory: None,
            stop_grace: Duration::from_secs(2),
            stop_signal: None,
        }
    }

    pub(super) fn job(&self, command: Vec<String>) -> WorkloadSpec {
        WorkloadSpec {
            name: WorkloadName::job(&self.fresh.tenant.object_name(), "contract"),
            role: Role::Job,
            command,
            ..self.spec(&Program::Wait)
        }
    }

    pub(super) fn network(&self) -> NetworkSpec {
        NetworkSpec {
            name: self.fresh.tenant.object_name(),
            subnet: self.fresh.subnet,
            labels: self.labels(),
        }
    }

    /// A container of the tenant on the tenant's network.
    pub(super) fn networked(&self, program: &Program) -> WorkloadSpec {
        let name = self.fresh.tenant.object_name();
        let attachment = Attachment::Network { name, address: self.fresh.subnet.workload() };
        WorkloadSpec { attachment, ..self.spec(program) }
    }

    pub(super) async fn ensure(&self, spec: &WorkloadSpec) {
        must(self.runtime.workloads.ensure(spec).await);
    }

    pub(super) async fn run_from(&self, spec: &WorkloadSpec) {
        self.ensure(spec).await;
        must(self.runtime.workloads.start(&spec.name).await);
    }

    pub(super) async fn observe(&self) -> Option<ObservedWorkload> {
        must(self.runtime.workloads.observe(&self.name()).await)
    }

    /// `None`: there is no container.
    pub(super) async fn state(&self) -> Option<ObservedState> {
        self.observe().await.map(|observed| observed.state)
    }

    /// Runs a job and returns how it ended and what it said.
    pub(super) async fn run(&self, spec: &WorkloadSpec) -> (Exit, Vec<LogLine>) {
        let mut lines = Vec::new();
        let ended = self.runtime.workloads.run(spec, PATIENCE, &mut |line| lines.push(line)).await;
        (must(ended), lines)
    }

    /// Runs a command in the tenant's container, without input.
    pub(super) async fn exec(&self, command: Vec<String>) -> Executed {
        let spec = ExecSpec { command, environment: Vec::new(), terminal: None };
        let session = must(self.runtime.telemetry.exec(&self.name(), spec).await);
        drop(session.input);
        read_to_end(session.output).await
    }
}

/// What a command printed and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Executed {
    pub(super) out: Vec<u8>,
    pub(super) error: Vec<u8>,
    pub(super) exit: Exit,
}

pub(super) async fn read_to_end(mut output: crate::Stream<ExecOutput>) -> Executed {
    let mut executed = Executed { out: Vec::new(), error: Vec::new(), exit: exit(i64::MIN) };
    while let Some(next) = next(&mut output, "the end of the command").await {
        match must(next) {
            ExecOutput::Out(data) => executed.out.extend_from_slice(&data),
            ExecOutput::Error(data) => executed.error.extend_from_slice(&data),
            ExecOutput::Exit(exit) => executed.exit = exit,
        }
    }
    executed
}

pub(super) async fn send(input: &tokio::sync::mpsc::Sender<ExecInput>, data: &'static str) {
    let sent = input.send(ExecInput::Data(data.as_bytes().into())).await;
    assert!(sent.is_ok(), "the command no longer takes input");
}

/// `None`: the stream ended.
pub(super) async fn next<T>(
    stream: &mut crate::Stream<T>,
    what: &str,
) -> Option<Result<T, RuntimeError>> {
    let next = tokio::time::timeout(PATIENCE, futures_util::StreamExt::next(stream)).await;
    next.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Looks until there is something to see.
pub(super) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let seen = tokio::time::timeout(PATIENCE, looking).await;
    seen.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

#[track_caller]
pub(super) fn must<T>(result: Result<T, RuntimeError>) -> T {
    result.unwrap_or_else(|error| panic!("the engine failed: {error:?}"))
}

pub(super) const fn exit(code: i64) -> Exit {
    Exit { code, out_of_memory: false }
}

/// How a program ends that a signal ended, as shells and engines count.
pub(super) const fn signalled(signal: i64) -> Exit {
    exit(128 + signal)
}

pub(super) fn text(line: &LogLine) -> &str {
    &line.text
}
