//! `/settings`: the installation, which organisations there are, and one's own organisation.
//!
//! # Invariants
//!
//! * What the configuration says is shown with where it was said, and changed there: no page writes a file.

mod about;
mod checks;
mod organisation;
mod organisations;
pub(super) mod routines;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use berth_domain::access::Right::{Administer, Installation};

use crate::routes::Route;

/// The pages of the installation and of an organisation.
pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/organisations";
    const ONE: &str = "/organisations/{org}";
    const DELETE: &str = "/organisations/{org}/delete";
    vec![
        Route::page("GET", "/settings", Installation, get(about::show), "settings_page"),
        Route::page(
            "GET",
            "/settings/configuration",
            Installation,
            get(about::configuration),
            "configuration_page",
        ),
        Route::page("GET", "/doctor", Installation, get(checks::show), "doctor_page"),
        Route::page("POST", "/doctor/look", Installation, post(checks::look), "doctor_form")
            .repeats(),
        Route::page("GET", ALL, Installation, get(organisations::show), "organisations_page"),
        Route::page("POST", ALL, Installation, post(organisations::create), "organisation_form"),
        Route::page("GET", ONE, Administer, get(organisation::show), "organisation_page"),
        Route::page("POST", ONE, Administer, post(organisation::set), "set_organisation_form"),
        Route::page(
            "GET",
            DELETE,
            Installation,
            get(organisation::ask_to_delete),
            "delete_organisation_page",
        ),
        Route::page(
            "POST",
            DELETE,
            Installation,
            post(organisation::delete),
            "delete_organisation_form",
        ),
    ]
}
