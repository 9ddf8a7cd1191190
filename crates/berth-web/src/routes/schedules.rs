//! Schedules: what is begun again and again.

use axum::routing::{delete, get, patch, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Operate, Read};

use super::{Answer, Route};
use crate::api::schedules as schedule;
use crate::api::tenants::DryRun;
use crate::paging::Paged;

pub(super) fn all() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/schedules";
    const ONE: &str = "/api/v1/organisations/{org}/schedules/{name}";
    const RUN: &str = "/api/v1/organisations/{org}/schedules/{name}/run";
    const RUNS: &str = "/api/v1/organisations/{org}/schedules/{name}/runs";
    vec![
        Route::new("GET", ALL, Read, get(schedule::list::list))
            .about("list_schedules", "Lists schedules by name.")
            .asks::<Paged>()
            .answers(Answer::json::<api::List<api::Schedule>>(200)),
        Route::new("POST", ALL, Operate, post(schedule::create::create))
            .about("create_schedule", "Makes a schedule.")
            .asks::<DryRun>()
            .takes::<api::ScheduleCreate>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::json::<api::Schedule>(201)),
        Route::new("GET", ONE, Read, get(schedule::show::show))
            .about("show_schedule", "Shows a schedule, its next times and its last runs.")
            .answers(Answer::json::<api::Schedule>(200)),
        Route::new("PATCH", ONE, Operate, patch(schedule::set::set))
            .about("set_schedule", "Changes a schedule, pauses it, or lets it go on.")
            .asks::<DryRun>()
            .takes::<api::ScheduleSet>()
            .answers(Answer::either::<api::Schedule, api::Plan>(200)),
        Route::new("DELETE", ONE, Operate, delete(schedule::delete::delete))
            .about("delete_schedule", "Removes a schedule and its history.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("GET", RUNS, Read, get(schedule::runs::runs))
            .about("list_schedule_runs", "Lists what came of a schedule, newest first.")
            .asks::<schedule::runs::Filter>()
            .answers(Answer::json::<api::List<api::ScheduleRun>>(200)),
        Route::new("POST", RUN, Operate, post(schedule::run::run))
            .about("run_schedule", "Does now what a schedule does.")
            .asks::<DryRun>()
            .answers(Answer::either::<api::ScheduleRun, api::Plan>(200)),
    ]
}
