//! People, members and invitations.

use berth_api::v1::{Invitation, List, Member, Person, PersonWasReset, Session, examples};

use crate::fake::{Canned, Fake};
use crate::run::transcript;

const ONE: &str = "/api/v1/people/jo%40example.com";
const MEMBER: &str = "/api/v1/organisations/default/members/jo%40example.com";
const INVITATIONS: &str = "/api/v1/organisations/default/invitations";

fn json(value: &impl serde::Serialize) -> Canned {
    Canned::json(200, value)
}

#[test]
fn people_are_listed_and_shown() {
    let operator = Person {
        email: "op@example.com".to_owned(),
        operator: true,
        disabled_at: Some(examples::person().created_at),
        second_factor_since: None,
        signed_in_at: None,
        roles: std::collections::BTreeMap::new(),
        ..examples::person()
    };
    let some = List { items: vec![examples::person(), operator], next: None };
    let none: List<Person> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        ("GET /api/v1/people", json(&some)),
        ("GET /api/v1/people", json(&none)),
        (format!("GET {ONE}").as_str(), json(&examples::person())),
    ]);

    insta::assert_snapshot!("people", transcript(fake.home(), &["person", "list"]));
    insta::assert_snapshot!("no_people", transcript(fake.home(), &["person", "list"]));
    let shown = transcript(fake.home(), &["person", "show", "jo@example.com"]);
    insta::assert_snapshot!("a_person", shown);
}

#[test]
fn people_are_disabled_enabled_and_reset() {
    let nothing = PersonWasReset { code: None };
    let at = |verb: &str, end: &str| format!("POST {ONE}{verb}{end}");
    let fake = Fake::new([
        (at("/disable", "").as_str(), json(&examples::person())),
        (at("/enable", "?dry_run=true").as_str(), json(&examples::plan())),
        (at("/reset", "").as_str(), json(&examples::person_was_reset())),
        (at("/reset", "").as_str(), json(&nothing)),
    ]);
    let said = |arguments: &[&str]| transcript(fake.home(), arguments);

    insta::assert_snapshot!("disabled", said(&["person", "disable", "jo@example.com"]));
    said(&["person", "enable", "jo@example.com", "--dry-run"]);
    insta::assert_snapshot!("reset", said(&["person", "reset", "jo@example.com"]));
    let waiting = ["person", "reset", "jo@example.com", "--only", "waiting"];
    insta::assert_snapshot!("reset_waiting", said(&waiting));
    let bodies: Vec<String> = fake.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies[2..], ["{}", r#"{"only":"waiting"}"#]);
}

#[test]
fn somebody_is_unlinked_from_a_provider() {
    let path = format!("DELETE {ONE}/providers/corp");
    let fake = Fake::new([
        (format!("{path}?dry_run=true").as_str(), json(&examples::plan())),
        (path.as_str(), Canned::empty(204)),
    ]);
    let said = |arguments: &[&str]| transcript(fake.home(), arguments);

    said(&["person", "unlink", "jo@example.com", "corp", "--dry-run"]);
    insta::assert_snapshot!("unlinked", said(&["person", "unlink", "jo@example.com", "corp"]));
}

#[test]
fn sessions_are_listed_and_ended() {
    let path = format!("{ONE}/sessions");
    let some = List { items: vec![examples::session()], next: None };
    let none: List<Session> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        (format!("GET {path}").as_str(), json(&some)),
        (format!("GET {path}").as_str(), json(&none)),
        (format!("DELETE {path}").as_str(), json(&examples::sessions_ended())),
    ]);
    let said = |arguments: &[&str]| transcript(fake.home(), arguments);

    insta::assert_snapshot!("sessions", said(&["person", "sessions", "jo@example.com"]));
    insta::assert_snapshot!("no_sessions", said(&["person", "sessions", "jo@example.com"]));
    insta::assert_snapshot!("ended", said(&["person", "sessions", "jo@example.com", "--end"]));
}

#[test]
fn members_are_listed_set_and_removed() {
    let list = "GET /api/v1/organisations/default/members";
    let some = List { items: vec![examples::member()], next: None };
    let none: List<Member> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        (list, json(&some)),
        (list, json(&none)),
        (format!("PUT {MEMBER}").as_str(), Canned::empty(204)),
        (format!("DELETE {MEMBER}").as_str(), Canned::empty(204)),
    ]);
    let said = |arguments: &[&str]| transcript(fake.home(), arguments);

    insta::assert_snapshot!("members", said(&["member", "list"]));
    insta::assert_snapshot!("no_members", said(&["member", "list"]));
    let set = ["member", "set", "jo@example.com", "--role", "admin"];
    insta::assert_snapshot!("member_set", said(&set));
    insta::assert_snapshot!("member_removed", said(&["member", "remove", "jo@example.com"]));
    assert_eq!(fake.seen()[2].body, r#"{"role":"admin"}"#);
}

#[test]
fn the_code_of_an_invitation_can_be_piped() {
    let none: List<Invitation> = List { items: Vec::new(), next: None };
    let some = List { items: vec![examples::invitation()], next: None };
    let id = examples::invitation().id;
    let fake = Fake::new([
        (
            format!("POST {INVITATIONS}").as_str(),
            Canned::json(201, &examples::invitation_created()),
        ),
        ("POST /api/v1/invitations?dry_run=true", json(&examples::plan())),
        (format!("GET {INVITATIONS}").as_str(), json(&some)),
        ("GET /api/v1/invitations", json(&none)),
        (format!("DELETE {INVITATIONS}/{id}").as_str(), Canned::empty(204)),
    ]);
    let said = |arguments: &[&str]| transcript(fake.home(), arguments);

    let create = ["invitation", "create", "al@example.com", "--role", "viewer"];
    insta::assert_snapshot!("invited", said(&create));
    said(&["invitation", "create", "al@example.com", "--role", "operator", "--dry-run"]);
    insta::assert_snapshot!("invitations", said(&["invitation", "list"]));
    let none = said(&["invitation", "list", "--installation"]);
    insta::assert_snapshot!("no_invitations", none);
    insta::assert_snapshot!("invitation_revoked", said(&["invitation", "revoke", &id]));
}
