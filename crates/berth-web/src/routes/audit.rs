//! Who did what.

use axum::routing::get;
use berth_api::v1 as api;
use berth_domain::access::Right::{Audit, Installation};

use super::{Answer, Route};
use crate::api::audit;

pub(super) fn all() -> Vec<Route> {
    const OF_ORGANISATION: &str = "/api/v1/organisations/{org}/audit";
    vec![
        Route::new("GET", OF_ORGANISATION, Audit, get(audit::of_organisation))
            .about("list_audit", "Lists who did what in an organisation, newest first.")
            .asks::<audit::Filter>()
            .answers(Answer::json::<api::List<api::AuditEntry>>(200)),
        Route::new("GET", "/api/v1/audit", Installation, get(audit::of_installation))
            .about("list_installation_audit", "Lists what was done to the installation itself.")
            .asks::<audit::Filter>()
            .answers(Answer::json::<api::List<api::AuditEntry>>(200)),
    ]
}
