//! Tenants as they are to be.

use axum::routing::post;
use berth_api::v1 as api;
use berth_domain::access::Right::Read;

use super::{Answer, Route};
use crate::api::comparisons;

pub(super) fn all() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/comparisons";
    vec![
        Route::new("POST", ALL, Read, post(comparisons::compare))
            .about(
                "compare_tenants",
                "Holds tenants as they are to be against those that there are, and changes nothing.",
            )
            .repeats()
            .takes::<api::TenantComparison>()
            .answers(Answer::json::<api::List<api::TenantDifference>>(200)),
    ]
}
