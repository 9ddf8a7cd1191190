//! The suite that every runtime passes: the prose on the port traits, as cases.
//!
//! A test target hands its [`ContractBed`] to every case of [`for_each_contract_case`](crate::for_each_contract_case);
//! real engines also to those of [`for_each_real_engine_case`](crate::for_each_real_engine_case), which are about
//! the kernel and cannot be answered in memory.
//!
//! # Invariants
//!
//! * A case uses names, ids and subnets that no other case uses, so cases run side by side.
//! * A case waits for what it wants to see, with a deadline; it never waits for time to pass.
//! * Programs inside containers are busybox applets, started by argument lists (see [`Program`]).

#![expect(clippy::missing_panics_doc, reason = "a case panics when the contract is broken")]

mod exec;
mod foreign;
mod images;
mod isolation;
mod jobs;
mod limits;
mod logs;
mod networks;
mod privileges;
mod programs;
mod scene;
mod telemetry;
mod workloads;

use std::fmt;
use std::path::PathBuf;

use async_trait::async_trait;
use berth_domain::subnet::Subnet;
use berth_domain::{Digest, ImageRef, ObjectName, OperationId, TenantId};

use crate::{Runtime, WorkloadName};

pub use exec::*;
pub use foreign::*;
pub use images::*;
pub use isolation::*;
pub use jobs::*;
pub use limits::*;
pub use logs::*;
pub use networks::*;
pub use privileges::*;
pub use programs::Program;
pub use telemetry::*;
pub use workloads::*;

/// An engine to run the suite on.
#[async_trait]
pub trait ContractBed: Send + Sync + fmt::Debug {
    /// The ports under test.
    fn runtime(&self) -> &Runtime;

    /// The same ports to an engine that is not there.
    fn unreachable(&self) -> Runtime;

    /// An image with busybox that the engine has.
    fn image(&self) -> (ImageRef, Digest);

    /// An image that the engine can fetch and does not have yet, and one that the registry it would come
    /// from does not have.
    async fn registry(&self) -> (ImageRef, ImageRef);

    /// Ids and a subnet that nobody used yet.
    fn fresh(&self) -> Fresh;

    /// An empty folder of the host that any user may write to.
    fn folder(&self) -> PathBuf;

    /// Lets a container run that another installation made.
    async fn plant_workload(&self, name: &WorkloadName);

    /// Whether that container still runs.
    async fn runs_planted_workload(&self, name: &WorkloadName) -> bool;

    /// Makes a network that belongs to another installation.
    async fn plant_network(&self, name: &ObjectName, subnet: Subnet);

    /// Whether that network is still there.
    async fn has_planted_network(&self, name: &ObjectName) -> bool;
}

/// What one tenant of one case is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh {
    pub tenant: TenantId,
    pub operation: OperationId,
    pub subnet: Subnet,
}

/// Hands the names of all cases that every runtime passes to a macro.
#[macro_export]
macro_rules! for_each_contract_case {
    ($run:ident) => {
        $run!(
            a_container_is_made_as_specified_and_not_started,
            ensuring_the_same_container_again_changes_nothing,
            a_container_that_differs_is_replaced,
            an_older_generation_is_stale_and_changes_nothing,
            starting_a_running_container_succeeds,
            a_container_that_is_not_there_cannot_be_started,
            stopping_what_is_stopped_or_absent_succeeds,
            removing_takes_a_running_container_away_and_succeeds_twice,
            only_our_own_containers_are_listed,
            an_image_that_is_not_there_is_named,
            an_empty_command_is_refused,
            a_running_container_is_reached_in_its_network,
            the_end_of_a_program_is_observed,
            a_foreign_container_is_refused_and_untouched,
            a_foreign_network_is_refused_and_untouched,
            a_job_hands_over_its_output_and_exit_code_and_is_gone,
            a_job_loses_no_line,
            a_leftover_of_the_same_name_makes_way_for_a_job,
            a_job_that_outlives_its_deadline_is_removed,
            a_job_whose_caller_went_away_makes_way_for_the_next,
            a_network_is_made_once_and_listed_with_its_labels,
            an_unused_network_with_another_subnet_is_replaced,
            a_used_network_with_another_subnet_is_left_alone,
            addresses_of_another_network_are_refused,
            removing_a_network_detaches_stopped_containers,
            a_network_is_not_removed_under_a_running_container,
            a_container_follows_a_network_that_was_made_again,
            an_image_is_found_by_its_name,
            an_image_is_fetched_with_progress,
            a_log_ends_and_is_cut_as_asked,
            a_followed_log_ends_with_its_container,
            a_container_that_is_not_there_has_no_log,
            a_running_container_uses_something_and_a_stopped_one_nothing,
            what_happens_to_our_containers_is_reported_in_order,
            an_engine_says_what_it_is,
            an_engine_that_is_not_there_is_unreachable,
            arguments_of_a_command_arrive_byte_by_byte,
            a_command_reads_its_input_to_the_end,
            a_command_tells_how_it_ended,
            a_command_needs_a_running_container,
        );
    };
}

/// Hands the names of the cases that only real engines can pass to a macro.
#[macro_export]
macro_rules! for_each_real_engine_case {
    ($run:ident) => {
        $run!(
            a_container_is_stopped_by_the_signal_it_asks_for,
            a_container_that_ignores_the_polite_signal_is_ended_by_force,
            tenants_cannot_reach_each_other,
            a_tenant_that_stops_opens_no_way_between_others,
            a_container_without_a_network_has_only_its_loopback,
            arguments_of_a_container_arrive_byte_by_byte,
            a_command_that_does_not_exist_fails,
            a_terminal_has_the_size_it_was_given,
            a_terminal_whose_input_is_dropped_reads_to_the_end,
            a_container_has_no_capability_and_can_gain_none,
            a_command_in_a_container_has_no_capability_either,
            the_root_is_read_only_and_scratch_is_not,
            mounts_are_as_writable_as_asked,
            user_and_environment_are_as_asked,
            shared_memory_has_the_size_that_was_asked_for,
            ended_children_are_reaped,
            limits_are_in_force,
            a_container_beyond_its_memory_is_ended_and_says_why,
            a_container_beyond_its_processes_cannot_fork,
            a_container_beyond_its_processor_time_is_held_back,
        );
    };
}
