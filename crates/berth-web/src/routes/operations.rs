//! Operations, and what happens to them.

use axum::routing::{get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Installation, Operate, Read};

use super::{Answer, Route};
use crate::api::events;
use crate::api::events::AfterQuery;
use crate::api::operations as operation;
use crate::api::tenants::DryRun;

macro_rules! operation_path {
    ($end:literal) => {
        concat!("/api/v1/organisations/{org}/operations/{id}", $end)
    };
}

pub(super) fn all() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/operations";
    const ONE: &str = "/api/v1/organisations/{org}/operations/{id}";
    vec![
        Route::new("GET", ALL, Read, get(operation::list::list))
            .about("list_operations", "Lists operations, newest first.")
            .asks::<operation::list::Filter>()
            .answers(Answer::json::<api::List<api::Operation>>(200)),
        Route::new("POST", ALL, Installation, post(operation::create_demo::create_demo))
            .about("create_demo", "Begins an operation that blocks until it is released.")
            .asks::<DryRun>()
            .takes::<api::DemoCreate>()
            .begins(),
        Route::new("GET", ONE, Read, get(operation::show::show))
            .about("show_operation", "Shows an operation and where it stands.")
            .answers(Answer::json::<api::Operation>(200)),
        Route::new("POST", operation_path!("/cancel"), Operate, post(operation::cancel::cancel))
            .about("cancel_operation", "Stops an operation and takes back what it did so far.")
            .asks::<DryRun>()
            .does::<api::Operation>(),
        Route::new("POST", operation_path!("/retry"), Operate, post(operation::retry::retry))
            .about("retry_operation", "Tries a stuck operation again.")
            .asks::<DryRun>()
            .does::<api::Operation>(),
        Route::new("POST", operation_path!("/undo"), Operate, post(operation::undo::undo))
            .about("undo_operation", "Takes back what a stuck operation did.")
            .asks::<DryRun>()
            .does::<api::Operation>(),
        Route::new(
            "POST",
            operation_path!("/release"),
            Installation,
            post(operation::release::release),
        )
        .about("release_demo", "Lets a demo go on.")
        .asks::<DryRun>()
        .does::<api::Operation>(),
        Route::new("GET", operation_path!("/events"), Read, get(operation::events::events))
            .about("stream_operation_events", "Streams what happens to an operation.")
            .asks::<AfterQuery>()
            .answers(Answer::events::<api::Event>()),
        Route::new("GET", "/api/v1/organisations/{org}/events", Read, get(events::events))
            .about("stream_events", "Streams what happens to all operations, without end.")
            .asks::<AfterQuery>()
            .answers(Answer::events::<api::Event>()),
    ]
}
