//! Every route, with the right that it takes and what it speaks.
//!
//! A route that is not in [`all`] does not exist, neither for the router nor for the API description.

mod audit;
mod comparisons;
mod modules;
mod organisations;
mod people;
mod route;
mod schedules;
mod sign_in;
mod tokens;
mod webhooks;

use axum::routing::{delete, get, patch, post, put};
use berth_api::v1 as api;
use berth_domain::access::Right::{
    Administer, Export, Installation, Logs, Metrics, Operate, Read, Secrets,
};

pub(crate) use route::{Answer, EVENT_STREAM, Needs, Route};

use crate::api as endpoint;
use crate::api::events::AfterQuery;
use crate::api::operations as operation;
use crate::api::orphans as orphan;
use crate::api::quotas as quota;
use crate::api::tenants as tenant;
use crate::api::tenants::DryRun;
use crate::api::uploads as upload;
use crate::pages;
use crate::paging::Paged;

macro_rules! tenant_path {
    ($end:literal) => {
        concat!("/api/v1/organisations/{org}/tenants/{name}", $end)
    };
}
macro_rules! operation_path {
    ($end:literal) => {
        concat!("/api/v1/organisations/{org}/operations/{id}", $end)
    };
}
/// Where people prove who they are, and what is said to everybody: the only routes that take nothing.
pub(crate) const OPEN: &[(&str, &str)] = &[
    ("POST", "/api/v1/claim"),
    ("POST", "/api/v1/sign-in"),
    ("POST", "/api/v1/invitations/accept"),
    ("GET", sign_in::PROVIDERS),
    ("GET", sign_in::BEGIN),
    ("GET", sign_in::CALLBACK),
    ("GET", "/api/v1/health"),
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/claim"),
    ("POST", "/claim"),
    ("GET", "/join"),
    ("POST", "/join"),
    ("GET", pages::assets::PATH),
];

/// Whether it is one of those.
pub(crate) fn is_open(method: &http::Method, path: &str) -> bool {
    OPEN.iter().any(|(open, at)| method == open && is_at(at, path))
}

/// Whether a provider sends browsers there, from its own page: what they show of themselves counts for
/// nothing there but the cookie that they were sent away with.
pub(crate) fn is_return(method: &http::Method, path: &str) -> bool {
    method == http::Method::GET && is_at(sign_in::CALLBACK, path)
}

/// Whether a path is of a form that may have names in it.
fn is_at(form: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let are_equal = form.split('/').all(|form| match parts.next() {
        Some(part) if form.starts_with('{') => !part.is_empty(),
        part => part == Some(form),
    });
    are_equal && parts.next().is_none()
}

/// Returns all routes, by audience.
pub(crate) fn all() -> Vec<Route> {
    let mut routes = organisations::all();
    routes.extend(tenants());
    routes.extend(lives_of_tenants());
    routes.extend(modules::all());
    routes.extend(comparisons::all());
    routes.extend(inside_tenants());
    routes.extend(uploads());
    routes.extend(quotas());
    routes.extend(orphans());
    routes.extend(schedules::all());
    routes.extend(webhooks::all());
    routes.extend(tokens::all());
    routes.extend(people::all());
    routes.extend(sign_in::all());
    routes.extend(audit::all());
    routes.extend(operations());
    routes.extend(installation());
    routes.extend(pages::all());
    routes
}

fn tenants() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/tenants";
    const ONE: &str = "/api/v1/organisations/{org}/tenants/{name}";
    vec![
        Route::new("GET", ALL, Read, get(tenant::list::list))
            .about("list_tenants", "Lists tenants by name.")
            .asks::<tenant::list::Filter>()
            .answers(Answer::json::<api::List<api::Tenant>>(200)),
        Route::new("POST", ALL, Operate, post(tenant::create::create))
            .about("create_tenant", "Makes a tenant.")
            .asks::<DryRun>()
            .takes::<api::TenantCreate>()
            .begins(),
        Route::new("GET", ONE, Read, get(tenant::show::show))
            .about("show_tenant", "Shows a tenant and what is observed of it now.")
            .answers(Answer::json::<api::Tenant>(200)),
        Route::new("PATCH", ONE, Operate, patch(tenant::set::set))
            .about("set_tenant", "Gives a tenant other limits, and notes things about it.")
            .asks::<DryRun>()
            .takes::<api::TenantSet>()
            .answers(Answer::either::<api::Tenant, api::Plan>(200))
            .answers(Answer::json::<api::Operation>(202)),
        Route::new("DELETE", ONE, Administer, delete(tenant::delete::delete))
            .about("delete_tenant", "Deletes a tenant: for a grace period, or at once.")
            .asks::<tenant::delete::Deletion>()
            .begins(),
    ]
}

