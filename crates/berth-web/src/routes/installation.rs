//! The installation itself.

use axum::routing::{get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Installation, Metrics, Read};

use super::{Answer, Needs, Route};
use crate::api as endpoint;

pub(super) fn all() -> Vec<Route> {
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
