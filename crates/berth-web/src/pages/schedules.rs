//! `/organisations/{org}/schedules`: what is begun again and again, when it comes next and what came of it.
//!
//! # Invariants
//!
//! * What is said of an expression while somebody types it comes from the same types that decide when a
//!   schedule is due.
//! * Whoever may not do what a schedule does is offered neither to run it nor to change it.

mod check;
mod deeds;
mod form;
mod list;
mod one;
pub(super) mod row;
#[cfg(test)]
mod tests;
mod typed;

pub(super) use typed::Typed;

use axum::routing::{get, post};
use berth_domain::access::Right::{Operate, Read};

use crate::routes::Route;

/// `{org}` and `{name}` of a path.
type SchedulePath = (String, String);

/// The pages of schedules. The form of a new one has an address beside them: a schedule may be called `new`.
pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/organisations/{org}/schedules";
    const NEW: &str = "/organisations/{org}/new-schedule";
    const CHECK: &str = "/organisations/{org}/new-schedule/check";
    const ONE: &str = "/organisations/{org}/schedules/{name}";
    const SET: &str = "/organisations/{org}/schedules/{name}/set";
    const CHECK_SET: &str = "/organisations/{org}/schedules/{name}/set/check";
    const PAUSE: &str = "/organisations/{org}/schedules/{name}/pause";
    const RESUME: &str = "/organisations/{org}/schedules/{name}/resume";
    const RUN: &str = "/organisations/{org}/schedules/{name}/run";
    const DELETE: &str = "/organisations/{org}/schedules/{name}/delete";
    vec![
        Route::page("GET", ALL, Read, get(list::show), "schedules_page"),
        Route::page("GET", NEW, Operate, get(form::show_new), "new_schedule_page"),
        Route::page("POST", NEW, Operate, post(form::create), "new_schedule_form"),
        Route::page("POST", CHECK, Operate, post(form::check_new), "new_schedule_check").repeats(),
        Route::page("GET", ONE, Read, get(one::show), "schedule_page"),
        Route::page("GET", SET, Operate, get(form::show_set), "set_schedule_page"),
        Route::page("POST", SET, Operate, post(form::set), "set_schedule_form"),
        Route::page("POST", CHECK_SET, Operate, post(form::check_set), "set_schedule_check")
            .repeats(),
        Route::page("POST", PAUSE, Operate, post(deeds::pause), "pause_schedule_form"),
        Route::page("POST", RESUME, Operate, post(deeds::resume), "resume_schedule_form"),
        Route::page("GET", RUN, Operate, get(deeds::ask_to_run), "run_schedule_page"),
        Route::page("POST", RUN, Operate, post(deeds::run), "run_schedule_form"),
        Route::page("GET", DELETE, Operate, get(deeds::ask_to_delete), "delete_schedule_page"),
        Route::page("POST", DELETE, Operate, post(deeds::delete), "delete_schedule_form"),
    ]
}

/// The page of all of them.
fn all(org: &str) -> String {
    format!("/organisations/{org}/schedules")
}

/// The page of one. Names of schedules are letters, digits and `.`, `_`, `-`.
fn one(org: &str, name: &str) -> String {
    format!("/organisations/{org}/schedules/{name}")
}
