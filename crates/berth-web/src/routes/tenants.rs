//! Tenants, and what becomes of them.

use axum::routing::{delete, get, patch, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Administer, Installation, Operate, Read};

use super::{Answer, Route};
use crate::api::tenants as tenant;
use crate::api::tenants::DryRun;

macro_rules! tenant_path {
    ($end:literal) => {
        concat!("/api/v1/organisations/{org}/tenants/{name}", $end)
    };
}
pub(super) use tenant_path;

pub(super) fn all() -> Vec<Route> {
    let mut routes = rows();
    routes.extend(lives());
    routes
}

fn rows() -> Vec<Route> {
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

fn lives() -> Vec<Route> {
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
