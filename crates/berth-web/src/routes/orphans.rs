//! What belongs to nobody.

use axum::routing::{get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::Installation;

use super::{Answer, Route};
use crate::api::orphans as orphan;
use crate::api::tenants::DryRun;

pub(super) fn all() -> Vec<Route> {
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
