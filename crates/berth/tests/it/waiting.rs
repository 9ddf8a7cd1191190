//! Waiting for operations.

use std::io::{BufRead as _, BufReader, Read as _};

use berth_api::v1::{Event, Operation, examples};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::fake::{Canned, Fake};
use crate::run::{command, transcript};

const TENANTS: &str = "/api/v1/organisations/default/tenants";

fn operation(state: &str, database: &str) -> Operation {
    let mut operation = examples::operation();
    state.clone_into(&mut operation.state);
    database.clone_into(&mut operation.steps[2].state);
    if database != "running" {
        operation.steps[2].finished_at = operation.steps[1].finished_at;
    }
    operation
}

fn event(id: i64, kind: &str, data: serde_json::Value) -> (&str, Event) {
    (kind, Event { id, kind: kind.to_owned(), data, ..examples::event() })
}

fn id() -> String {
    examples::operation().id
}

fn lines() -> (String, String) {
    let show = format!("GET /api/v1/organisations/default/operations/{}", id());
    (format!("{show}/events"), show)
}

#[test]
fn a_creation_is_followed_to_its_end() {
    let (events, show) = lines();
    let (create, tenant) = (format!("POST {TENANTS}"), format!("GET {TENANTS}/acme"));
    let fake = Fake::new([
        (create.as_str(), Canned::json(202, &operation("running", "running"))),
        (
            events.as_str(),
            Canned::events(&[
                event(1, "progress", json!({ "permille": 600, "text": "copy the filestore" })),
                event(2, "log", json!({ "text": "3 files" })),
                event(
                    3,
                    "step",
                    json!({
                        "step": "database", "record": "faltered", "attempt": 1,
                        "error": "cannot reach the server", "detail": null,
                    }),
                ),
                event(4, "state", json!({ "state": "done" })),
            ]),
        ),
        (show.as_str(), Canned::json(200, &operation("running", "done"))),
        (show.as_str(), Canned::json(200, &operation("done", "done"))),
        (tenant.as_str(), Canned::json(200, &examples::tenant())),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "create", "acme"]));
}

#[test]
fn a_lost_connection_is_taken_up_after_the_last_event() {
    let (events, show) = lines();
    let cut = Canned::events(&[event(7, "log", json!({ "text": "before" }))]).and_breaks_off();
    let fake = Fake::new([
        (show.as_str(), Canned::json(200, &operation("running", "running"))),
        (events.as_str(), cut),
        (events.as_str(), Canned::events(&[event(8, "log", json!({ "text": "after" }))])),
        (show.as_str(), Canned::json(200, &operation("done", "done"))),
    ]);

    let transcript = transcript(fake.home(), &["operation", "watch", "--log", &id()]);

    insta::assert_snapshot!(transcript);
    let resumed: Vec<_> =
        fake.seen().into_iter().filter_map(|request| request.last_event_id).collect();
    assert_eq!(resumed, ["7"]);
}

#[test]
fn an_operation_that_was_undone_is_a_failure_with_its_reason() {
    let (_, show) = lines();
    let mut undone = operation("undone", "undone");
    undone.error = Some("the engine has no image `odoo:19.0`".to_owned());
    let fake = Fake::new([(show.as_str(), Canned::json(200, &undone))]);

    insta::assert_snapshot!(transcript(fake.home(), &["operation", "watch", &id()]));
}

#[test]
fn what_the_steps_said_last_is_recalled_when_it_goes_wrong() {
    let (events, show) = lines();
    let said: Vec<_> = (1..=12)
        .map(|number| event(number, "log", json!({ "text": format!("line {number}") })))
        .collect();
    let fake = Fake::new([
        (show.as_str(), Canned::json(200, &operation("running", "running"))),
        (events.as_str(), Canned::events(&said)),
        (show.as_str(), Canned::json(200, &operation("undone", "undone"))),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["operation", "watch", &id()]));
}

#[test]
fn a_stuck_operation_says_what_can_be_done() {
    let (_, show) = lines();
    let fake = Fake::new([(show.as_str(), Canned::json(200, &operation("stuck", "undo failed")))]);

    insta::assert_snapshot!(transcript(fake.home(), &["operation", "watch", &id()]));
}

#[test]
fn a_cancelled_operation_that_was_undone_is_a_success() {
    let cancel = format!("POST /api/v1/organisations/default/operations/{}/cancel", id());
    let fake = Fake::new([(cancel.as_str(), Canned::json(200, &operation("undone", "undone")))]);

    insta::assert_snapshot!(transcript(fake.home(), &["operation", "cancel", &id()]));
}

#[test]
fn a_cancelled_operation_that_was_done_already_is_a_failure() {
    let cancel = format!("POST /api/v1/organisations/default/operations/{}/cancel", id());
    let fake = Fake::new([(cancel.as_str(), Canned::json(200, &operation("done", "done")))]);

    insta::assert_snapshot!(transcript(fake.home(), &["operation", "cancel", &id(), "-q"]));
}

#[test]
fn a_demo_says_how_to_let_it_go_on() {
    let line = "POST /api/v1/organisations/default/operations";
    let fake = Fake::new([(line, Canned::json(202, &operation("done", "done")))]);

    insta::assert_snapshot!(transcript(fake.home(), &["operation", "demo", "drill"]));
    assert_eq!(fake.seen()[0].body, r#"{"name":"drill"}"#);
}

#[test]
fn ctrl_c_ends_the_waiting_and_not_the_operation() {
    let (events, show) = lines();
    let open = Canned::events(&[event(1, "log", json!({ "text": "waiting" }))]).and_stays_open();
    let fake = Fake::new([
        (show.as_str(), Canned::json(200, &operation("running", "running"))),
        (events.as_str(), open),
    ]);
    let mut child = command(fake.home(), &["operation", "watch", "--log", &id()]).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("waiting") {
        line.clear();
        assert_ne!(errors.read_line(&mut line).unwrap(), 0, "it ended early");
    }

    let pid = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();

    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    insta::assert_snapshot!(rest);
    assert!(fake.seen().iter().all(|request| request.line.starts_with("GET ")));
}
