//! `/organisations/{org}/import`: backups are sent in by a form, and tenants are made of them.
//!
//! # Invariants
//!
//! * A file goes where those of the API go, while it arrives: nothing of it is gathered in memory, and what
//!   breaks off leaves nothing behind.
//! * What is said of a backup, and what will be created of it, is what the engine says of a dry run of the
//!   very request that would be sent.

mod form;
mod multipart;
#[cfg(test)]
mod tests;
mod typed;
mod uploads;

pub(super) use multipart::file;
pub(super) use typed::Typed;
pub(super) use uploads::FIELD;

use axum::routing::{get, post};
use berth_domain::access::Right::Operate;

use crate::routes::Route;

/// `{org}` and `{id}` of a path.
type UploadPath = (String, String);

/// The pages of backups that are sent in.
pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/organisations/{org}/import";
    const SEND: &str = "/organisations/{org}/uploads";
    const ONE: &str = "/organisations/{org}/import/{id}";
    const CHECK: &str = "/organisations/{org}/import/{id}/check";
    const REMOVE: &str = "/organisations/{org}/uploads/{id}/remove";
    vec![
        Route::page("GET", ALL, Operate, get(uploads::show), "uploads_page"),
        Route::page("POST", SEND, Operate, post(uploads::send), "upload_form")
            .streams("multipart/form-data"),
        Route::page("GET", REMOVE, Operate, get(uploads::ask_to_remove), "remove_upload_page"),
        Route::page("POST", REMOVE, Operate, post(uploads::remove), "remove_upload_form"),
        Route::page("GET", ONE, Operate, get(form::show), "import_page"),
        Route::page("POST", ONE, Operate, post(form::send), "import_form"),
        Route::page("POST", CHECK, Operate, post(form::check), "import_check").repeats(),
    ]
}

/// The page of all of them.
fn all(org: &str) -> String {
    format!("/organisations/{org}/import")
}

/// The form of one.
fn one(org: &str, id: &str) -> String {
    format!("/organisations/{org}/import/{id}")
}
