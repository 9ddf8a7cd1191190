//! Every type, as it looks on the wire.

use berth_api::v1::{List, examples};

macro_rules! snapshots {
    ($($test:ident: $value:expr),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                insta::assert_json_snapshot!($value);
            }
        )+
    };
}

snapshots! {
    a_tenant: examples::tenant(),
    a_tenant_to_be_made: examples::tenant_create(),
    changes_of_a_tenant: examples::tenant_set(),
    another_name_for_a_tenant: examples::tenant_rename(),
    a_module_of_a_tenant: examples::tenant_module(),
    modules_to_be_installed: examples::module_names(),
    modules_to_be_uninstalled: examples::module_removal(),
    tenants_as_they_are_to_be: examples::tenant_comparison(),
    what_is_between_a_tenant_and_what_it_is_to_be: examples::tenant_difference(),
    a_tenant_to_be_imported: examples::tenant_import(),
    an_upload: examples::upload(),
    a_quota: examples::quota(),
    statistics_of_a_tenant: examples::tenant_statistics(),
    a_quota_to_be_set: examples::quota_set(),
    a_schedule: examples::schedule(),
    a_run_of_a_schedule: examples::schedule_run(),
    a_schedule_to_be_made: examples::schedule_create(),
    changes_of_a_schedule: examples::schedule_set(),
    a_webhook: examples::webhook(),
    a_webhook_that_was_made: examples::webhook_created(),
    a_webhook_to_be_made: examples::webhook_create(),
    changes_of_a_webhook: examples::webhook_set(),
    a_message: examples::delivery(),
    an_entry_of_the_audit: examples::audit_entry(),
    a_token: examples::token(),
    a_token_to_be_made: examples::token_create(),
    a_token_that_was_made: examples::token_created(),
    a_person: examples::person(),
    a_member: examples::member(),
    a_session: examples::session(),
    sessions_that_were_ended: examples::sessions_ended(),
    an_invitation: examples::invitation(),
    an_invitation_to_be_made: examples::invitation_create(),
    an_invitation_that_was_made: examples::invitation_created(),
    an_invitation_to_be_accepted: examples::invitation_accept(),
    a_claim: examples::claim(),
    a_sign_in: examples::sign_in(),
    a_change_of_a_password: examples::password_change(),
    a_password_typed_once_more: examples::password_proof(),
    a_new_authenticator: examples::second_factor_enrolment(),
    the_first_code_of_an_authenticator: examples::second_factor_confirm(),
    recovery_codes: examples::recovery_codes(),
    another_role_for_a_member: examples::member_set(),
    a_reset_of_a_person: examples::person_reset(),
    a_provider_of_sign_ins: examples::sign_in_provider(),
    an_account_to_be_linked_with_a_provider: examples::provider_link(),
    a_visit_to_a_provider: examples::provider_visit(),
    a_person_who_was_reset: examples::person_was_reset(),
    a_new_password: examples::password_reset(),
    credentials: examples::credentials(),
    login_link: examples::login_link(),
    an_operation: examples::operation(),
    a_demo_to_be_made: examples::demo_create(),
    an_event: examples::event(),
    a_line_of_a_log: examples::log_line(),
    a_plan: examples::plan(),
    a_plan_of_a_tenant: examples::tenant_plan(),
    a_reconciliation: examples::reconciliation(),
    orphans: examples::orphans(),
    orphans_to_be_removed: examples::orphan_removal(),
    an_orphan_that_is_still_there: examples::orphan_removed(),
    an_orphan_to_be_adopted: examples::adoption(),
    a_problem: examples::problem(),
    the_status: examples::status(),
    the_disks: examples::disk(),
    a_check: examples::check(),
    a_setup_token: examples::setup_token(),
    the_start_of_a_command: examples::exec_start(),
    talk_of_an_exec_client: examples::exec_client_message(),
    talk_of_an_exec_server: examples::exec_server_message(),
    a_page_of_a_list: List { items: vec![examples::event()], next: Some("41".to_owned()) },
}
