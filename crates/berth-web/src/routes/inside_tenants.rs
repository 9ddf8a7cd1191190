//! What is inside a tenant, and what Berth knows of it.

use axum::routing::{get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Export, Logs, Operate, Read, Secrets};

use super::tenants::tenant_path;
use super::{Answer, Needs, Route};
use crate::api::tenants as tenant;
use crate::api::tenants::DryRun;

pub(super) fn all() -> Vec<Route> {
    vec![
        Route::new("GET", tenant_path!("/password"), Secrets, get(tenant::password::show::show))
            .about("show_password", "Shows how to sign in as the tenant's administrator.")
            .answers(Answer::json::<api::Credentials>(200)),
        Route::new(
            "POST",
            tenant_path!("/password"),
            Secrets,
            post(tenant::password::reset::reset),
        )
        .about("reset_password", "Gives the tenant's administrator another password.")
        .asks::<DryRun>()
        .takes::<api::PasswordReset>()
        .does::<api::Credentials>(),
        Route::new(
            "POST",
            tenant_path!("/login-link"),
            Secrets,
            post(tenant::login_link::login_link),
        )
        .about("make_login_link", "Makes a link that signs in as the administrator, once.")
        .repeats()
        .answers(Answer::json::<api::LoginLink>(201)),
        Route::new("GET", tenant_path!("/plan"), Read, get(tenant::plan::plan))
            .about(
                "plan_tenant",
                "Shows what is there of a tenant and what would be done about it.",
            )
            .answers(Answer::json::<api::TenantPlan>(200)),
        Route::new("POST", tenant_path!("/reconcile"), Operate, post(tenant::reconcile::reconcile))
            .about("reconcile_tenant", "Has a tenant looked after now, and says what came of it.")
            .repeats()
            .asks::<DryRun>()
            .answers(Answer::json::<api::Reconciliation>(200)),
        Route::new("GET", tenant_path!("/statistics"), Read, get(tenant::statistics::statistics))
            .about("show_tenant_statistics", "Shows what a tenant used, as it was sampled.")
            .asks::<tenant::statistics::RangeQuery>()
            .answers(Answer::json::<api::TenantStatistics>(200)),
        Route::new("GET", tenant_path!("/logs"), Logs, get(tenant::logs::logs))
            .about("stream_logs", "Streams the log, each line as the event `line`; with its id as `Last-Event-ID`, what comes behind it.")
            .asks::<tenant::logs::Lines>()
            .answers(Answer::events::<api::LogLine>()),
        Route::new("GET", tenant_path!("/exec"), Needs::Command, get(tenant::exec::exec))
            .about("run_command", "Runs a command in the container, over a WebSocket.")
            .answers(Answer::upgrade::<api::exec::Start>()),
        Route::new("GET", tenant_path!("/export"), Export, get(tenant::export::export))
            .about("export_tenant", "Streams a backup that Odoo itself can restore.")
            .asks::<tenant::export::Wanted>()
            .answers(Answer::media(200, "application/zip")),
        Route::new("GET", tenant_path!("/eject"), Export, get(tenant::eject::eject))
            .about("eject_tenant", "Streams a folder in which the tenant runs without Berth.")
            .answers(Answer::media(200, "application/zip")),
    ]
}
