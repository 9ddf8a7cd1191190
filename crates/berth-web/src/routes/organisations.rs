//! Organisations, and what is looked at over all of them.

use axum::routing::{delete, get, patch, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Administer, Installation, Read};

use super::{Answer, Route};
use crate::api::organisations as organisation;
use crate::api::tenants::DryRun;
use crate::api::tenants::list::Filter as TenantFilter;

pub(super) fn all() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations";
    const ONE: &str = "/api/v1/organisations/{org}";
    vec![
        Route::new("GET", ALL, Read, get(organisation::list::list))
            .about("list_organisations", "Lists the organisations that one belongs to, by name.")
            .asks::<organisation::list::Filter>()
            .answers(Answer::json::<api::List<api::Organisation>>(200)),
        Route::new("POST", ALL, Installation, post(organisation::create::create))
            .about("create_organisation", "Makes an organisation.")
            .asks::<DryRun>()
            .takes::<api::OrganisationCreate>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::json::<api::Organisation>(201)),
        Route::new("GET", ONE, Read, get(organisation::show::show))
            .about("show_organisation", "Shows an organisation.")
            .answers(Answer::json::<api::Organisation>(200)),
        Route::new("PATCH", ONE, Administer, patch(organisation::set::set))
            .about("set_organisation", "Says what people call an organisation.")
            .asks::<DryRun>()
            .takes::<api::OrganisationSet>()
            .answers(Answer::either::<api::Organisation, api::Plan>(200)),
        Route::new("DELETE", ONE, Installation, delete(organisation::delete::delete))
            .about("delete_organisation", "Removes an organisation without tenants, for good.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("GET", "/api/v1/tenants", Installation, get(organisation::tenants::list))
            .about("list_all_tenants", "Lists the tenants of all organisations, by name.")
            .asks::<TenantFilter>()
            .answers(Answer::json::<api::List<api::Tenant>>(200)),
    ]
}
