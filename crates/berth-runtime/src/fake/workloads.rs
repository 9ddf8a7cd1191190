//! Containers of the fake engine.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;

use super::state::{FakeWorkload, OurWorkload, State};
use super::{CallKind, FakeEngine, JobAnswer, lock};
use crate::{
    Attachment, Endpoint, Exit, Labels, LogLine, ObservedState, ObservedWorkload, RuntimeError,
    WorkloadEventKind, WorkloadName, WorkloadSpec, Workloads,
};

/// Odoo's HTTP and longpolling ports (`--http-port`, `--gevent-port`).
const PORTS: [u16; 2] = [8069, 8072];

/// What a shell reports for a process that SIGTERM ended, and one that SIGKILL ended.
const TERMINATED: Exit = Exit { code: 143, out_of_memory: false };
const KILLED: Exit = Exit { code: 137, out_of_memory: false };

#[async_trait]
impl Workloads for FakeEngine {
    async fn ensure(&self, spec: &WorkloadSpec) -> Result<(), RuntimeError> {
        self.begin(CallKind::WorkloadEnsure).await?;
        let name = spec.name.as_str();
        let replaces = {
            let mut state = self.state();
            require_command(spec)?;
            require_image(&state, spec)?;
            match state.find_ours(name)? {
                None => false,
                Some(there) if there.spec.generation > spec.generation => {
                    return Err(RuntimeError::Stale(name.to_owned()));
                }
                Some(there) if there.spec == *spec && !lost_its_network(there) => {
                    return self.finish_unlocked(state, CallKind::WorkloadEnsure);
                }
                Some(_) => true,
            }
        };
        if replaces {
            self.end(name, TERMINATED);
            self.take_away(name);
        }
        let workload = FakeWorkload::Ours(OurWorkload::new(spec));
        self.change(|state| state.workloads.insert(name.to_owned(), workload));
        self.finish(CallKind::WorkloadEnsure)
    }

    async fn start(&self, name: &WorkloadName) -> Result<(), RuntimeError> {
        self.begin(CallKind::WorkloadStart).await?;
        let started = self.change(|state| start(state, name.as_str()))?;
        if let Some(Labels { tenant, .. }) = started {
            self.announce(name.as_str(), tenant, WorkloadEventKind::Started);
        }
        self.finish(CallKind::WorkloadStart)
    }

    async fn stop(&self, name: &WorkloadName) -> Result<(), RuntimeError> {
        self.begin(CallKind::WorkloadStop).await?;
        self.state().find_ours(name.as_str())?;
        self.end(name.as_str(), TERMINATED);
        self.finish(CallKind::WorkloadStop)
    }

    async fn remove(&self, name: &WorkloadName) -> Result<(), RuntimeError> {
        self.begin(CallKind::WorkloadRemove).await?;
        self.state().find_ours(name.as_str())?;
        self.end(name.as_str(), KILLED);
        self.take_away(name.as_str());
        self.finish(CallKind::WorkloadRemove)
    }

    async fn observe(&self, name: &WorkloadName) -> Result<Option<ObservedWorkload>, RuntimeError> {
        self.begin(CallKind::WorkloadObserve).await?;
        let mut state = self.state();
        state.find_ours(name.as_str())?;
        Ok(state.ours(name.as_str()).map(|workload| observe(&state, workload)))
    }

    async fn list(&self) -> Result<Vec<ObservedWorkload>, RuntimeError> {
        self.begin(CallKind::WorkloadList).await?;
        let state = self.state();
        let ours = state.workloads.keys().filter_map(|name| state.ours(name));
        Ok(ours.map(|workload| observe(&state, workload)).collect())
    }

    async fn run(
        &self,
        spec: &WorkloadSpec,
        deadline: Duration,
        output: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<Exit, RuntimeError> {
        self.begin(CallKind::WorkloadRun).await?;
        let name = spec.name.as_str();
        require_command(spec)?;
        require_image(&self.state(), spec)?;
        self.state().find_ours(name)?;
        self.end(name, KILLED);
        self.take_away(name);

        self.begin_job(spec).inspect_err(|_| self.take_away(name))?;
        let exit = tokio::time::timeout(deadline, self.act(spec, output)).await.ok();
        self.end(name, exit.unwrap_or(KILLED));
        self.take_away(name);
        self.finish(CallKind::WorkloadRun)?;
        exit.ok_or(RuntimeError::TimedOut { action: "finish the job", seconds: deadline.as_secs() })
    }
}

impl FakeEngine {
    /// Ends a running container and does nothing to any other. Returns whether it ran.
    pub(super) fn end(&self, name: &str, exit: Exit) -> bool {
        let ended = self.change(|state| {
            let last_words = state.last_words.get(name).filter(|_| exit == TERMINATED).cloned();
            let workload = state.ours_mut(name)?;
            if workload.state != ObservedState::Running {
                return None;
            }
            workload.logs.extend(last_words);
            workload.state = ObservedState::Exited(exit);
            Some(workload.spec.labels)
        });
        let Some(Labels { tenant, .. }) = ended else {
            return false;
        };
        if exit.out_of_memory {
            self.announce(name, tenant, WorkloadEventKind::OutOfMemory);
        }
        self.announce(name, tenant, WorkloadEventKind::Stopped);
        true
    }

