//! How things that go wrong read.

use berth_api::v1::{Problem, examples};

use crate::fake::{Canned, Fake};
use crate::run::{run, transcript};

const TENANTS: &str = "/api/v1/organisations/default/tenants";

fn problem(status: u16, detail: &str) -> Problem {
    Problem {
        status,
        detail: detail.to_owned(),
        problems: Vec::new(),
        hint: None,
        ..examples::problem()
    }
}

#[test]
fn a_server_that_is_not_running_can_be_started() {
    let home = tempfile::tempdir().unwrap();

    insta::assert_snapshot!(transcript(home.path(), &["tenant", "list"]));
}

#[test]
fn a_socket_that_nobody_answers_is_a_server_that_is_not_running() {
    let home = tempfile::tempdir().unwrap();
    drop(std::os::unix::net::UnixListener::bind(home.path().join("berth.sock")).unwrap());

    let transcript = transcript(home.path(), &["status"]);

    assert!(transcript.contains("berth is not running"), "{transcript}");
}

#[test]
fn everything_that_is_wrong_is_listed_at_once() {
    let line = format!("POST {TENANTS}");
    let fake = Fake::new([(line.as_str(), Canned::problem(&examples::problem()))]);

    insta::assert_snapshot!(transcript(
        fake.home(),
        &["tenant", "create", "x", "--modules", "sales"]
    ));
}

#[test]
fn a_refusal_has_its_cause_and_its_hint() {
    let refused = Problem {
        because: vec!["a tenant that is running cannot be started".to_owned()],
        hint: Some("list them with `berth tenant list`".to_owned()),
        ..problem(409, "`acme` is not in the right state")
    };
    let line = format!("POST {TENANTS}/acme/start");
    let fake = Fake::new([(line.as_str(), Canned::problem(&refused))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "start", "acme"]));
}

#[test]
fn a_failure_of_the_server_is_not_a_refusal() {
    let broken = problem(500, "Berth failed; its log says why under req_1");
    let line = format!("GET {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::problem(&broken))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "show", "acme"]));
}

#[test]
fn what_was_done_and_cannot_be_answered_is_not_a_refusal() {
    let done = Problem {
        kind: "urn:berth:problem:done".to_owned(),
        ..problem(409, "this was asked for before and done; what was answered is lost")
    };
    let line = format!("POST {TENANTS}/acme/start");
    let fake = Fake::new([(line.as_str(), Canned::problem(&done))]);

    let transcript = transcript(fake.home(), &["tenant", "start", "acme"]);

    assert!(transcript.contains("asked for before and done"), "{transcript}");
    assert!(transcript.contains("exit 2"), "{transcript}");
}

#[test]
fn an_answer_of_another_version_is_named_as_such() {
    let line = format!("GET {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &"surprise"))]);

    let transcript = transcript(fake.home(), &["tenant", "show", "acme"]);

    assert!(transcript.contains("is it of another version?"), "{transcript}");
    assert!(transcript.contains("exit 2"), "{transcript}");
}

#[test]
fn what_a_hostile_server_says_cannot_steer_the_terminal() {
    let hostile = problem(409, "no\x1b]0;owned\x07");
    let line = format!("GET {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::problem(&hostile))]);

    let output = run(fake.home(), &["tenant", "show", "acme"]);

    assert!(!output.stderr.contains(&0x1b));
}

#[test]
fn bad_usage_is_told_before_anybody_is_asked() {
    let home = tempfile::tempdir().unwrap();

    insta::assert_snapshot!(transcript(home.path(), &["tenant", "show", "../etc"]));
}