fn lives_of_tenants() -> Vec<Route> {
    let restore = tenant_path!("/restore-deleted");
    vec![
        Route::new("POST", tenant_path!("/start"), Operate, post(tenant::start::start))
            .about("start_tenant", "Starts a tenant that is stopped or broken.")
            .asks::<DryRun>()
            .begins(),
        Route::new("POST", tenant_path!("/stop"), Operate, post(tenant::stop::stop))
            .about("stop_tenant", "Stops a running tenant: visitors get 503 until it is started.")
            .asks::<DryRun>()
            .begins(),
        Route::new("POST", tenant_path!("/restart"), Operate, post(tenant::restart::restart))
            .about("restart_tenant", "Restarts a running tenant.")
            .asks::<DryRun>()
            .begins(),
        Route::new("POST", tenant_path!("/rename"), Administer, post(tenant::rename::rename))
            .about("rename_tenant", "Gives a tenant another name and host.")
            .asks::<DryRun>()
            .takes::<api::TenantRename>()
            .begins(),
        Route::new("POST", tenant_path!("/suspend"), Installation, post(tenant::suspend::suspend))
            .about("suspend_tenant", "Closes a tenant: visitors get 403 until it is resumed.")
            .asks::<DryRun>()
            .begins(),
        Route::new("POST", tenant_path!("/resume"), Installation, post(tenant::resume::resume))
            .about("resume_tenant", "Opens a tenant again that was suspended.")
            .asks::<DryRun>()
            .begins(),
        Route::new("POST", tenant_path!("/archive"), Administer, post(tenant::archive::archive))
            .about("archive_tenant", "Puts a tenant away and keeps its database and files.")
            .asks::<DryRun>()
            .begins(),
        Route::new(
            "POST",
            tenant_path!("/unarchive"),
            Administer,
            post(tenant::unarchive::unarchive),
        )
        .about("unarchive_tenant", "Brings an archived tenant back.")
        .asks::<DryRun>()
        .begins(),
        Route::new("POST", restore, Administer, post(tenant::restore_deleted::restore_deleted))
            .about("restore_deleted_tenant", "Brings a deleted tenant back while it is kept.")
            .asks::<DryRun>()
            .begins(),
    ]
}