    fn begin_job(&self, spec: &WorkloadSpec) -> Result<(), RuntimeError> {
        let name = spec.name.as_str();
        let workload = FakeWorkload::Ours(OurWorkload::new(spec));
        let started = self.change(|state| {
            state.workloads.insert(name.to_owned(), workload);
            start(state, name)
        })?;
        if let Some(Labels { tenant, .. }) = started {
            self.announce(name, tenant, WorkloadEventKind::Started);
        }
        Ok(())
    }

    /// Acts a job as the test said.
    async fn act(&self, spec: &WorkloadSpec, output: &mut (dyn FnMut(LogLine) + Send)) -> Exit {
        let jobs = lock(&self.inner.jobs).clone();
        let (lines, exit) = match jobs(spec) {
            JobAnswer::Ends { lines, exit } => (lines, Some(exit)),
            JobAnswer::Hangs { lines } => (lines, None),
        };
        lines.into_iter().for_each(output);
        match exit {
            Some(exit) => exit,
            None => self.end_of(spec.name.as_str()).await,
        }
    }

    pub(super) fn take_away(&self, name: &str) {
        let gone = self.change(|state| {
            let labels = state.ours(name)?.spec.labels;
            state.workloads.remove(name);
            Some(labels)
        });
        if let Some(Labels { tenant, .. }) = gone {
            self.announce(name, tenant, WorkloadEventKind::Removed);
        }
    }

    /// Waits until a container of ours no longer runs, by itself or because somebody ended it.
    async fn end_of(&self, name: &str) -> Exit {
        let mut changes = self.inner.changes.subscribe();
        loop {
            match self.state().ours(name).map(|workload| workload.state) {
                Some(ObservedState::Running | ObservedState::Created) => {}
                Some(ObservedState::Exited(exit)) => return exit,
                None => return KILLED,
            }
            if changes.changed().await.is_err() {
                return KILLED;
            }
        }
    }

    fn finish_unlocked(
        &self,
        state: std::sync::MutexGuard<'_, State>,
        call: CallKind,
    ) -> Result<(), RuntimeError> {
        drop(state);
        self.finish(call)
    }
}

/// Real engines take an empty command for the image's own, so adapters refuse it.
fn require_command(spec: &WorkloadSpec) -> Result<(), RuntimeError> {
    if spec.command.is_empty() {
        let message = "its command is empty".to_owned();
        return Err(RuntimeError::Refused { action: "make the container", message });
    }
    Ok(())
}

fn require_image(state: &State, spec: &WorkloadSpec) -> Result<(), RuntimeError> {
    if state.images.values().any(|image| image.digest == spec.image) {
        Ok(())
    } else {
        Err(RuntimeError::NoSuchImage(spec.image.to_string()))
    }
}

fn lost_its_network(workload: &OurWorkload) -> bool {
    !workload.is_attached && matches!(workload.spec.attachment, Attachment::Network { .. })
}

/// Returns whose it is when it was not running before.
fn start(state: &mut State, name: &str) -> Result<Option<Labels>, RuntimeError> {
    let workload = state.get_ours(name)?;
    if workload.state == ObservedState::Running {
        return Ok(None);
    }
    if let Attachment::Network { name: network, .. } = &workload.spec.attachment {
        let network = network.as_str().to_owned();
        let is_attached = workload.is_attached;
        if !is_attached || !state.networks.contains_key(&network) {
            let message = format!("network {network} not found");
            return Err(RuntimeError::Refused { action: "start the container", message });
        }
    }
    let workload = state.get_ours(name)?;
    workload.state = ObservedState::Running;
    Ok(Some(workload.spec.labels))
}

fn observe(state: &State, workload: &OurWorkload) -> ObservedWorkload {
    let spec = &workload.spec;
    ObservedWorkload {
        name: spec.name.to_string(),
        role: spec.role,
        state: workload.state,
        started_at: None,
        image: spec.image.clone(),
        tenant: spec.labels.tenant,
        operation: spec.labels.operation,
        generation: spec.generation,
        limits: spec.limits,
        endpoints: endpoints(state, workload),
    }
}

fn endpoints(state: &State, workload: &OurWorkload) -> BTreeMap<u16, Endpoint> {
    let Attachment::Network { address, .. } = &workload.spec.attachment else {
        return BTreeMap::new();
    };
    if workload.state != ObservedState::Running || !workload.is_attached {
        return BTreeMap::new();
    }
    let endpoint = |port| {
        let told = state.endpoints.get(&(workload.spec.name.to_string(), port)).copied();
        Endpoint::new(told.unwrap_or(SocketAddr::new(IpAddr::V4(*address), port)))
    };
    PORTS.into_iter().map(|port| (port, endpoint(port))).collect()
}
