//! Tokens: made, listed, revoked, and shown by the command line itself.

use berth_api::v1::{List, Token, examples};

use crate::fake::{Canned, Fake};
use crate::run::{command, describe, transcript};

const TOKENS: &str = "/api/v1/organisations/default/tokens";
const ONE: &str = "/api/v1/organisations/default/tokens/tok_0198c0de000070008000000000008001";

#[test]
fn what_a_token_says_can_be_piped() {
    let fake = Fake::new([
        (format!("POST {TOKENS}").as_str(), Canned::json(201, &examples::token_created())),
        (format!("POST {TOKENS}?dry_run=true").as_str(), Canned::json(200, &examples::plan())),
    ]);
    let arguments = ["token", "create", "ci", "--scope", "member", "--expires", "90d"];

    insta::assert_snapshot!("create_token", transcript(fake.home(), &arguments));
    transcript(fake.home(), &["token", "create", "ci", "--scope", "read", "--dry-run"]);
    let bodies: Vec<String> = fake.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"account":"ci","scope":"member","expires":"90d"}"#,
            r#"{"account":"ci","scope":"read"}"#
        ]
    );
}

#[test]
fn tokens_are_listed_with_their_ends_and_revoked() {
    let over =
        Token { account: "old".to_owned(), expired: true, last_used_at: None, ..examples::token() };
    let endless = Token { account: "prometheus".to_owned(), expires_at: None, ..examples::token() };
    let some = List { items: vec![examples::token(), over, endless], next: None };
    let none: List<Token> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        (format!("GET {TOKENS}?limit=1000").as_str(), Canned::json(200, &some)),
        ("GET /api/v1/tokens?limit=1000", Canned::json(200, &none)),
        (format!("DELETE {ONE}").as_str(), Canned::empty(204)),
    ]);
    let id = examples::token().id;

    insta::assert_snapshot!("tokens", transcript(fake.home(), &["token", "list"]));
    let none = transcript(fake.home(), &["token", "list", "--installation"]);
    insta::assert_snapshot!("no_tokens", none);
    insta::assert_snapshot!("revoked", transcript(fake.home(), &["token", "revoke", &id]));
}

#[test]
fn a_list_is_read_to_its_end() {
    let page = |account: &str, next: Option<&str>| {
        let token = Token { account: account.to_owned(), ..examples::token() };
        Canned::json(200, &List { items: vec![token], next: next.map(str::to_owned) })
    };
    let fake = Fake::new([
        (format!("GET {TOKENS}?limit=1000").as_str(), page("one", Some("one:tok_1"))),
        (format!("GET {TOKENS}?after=one%3Atok_1&limit=1000").as_str(), page("two", None)),
    ]);

    let output = command(fake.home(), &["-o", "json", "token", "list"]).output().unwrap();

    let list: List<Token> = serde_json::from_slice(&output.stdout).unwrap();
    let accounts: Vec<_> = list.items.iter().map(|token| token.account.as_str()).collect();
    assert_eq!((accounts, list.next), (vec!["one", "two"], None));
}

#[test]
fn the_token_of_the_environment_is_shown_with_every_request_and_in_no_message() {
    let none: List<Token> = List { items: Vec::new(), next: None };
    let fake = Fake::new([(format!("GET {TOKENS}?limit=1000").as_str(), Canned::json(200, &none))]);
    let list = ["token", "list"];

    transcript(fake.home(), &list);
    let shown = command(fake.home(), &list).env("BERTH_TOKEN", "berth_canary").output().unwrap();
    let crooked = command(fake.home(), &list).env("BERTH_TOKEN", "canary\n").output().unwrap();

    assert!(!describe(fake.home(), &list, &shown).contains("canary"));
    let crooked = describe(fake.home(), &list, &crooked);
    assert!(!crooked.contains("canary"), "{crooked}");
    insta::assert_snapshot!("a_crooked_token", crooked);
    let seen: Vec<_> = fake.seen().into_iter().map(|seen| seen.authorization).collect();
    assert_eq!(seen, [None, Some("Bearer berth_canary".to_owned())]);
}
