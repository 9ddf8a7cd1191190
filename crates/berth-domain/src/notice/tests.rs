use serde_json::json;

use super::*;
use crate::Timestamp;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).expect("an instant")
}

fn facts(data: &serde_json::Value) -> Facts<'_> {
    Facts {
        id: "msg_1",
        at: at(0),
        organisation: "default",
        tenant: Some("acme"),
        operation: Some("op_1"),
        url: Some("http://acme.localhost:8069"),
        data,
    }
}

#[test]
fn every_kind_has_words_of_its_own() {
    let data = json!({
        "reason": "its container ends as soon as it is started", "schedule": "nightly",
        "expires_at": "2027-02-01T00:00:00Z",
    });
    let words: Vec<String> = KINDS
        .iter()
        .chain(&["notice.test", "edge.surprised"])
        .map(|kind| {
            let (message, _) = of_event(kind, facts(&data));
            serde_json::to_string_pretty(&message).expect("JSON")
        })
        .collect();

    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn that_it_is_well_again_says_what_was_wrong() {
    let data = json!({ "error": "the image is gone" });
    let (trouble, _) = of_event("tenant.broken", facts(&data));

    let message = recovered(&trouble, "msg_2", at(10));

    assert_eq!(message.kind, "tenant.recovered");
    assert_eq!(message.title, "acme is well again");
    assert_eq!(message.tenant, trouble.tenant);
}

#[test]
fn nothing_that_people_typed_makes_a_second_line() {
    let data = json!({ "reason": "bad\r\nBcc: everybody@example.com\r\n\r\n\u{2028}\u{1b}[2J" });
    let facts = Facts { tenant: Some("acme\r\nSubject: x"), ..facts(&data) };

    let (message, _) = of_event("tenant.drifted", facts);

    assert_eq!(message.message, "bad Bcc: everybody@example.com [2J");
    assert_eq!(message.title, "acme Subject: x is not as it should be");
    assert!(!message.to_json().contains("\\n"));
}

#[test]
fn the_same_reason_is_told_once_an_hour() {
    use TroubleState::{Held, Told, Well};
    let before = |state, minutes| Some((state, "why", at(minutes)));

    assert_eq!(say(None, "why", at(0)), Said::Now);
    assert_eq!(say(before(Told, 0), "why", at(59)), Said::Already);
    assert_eq!(say(before(Told, 0), "why", at(60)), Said::Now);
    assert_eq!(say(before(Told, 0), "another", at(1)), Said::Now);
    assert_eq!(say(before(Well, 0), "why", at(5)), Said::Later);
    assert_eq!(say(before(Held, 0), "why", at(5)), Said::Later);
    assert_eq!(say(before(Told, 90), "why", at(0)), Said::Now, "the clock was ahead");
}

#[test]
fn a_tenant_that_is_started_again_and_again_is_the_same_trouble() {
    let reasons = [
        "Odoo ended with code 1, after 3 restarts in a row; the next one is not before 10:00:40Z",
        "Odoo takes long to start",
        "Odoo ended with code 1, after 4 restarts in a row; the next one is not before 10:01:20Z",
    ];

    let keys = reasons.map(|reason| {
        let data = json!({ "reason": reason });
        let (message, key) = of_event("tenant.drifted", facts(&data));
        assert_eq!(message.message, reason);
        key
    });

    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn messages_about_different_disks_are_told_apart() {
    let at_path = |path: &str, free: u64| {
        let data = json!({ "path": path, "free_bytes": free, "level": "low" });
        of_event("host.disk_low", Facts { tenant: None, operation: None, ..facts(&data) }).0
    };
    let home = at_path("/srv/look at me", 10);

    assert!(is_about_the_same(&home, &at_path("/srv/look at me", 20)));
    assert!(!is_about_the_same(&home, &at_path("/var/lib/docker", 10)));
}

#[test]
fn waiting_grows_and_ends() {
    let waits: Vec<u64> = (1..).map_while(backoff).map(|wait| wait.as_secs()).collect();

    assert_eq!(waits, [10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400]);
    assert_eq!(backoff(0), None);
}

#[test]
fn patterns_name_kinds_and_their_beginnings() {
    let some: Patterns = "tenant.*, operation.stuck".parse().expect("patterns");

    for (kind, has) in [
        ("tenant.broken", true),
        ("operation.stuck", true),
        ("operation.done", false),
        ("tenants.x", false),
        ("host.disk_low", false),
    ] {
        assert_eq!(some.has(kind), has, "{kind}");
    }
    assert!(Patterns::all().has("host.disk_low"));
    assert_eq!(some.to_string(), "tenant.*,operation.stuck");
    for text in
        ["", "tenant", "ten*", "*.*", "a.b.c", "a.b*", "Tenant.broken", "a b.c", ",", "a.b;"]
    {
        assert!(text.parse::<Patterns>().is_err(), "{text}");
    }
}
