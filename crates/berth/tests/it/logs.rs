//! Logs of tenants.

use berth_api::v1::{LogLine, examples};

use crate::fake::{Canned, Fake};
use crate::run::transcript;

const LOGS: &str = "GET /api/v1/organisations/default/tenants/acme/logs";

fn line(text: &str) -> (&str, LogLine) {
    ("line", LogLine { text: text.to_owned(), ..examples::log_line() })
}

#[test]
fn lines_are_printed_as_they_are() {
    let request = format!("{LOGS}?tail=2");
    let fake = Fake::new([(request.as_str(), Canned::events(&[line("one"), line("two: zwei ✓")]))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "logs", "acme", "-n", "2"]));
}

#[test]
fn wishes_are_handed_on_and_berths_words_stand_out() {
    let request = format!(
        "{LOGS}?since=2h&until=2026-05-04T10%3A00%3A00Z&search=a+b&level=error&previous=true"
    );
    let berth = LogLine { source: "berth".to_owned(), ..line("nothing is missing").1 };
    let answer = Canned::events(&[line("one"), ("line", berth)]);
    let fake = Fake::new([(request.as_str(), answer)]);
    let arguments = ["tenant", "logs", "acme", "--since", "2h", "--search", "a b", "--previous"];
    let rest = ["--until", "2026-05-04T10:00:00Z", "--level", "error"];

    let transcript = transcript(fake.home(), &[&arguments[..], &rest[..]].concat());

    assert!(transcript.contains("one\n"), "{transcript}");
    assert!(transcript.contains("-- berth: nothing is missing\n"), "{transcript}");
}

#[test]
fn programs_get_one_object_a_line() {
    let fake = Fake::new([(LOGS, Canned::events(&[line("one"), line("two")]))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "logs", "acme", "-o", "json"]));
}

#[test]
fn a_log_that_breaks_off_is_a_failure() {
    let request = format!("{LOGS}?follow=true");
    let cut = Canned::events(&[line("one")]).and_breaks_off();
    let fake = Fake::new([(request.as_str(), cut)]);

    let transcript = transcript(fake.home(), &["tenant", "logs", "acme", "--follow"]);

    assert!(transcript.contains("one\n"), "{transcript}");
    assert!(transcript.contains("error: berth went away"), "{transcript}");
    assert!(transcript.contains("exit 2"), "{transcript}");
}

#[test]
fn a_problem_in_the_middle_is_told() {
    let problem = ("problem", serde_json::to_value(examples::problem()).unwrap());
    let fake = Fake::new([(LOGS, Canned::events(&[problem]))]);

    let transcript = transcript(fake.home(), &["tenant", "logs", "acme"]);

    assert!(transcript.contains("error: 2 things are wrong"), "{transcript}");
}
