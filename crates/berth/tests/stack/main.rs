//! Level C: what people are promised, on a real engine with real Odoo and PostgreSQL.
//!
//! Each story reads its facts back from the engine, from PostgreSQL or from the outside, without
//! asking Berth. `cargo xtask setup` makes what they need.
#![expect(clippy::unwrap_used, reason = "these are tests, which have a harness of their own")]

mod adopt;
mod browser;
mod eject;
mod export;
mod inside;
mod life;
mod lifecycle;
mod limits;
mod login;
mod logins;
mod messages;
mod modules;
mod own;
mod password;
mod refusals;
mod statistics;
mod storage;
mod twenty;
mod whole;
mod world;

use std::process::ExitCode;

use berth_testkit::stories;

fn main() -> ExitCode {
    berth_testkit::stories::tell(stories![
        world::Stack;
        login::a_new_tenant_is_served_under_its_host_and_its_administrator_opens_apps,
        browser::everything_of_a_tenant_is_done_from_pages,
        limits::every_limit_and_every_restriction_is_in_force,
        limits::tenants_reach_neither_each_other_nor_what_the_host_keeps_to_itself,
        limits::of_the_home_a_tenant_sees_its_own_two_folders_and_a_socket,
        limits::no_tenant_opens_the_database_of_another,
        own::a_tenant_with_a_server_of_its_own_shares_nothing_of_postgresql_and_goes_with_it,
        whole::a_tenant_is_made_signed_in_to_restarted_and_deleted_without_a_trace,
        lifecycle::a_stopped_tenant_says_so_and_comes_back_with_everything_it_had,
        lifecycle::a_restart_fails_no_request,
        lifecycle::new_limits_are_in_force_and_fail_no_request,
        life::a_tenant_is_closed_put_away_renamed_and_deleted_and_keeps_everything_it_had,
        messages::who_wants_to_know_hears_of_a_broken_tenant_and_that_it_is_well_again,
        logins::a_link_opens_a_tenant_as_its_administrator_whatever_the_password_is_by_now,
        password::after_a_reset_only_the_new_password_signs_in,
        inside::arguments_input_and_codes_pass_unchanged,
        inside::psql_and_the_shell_work_on_the_tenants_own_database,
        inside::the_log_is_what_the_container_wrote,
        inside::a_log_outlives_its_container_and_a_kill_of_berth,
        statistics::what_a_tenant_uses_is_seen_within_a_minute_or_two,
        storage::a_tenant_that_outgrows_its_limit_is_told_about_and_serves_on,
        export::an_export_holds_the_database_its_modules_and_every_file,
        adopt::a_backup_that_odoo_made_moves_in_and_odoo_restores_what_is_exported,
        adopt::a_custom_dump_comes_back_as_a_harmless_copy,
        adopt::what_cannot_be_imported_gets_one_answer_and_leaves_nothing,
        eject::an_ejected_tenant_runs_without_berth,
        refusals::forty_hostile_names_are_refused_and_nothing_is_made,
        refusals::of_two_at_the_same_moment_exactly_one_gets_the_name,
        refusals::images_and_limits_that_cannot_work_are_refused_before_anything_is_made,
        refusals::every_mistake_in_a_configuration_is_named_with_its_line,
        modules::a_module_that_was_asked_for_is_installed,
        modules::a_misspelt_module_is_refused_with_what_was_meant,
        modules::a_development_tenant_runs_modules_of_a_folder,
        modules::a_broken_module_leaves_a_reason_and_nothing_else,
        modules::modules_are_installed_upgraded_and_uninstalled_and_what_fails_is_taken_back,
        twenty::twenty_tenants_at_once_come_and_go_without_a_trace,
    ])
}