fn quotas() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/quotas";
    const OF_ONE: &str = "/api/v1/organisations/{org}/quotas/{owner}";
    const OF_EVERYBODY: &str = "/api/v1/organisations/{org}/quota";
    vec![
        Route::new("GET", ALL, Read, get(quota::list::list))
            .about("list_quotas", "Lists quotas and what is used of them.")
            .asks::<Paged>()
            .answers(Answer::json::<api::List<api::Quota>>(200)),
        Route::new("PUT", OF_ONE, Installation, put(quota::set::of_owner))
            .about("set_quota", "Sets what the tenants of an owner may have together.")
            .asks::<DryRun>()
            .takes::<api::QuotaSet>()
            .answers(Answer::either::<api::Quota, api::Plan>(200)),
        Route::new("DELETE", OF_ONE, Installation, delete(quota::clear::of_owner))
            .about("clear_quota", "Takes an owner's quota away: the configured one holds again.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("PUT", OF_EVERYBODY, Installation, put(quota::set::of_everybody))
            .about("set_organisation_quota", "Sets what all tenants may have together.")
            .asks::<DryRun>()
            .takes::<api::QuotaSet>()
            .answers(Answer::either::<api::Quota, api::Plan>(200)),
        Route::new("DELETE", OF_EVERYBODY, Installation, delete(quota::clear::of_everybody))
            .about("clear_organisation_quota", "Takes the organisation's quota away.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
    ]
}

fn orphans() -> Vec<Route> {
    const ADOPTIONS: &str = "/api/v1/organisations/{org}/adoptions";
    vec![
        Route::new("GET", "/api/v1/orphans", Installation, get(orphan::list::list))
            .about("list_orphans", "Lists what is there and belongs to nobody.")
            .answers(Answer::json::<api::Orphans>(200)),
        Route::new("POST", "/api/v1/orphans/remove", Installation, post(orphan::remove::remove))
            .about("remove_orphans", "Removes what belongs to nobody, for good.")
            .repeats()
            .asks::<DryRun>()
            .takes::<api::OrphanRemoval>()
            .answers(Answer::either::<api::List<api::OrphanRemoved>, api::Plan>(200)),
        Route::new("POST", ADOPTIONS, Installation, post(orphan::adopt::adopt))
            .about("adopt_orphan", "Makes an archived tenant of what is left of one.")
            .asks::<DryRun>()
            .takes::<api::Adoption>()
            .begins(),
    ]
}

fn inside_tenants() -> Vec<Route> {
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
            .about("stream_logs", "Streams the log, each line as the event `line`.")
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

fn uploads() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/uploads";
    const ONE: &str = "/api/v1/organisations/{org}/uploads/{id}";
    const IMPORTS: &str = "/api/v1/organisations/{org}/imports";
    vec![
        Route::new("GET", ALL, Operate, get(upload::list::list))
            .about("list_uploads", "Lists backups that were sent in, oldest first.")
            .asks::<Paged>()
            .answers(Answer::json::<api::List<api::Upload>>(200)),
        Route::new("POST", ALL, Operate, post(upload::send::send))
            .about("send_upload", "Takes a backup in, to be imported.")
            .asks::<upload::send::Named>()
            .streams("application/octet-stream")
            .answers(Answer::json::<api::Upload>(201)),
        Route::new("DELETE", ONE, Operate, delete(upload::remove::remove))
            .about("remove_upload", "Removes a backup that was sent in.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("POST", IMPORTS, Operate, post(tenant::import::import))
            .about("import_tenant", "Makes a tenant of a backup that was sent in.")
            .asks::<DryRun>()
            .takes::<api::TenantImport>()
            .begins(),
    ]
}

fn operations() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/operations";
    const ONE: &str = "/api/v1/organisations/{org}/operations/{id}";
    vec![
        Route::new("GET", ALL, Read, get(operation::list::list))
            .about("list_operations", "Lists operations, newest first.")
            .asks::<operation::list::Filter>()
            .answers(Answer::json::<api::List<api::Operation>>(200)),
        Route::new("POST", ALL, Installation, post(operation::create_demo::create_demo))
            .about("create_demo", "Begins an operation that blocks until it is released.")
            .asks::<DryRun>()
            .takes::<api::DemoCreate>()
            .begins(),
        Route::new("GET", ONE, Read, get(operation::show::show))
            .about("show_operation", "Shows an operation and where it stands.")
            .answers(Answer::json::<api::Operation>(200)),
        Route::new("POST", operation_path!("/cancel"), Operate, post(operation::cancel::cancel))
            .about("cancel_operation", "Stops an operation and takes back what it did so far.")
            .asks::<DryRun>()
            .does::<api::Operation>(),
        Route::new("POST", operation_path!("/retry"), Operate, post(operation::retry::retry))
            .about("retry_operation", "Tries a stuck operation again.")
            .asks::<DryRun>()
            .does::<api::Operation>(),
        Route::new("POST", operation_path!("/undo"), Operate, post(operation::undo::undo))
            .about("undo_operation", "Takes back what a stuck operation did.")
            .asks::<DryRun>()
            .does::<api::Operation>(),
        Route::new(
            "POST",
            operation_path!("/release"),
            Installation,
            post(operation::release::release),
        )
        .about("release_demo", "Lets a demo go on.")
        .asks::<DryRun>()
        .does::<api::Operation>(),
        Route::new("GET", operation_path!("/events"), Read, get(operation::events::events))
            .about("stream_operation_events", "Streams what happens to an operation.")
            .asks::<AfterQuery>()
            .answers(Answer::events::<api::Event>()),
        Route::new(
            "GET",
            "/api/v1/organisations/{org}/events",
            Read,
            get(endpoint::events::events),
        )
        .about("stream_events", "Streams what happens to all operations, without end.")
        .asks::<AfterQuery>()
        .answers(Answer::events::<api::Event>()),
    ]
}

fn installation() -> Vec<Route> {
    vec![
        Route::new("GET", "/api/v1/health", Needs::Nobody, get(endpoint::health::health))
            .about("show_health", "Says that Berth answers, to whoever asks.")
            .answers(Answer::json::<api::Health>(200)),
        Route::new("GET", "/api/v1/status", Installation, get(endpoint::status::status))
            .about("show_status", "Shows the installation in one look.")
            .answers(Answer::json::<api::Status>(200)),
        Route::new("GET", "/api/v1/doctor", Installation, get(endpoint::doctor::doctor))
            .about("check_installation", "Checks everything that Berth needs.")
            .answers(Answer::json::<api::List<api::Check>>(200)),
        Route::new("GET", "/api/v1/disk", Installation, get(endpoint::disk::disk))
            .about("show_disk", "Shows how full the disks are, and what fills them.")
            .answers(Answer::json::<api::Disk>(200)),
        Route::new("GET", "/api/v1/metrics", Metrics, get(endpoint::metrics::metrics))
            .about("show_metrics", "Shows what Berth counts, for Prometheus.")
            .answers(Answer::media(200, "application/openmetrics-text")),
        Route::new(
            "POST",
            "/api/v1/setup-token",
            Installation,
            post(endpoint::setup_token::setup_token),
        )
        .about("show_setup_token", "Shows the token with which the console is claimed.")
        .repeats()
        .answers(Answer::json::<api::SetupToken>(200)),
        Route::new("GET", "/api/v1/openapi.json", Read, get(endpoint::openapi::openapi))
            .about("describe_api", "Describes the API.")
            .answers(Answer::media(200, "application/json")),
    ]
}

#[cfg(test)]
mod tests;
