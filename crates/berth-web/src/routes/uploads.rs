//! Backups that are sent in, and what is made of them.

use axum::routing::{delete, get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::Operate;

use super::{Answer, Route};
use crate::api::tenants as tenant;
use crate::api::tenants::DryRun;
use crate::api::uploads as upload;
use crate::paging::Paged;

pub(super) fn all() -> Vec<Route> {
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
