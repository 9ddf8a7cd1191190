//! What the fake engine holds.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use berth_domain::{ImageRef, TenantId};
use tokio::sync::oneshot;

use super::{CallKind, FakeEngine};
use crate::{
    Attachment, ImageInfo, Labels, LogLine, ObservedState, RuntimeError, Stats, WorkloadEvent,
    WorkloadEventKind, WorkloadSpec,
};

/// Everything in the engine, by name as engines spell it.
#[derive(Default)]
pub(super) struct State {
    pub(super) workloads: BTreeMap<String, FakeWorkload>,
    pub(super) networks: BTreeMap<String, FakeNetwork>,
    pub(super) images: BTreeMap<ImageRef, ImageInfo>,
    pub(super) registry: BTreeMap<ImageRef, ImageInfo>,
    pub(super) endpoints: BTreeMap<(String, u16), SocketAddr>,
    pub(super) stats: BTreeMap<String, Stats>,
    pub(super) last_words: BTreeMap<String, LogLine>,
    pub(super) faults: BTreeMap<CallKind, VecDeque<RuntimeError>>,
    pub(super) lost_answers: BTreeMap<CallKind, VecDeque<RuntimeError>>,
    pub(super) held_network_lists: VecDeque<oneshot::Receiver<()>>,
    pub(super) calls: BTreeMap<CallKind, usize>,
    pub(super) is_cut_off: bool,
    pub(super) is_silent: bool,
}

pub(super) enum FakeWorkload {
    Foreign,
    Ours(Box<OurWorkload>),
}

pub(super) struct OurWorkload {
    pub(super) spec: WorkloadSpec,
    pub(super) state: ObservedState,
    pub(super) logs: Vec<LogLine>,
    /// False once its network was removed from under it.
    pub(super) is_attached: bool,
}

pub(super) struct FakeNetwork {
    pub(super) subnet: String,
    /// `None`: somebody else's.
    pub(super) labels: Option<Labels>,
}

impl OurWorkload {
    pub(super) fn new(spec: &WorkloadSpec) -> Box<Self> {
        Box::new(Self {
            is_attached: matches!(spec.attachment, Attachment::Network { .. }),
            spec: spec.clone(),
            state: ObservedState::Created,
            logs: Vec::new(),
        })
    }

    pub(super) fn is_on(&self, network: &str) -> bool {
        let named = match &self.spec.attachment {
            Attachment::None => None,
            Attachment::Network { name, .. } => Some(name.as_str()),
        };
        self.is_attached && named == Some(network)
    }
}

impl State {
    pub(super) fn ours(&self, name: &str) -> Option<&OurWorkload> {
        match self.workloads.get(name)? {
            FakeWorkload::Ours(workload) => Some(workload),
            FakeWorkload::Foreign => None,
        }
    }

    pub(super) fn ours_mut(&mut self, name: &str) -> Option<&mut OurWorkload> {
        match self.workloads.get_mut(name)? {
            FakeWorkload::Ours(workload) => Some(workload),
            FakeWorkload::Foreign => None,
        }
    }

    /// `None`: there is none of that name.
    pub(super) fn find_ours(
        &mut self,
        name: &str,
    ) -> Result<Option<&mut OurWorkload>, RuntimeError> {
        match self.workloads.get_mut(name) {
            None => Ok(None),
            Some(FakeWorkload::Ours(workload)) => Ok(Some(workload)),
            Some(FakeWorkload::Foreign) => Err(RuntimeError::Foreign(name.to_owned())),
        }
    }

    pub(super) fn get_ours(&mut self, name: &str) -> Result<&mut OurWorkload, RuntimeError> {
        self.find_ours(name)?.ok_or_else(|| RuntimeError::NoSuchWorkload(name.to_owned()))
    }
}

impl FakeEngine {
    /// Counts the call, holds it while nobody answers, and fails it when it is to fail.
    pub(super) async fn begin(&self, call: CallKind) -> Result<(), RuntimeError> {
        let mut changes = self.inner.changes.subscribe();
        while self.state().is_silent {
            changes.changed().await.expect("the engine that is asked outlives the call");
        }
        let mut state = self.state();
        *state.calls.entry(call).or_default() += 1;
        if state.is_cut_off {
            return Err(RuntimeError::Unreachable("the connection is cut".into()));
        }
        match state.faults.get_mut(&call).and_then(VecDeque::pop_front) {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// Reports that the call was carried out, unless that answer is to be lost.
    pub(super) fn finish(&self, call: CallKind) -> Result<(), RuntimeError> {
        match self.state().lost_answers.get_mut(&call).and_then(VecDeque::pop_front) {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    pub(super) fn announce(&self, name: &str, tenant: Option<TenantId>, kind: WorkloadEventKind) {
        // Nobody may be listening, which is fine.
        let _ = self.inner.events.send(WorkloadEvent { name: name.to_owned(), tenant, kind });
    }
}
