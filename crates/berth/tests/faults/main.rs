//! Level D: what is left when the worst happens: `kill -9`, an engine that is cut off or hangs, a second
//! server, and people who want something else to be run.
//!
//! What must hold afterwards is always the same. Nothing is there that nobody has, nobody lacks
//! anything, no operation stands still, and repeating a step made nothing twice.
#![expect(clippy::unwrap_used, reason = "these are tests, which have a harness of their own")]

mod crashes;
mod engine_gone;
mod hostile_words;
mod neighbours;
mod orphans;
mod outages;
mod twin;
mod world;

use std::process::ExitCode;

use berth_testkit::stories;

fn main() -> ExitCode {
    berth_testkit::stories::tell(stories![
        world::Battered;
        crashes::a_creation_that_was_killed_while_it_cloned_goes_on,
        crashes::a_creation_that_was_killed_while_its_container_started_goes_on,
        crashes::a_creation_that_was_killed_while_it_was_checked_goes_on,
        crashes::a_deletion_that_was_killed_is_finished,
        crashes::a_stop_that_was_killed_is_finished,
        crashes::a_demo_that_was_killed_still_waits_and_is_released,
        engine_gone::an_engine_that_is_cut_off_is_named_and_nothing_is_lost,
        engine_gone::an_engine_that_hangs_holds_up_nobody_else,
        twin::a_second_server_of_one_home_is_refused_with_the_firsts_process,
        twin::tenants_keep_running_while_berth_is_stopped,
        neighbours::a_tenant_that_runs_out_of_memory_takes_nobody_with_it,
        neighbours::a_tenant_whose_configuration_is_damaged_gets_it_back_alone,
        neighbours::a_route_table_that_is_garbage_costs_nobody_their_route,
        orphans::what_belongs_to_nobody_is_listed_removed_or_made_a_tenant_again,
        outages::a_creation_outlives_a_restart_of_the_engine,
        outages::a_restart_outlives_an_engine_that_ends_all_containers,
        outages::a_start_outlives_a_postgresql_that_is_killed,
        outages::a_full_disk_is_named_and_a_deletion_goes_on_when_there_is_space,
        outages::a_creation_on_a_full_disk_leaves_everything_or_nothing,
        hostile_words::no_text_of_a_request_ever_starts_a_program,
    ])
}
