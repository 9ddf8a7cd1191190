//! What tenants may have together.

use axum::routing::{delete, get, put};
use berth_api::v1 as api;
use berth_domain::access::Right::{Installation, Read};

use super::{Answer, Route};
use crate::api::quotas as quota;
use crate::api::tenants::DryRun;
use crate::paging::Paged;

pub(super) fn all() -> Vec<Route> {
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
