//! What a person with the engine's own tools does to a fake engine, and what happens to its host.

use berth_domain::{Digest, Limits};

use super::{FakeEngine, FakeWorkload};
use crate::{Exit, ObservedState, WorkloadEventKind};

/// What a shell reports for a process that SIGKILL ended.
const KILLED: Exit = Exit { code: 137, out_of_memory: false };

impl FakeEngine {
    /// Ends and removes a container of ours, as `docker rm -f` does, with the events of that.
    pub fn destroy(&self, name: &str) {
        self.end(name, KILLED);
        self.take_away(name);
    }

    /// Ends a container of ours without a word: an event that was missed.
    pub fn exit_unseen(&self, name: &str, exit: Exit) {
        self.change(|state| {
            if let Some(workload) = state.ours_mut(name) {
                workload.state = ObservedState::Exited(exit);
            }
        });
    }

    /// Starts a container of ours, as `docker start` does, with the event of that.
    pub fn start_behind_our_back(&self, name: &str) {
        let tenant = self.change(|state| {
            let workload = state.ours_mut(name)?;
            workload.state = ObservedState::Running;
            Some(workload.spec.labels.tenant)
        });
        if let Some(tenant) = tenant {
            self.announce(name, tenant, WorkloadEventKind::Started);
        }
    }

    /// Gives a container of ours other limits, as `docker update` does. Engines report nothing of it.
    pub fn limit_behind_our_back(&self, name: &str, limits: Option<Limits>) {
        self.change(|state| {
            if let Some(workload) = state.ours_mut(name) {
                workload.spec.limits = limits;
            }
        });
    }

    /// Lets a container of ours run another image, as if it had been made again by hand.
    pub fn swap_image_behind_our_back(&self, name: &str, image: &Digest) {
        self.change(|state| {
            if let Some(workload) = state.ours_mut(name) {
                workload.spec.image = image.clone();
            }
        });
    }

    /// Lets a container of ours be what another version of Berth would have made: otherwise in
    /// something that no engine reports.
    pub fn specify_otherwise_behind_our_back(&self, name: &str) {
        self.change(|state| {
            if let Some(workload) = state.ours_mut(name) {
                workload.spec.scratch.push("/another");
            }
        });
    }

    /// Lets a container of ours be of another generation.
    pub fn set_generation_behind_our_back(&self, name: &str, generation: berth_domain::Generation) {
        self.change(|state| {
            if let Some(workload) = state.ours_mut(name) {
                workload.spec.generation = generation;
            }
        });
    }

    /// Takes a network away from under whatever is on it.
    pub fn remove_network_behind_our_back(&self, name: &str) {
        self.change(|state| {
            for workload in state.workloads.values_mut() {
                if let FakeWorkload::Ours(workload) = workload
                    && workload.is_on(name)
                {
                    workload.is_attached = false;
                }
            }
            state.networks.remove(name);
        });
    }

    /// Gives a network of ours another range of addresses.
    pub fn move_network_behind_our_back(&self, name: &str, subnet: &str) {
        self.change(|state| {
            if let Some(network) = state.networks.get_mut(name) {
                subnet.clone_into(&mut network.subnet);
            }
        });
    }

    /// Takes away what somebody else made.
    pub fn remove_foreign(&self, name: &str) {
        self.change(|state| {
            if matches!(state.workloads.get(name), Some(FakeWorkload::Foreign)) {
                state.workloads.remove(name);
            }
            if state.networks.get(name).is_some_and(|network| network.labels.is_none()) {
                state.networks.remove(name);
            }
        });
    }

    /// Ends every container and every stream of events, as a restart of the host or of an engine
    /// without live-restore does. Nobody hears of it but by the end of the streams.
    pub fn restart(&self) {
        self.change(|state| {
            for workload in state.workloads.values_mut() {
                if let FakeWorkload::Ours(workload) = workload
                    && workload.state == ObservedState::Running
                {
                    workload.state = ObservedState::Exited(KILLED);
                }
            }
        });
        self.end_event_streams();
    }

    /// Ends every stream of events.
    pub fn end_event_streams(&self) {
        self.inner.streams.send_modify(|generation| *generation += 1);
    }
}
