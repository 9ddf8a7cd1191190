//! Linking one's own account, and unlinking one's own or another's.

use serde_json::{Value, json};

use super::world::{TRUSTED, UNTRUSTED, World, location, session_of};
use crate::app::problem;
use crate::people::{PASSWORD, by, claimed, join, sign_in};

const LINK: &str = "/account/providers/corp";

/// Goes to the provider to link an account. Returns what the browser comes back with.
async fn go(world: &World, session: &str, claims: &Value) -> (String, String) {
    let body = json!({ "current_password": PASSWORD, "next": "/account" });
    let begun = by(&world.app, session, "POST", LINK, &body).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let set = begun.header("set-cookie").unwrap();
    let cookie = set.split_once(';').unwrap().0.to_owned();
    let url = begun.json()["url"].as_str().unwrap().parse().unwrap();
    (cookie, world.idp.visit_as(&url, claims))
}

#[tokio::test]
async fn an_operator_links_by_hand_and_signs_in_there_from_then_on() {
    let world = World::new(UNTRUSTED).await;
    let session = claimed(&world.app).await;
    // Whatever address they have there.
    let claims = json!({ "email": "olga@private.example", "groups": [] });
    assert_eq!(world.come(&claims).await.status, 403);
    let (cookie, query) = go(&world, &session, &claims).await;

    // It comes from another site, so that the cookie of the session stays at home.
    let back = world.back(Some(&cookie), &query).await;

    assert_eq!((back.status, location(&back)), (303, "/account"));
    assert!(session_of(&back).is_none(), "a link is no sign-in");
    let in_again = session_of(&world.come(&claims).await).unwrap();
    let me = by(&world.app, &in_again, "GET", "/session", &Value::Null).await.json();
    assert_eq!((&me["email"], &me["operator"]), (&json!("op@example.com"), &json!(true)));
    assert_eq!(me["providers"][0]["provider"], "corp");
    assert!(world.told("").await.contains(&"person:op@example.com person.link allowed".to_owned()));
}

#[tokio::test]
async fn a_link_takes_the_password_and_a_session_that_goes_on() {
    let world = World::new(UNTRUSTED).await;
    let session = claimed(&world.app).await;
    let wrong = json!({ "current_password": "wrong" });
    assert_eq!(by(&world.app, &session, "POST", LINK, &wrong).await.status, 401);
    let elsewhere = json!({ "current_password": PASSWORD, "next": "//evil.example" });
    assert_eq!(by(&world.app, &session, "POST", LINK, &elsewhere).await.status, 422);
    let none = "/account/providers/none";
    let right = json!({ "current_password": PASSWORD });
    assert_eq!(by(&world.app, &session, "POST", none, &right).await.status, 404);

    let (cookie, query) = go(&world, &session, &json!({})).await;
    assert_eq!(by(&world.app, &session, "DELETE", "/session", &Value::Null).await.status, 204);
    let back = problem(&world.back(Some(&cookie), &query).await);

    assert_eq!(back.detail, "the session in which this was begun is over");
    assert_eq!(world.come(&json!({})).await.status, 403);
}

#[tokio::test]
async fn who_somebody_is_there_is_linked_with_one_account() {
    let world = World::new(TRUSTED).await;
    let session = claimed(&world.app).await;
    assert_eq!(world.come(&json!({})).await.status, 303);

    let (cookie, query) = go(&world, &session, &json!({})).await;
    let taken = problem(&world.back(Some(&cookie), &query).await);

    assert_eq!(taken.status, 409);
    assert_eq!(taken.detail, "who you are at Example Corp is linked with another account");
}

#[tokio::test]
async fn whoever_unlinks_themselves_needs_a_password_and_ends_other_sessions() {
    let world = World::new(TRUSTED).await;
    join(&world.app, "jo@example.com", "viewer").await;
    let linked = session_of(&world.come(&json!({})).await).unwrap();
    let own = sign_in(&world.app, "jo@example.com").await;
    let proof = json!({ "current_password": PASSWORD });

    let unlinked = by(&world.app, &own, "DELETE", LINK, &proof).await;

    assert_eq!(unlinked.status, 204, "{}", unlinked.text());
    assert_eq!(by(&world.app, &linked, "GET", "/session", &Value::Null).await.status, 401);
    assert_eq!(problem(&by(&world.app, &own, "DELETE", LINK, &proof).await).status, 404);

    // Somebody without a password has no other way in.
    let world = World::new(TRUSTED).await;
    let only = session_of(&world.come(&json!({})).await).unwrap();
    let refused = problem(&by(&world.app, &only, "DELETE", LINK, &proof).await);
    assert_eq!(
        (refused.status, refused.detail),
        (409, "your account has no password, and this takes it".to_owned())
    );
}

#[tokio::test]
async fn an_operator_unlinks_somebody_and_what_the_groups_brought_goes() {
    let world = World::new(TRUSTED).await;
    let session = session_of(&world.come(&json!({})).await).unwrap();
    let path = "/people/jo@example.com/providers/corp";
    let jo = by(&world.app, &session, "DELETE", path, &Value::Null).await;
    assert_eq!(problem(&jo).status, 403);
    let planned = world.app.call("DELETE", &format!("{path}?dry_run=true"), &Value::Null).await;
    assert_eq!(planned.json()["summary"], "unlink `jo@example.com` from `corp`");

    let unlinked = world.app.call("DELETE", path, &Value::Null).await;

    assert_eq!(unlinked.status, 204, "{}", unlinked.text());
    assert_eq!(by(&world.app, &session, "GET", "/session", &Value::Null).await.status, 401);
    let jo = world.app.call("GET", "/people/jo@example.com", &Value::Null).await.json();
    assert_eq!((&jo["roles"], &jo["providers"]), (&json!({}), &json!([])));
    let again = problem(&world.app.call("DELETE", path, &Value::Null).await);
    assert_eq!(
        (again.status, again.detail),
        (404, "`jo@example.com` is not linked with `corp`".to_owned())
    );
    assert!(world.told("").await.iter().any(|line| line.ends_with("person.unlink allowed")));
}

#[tokio::test]
async fn a_reset_of_everything_takes_the_links_too() {
    let world = World::new(TRUSTED).await;
    join(&world.app, "jo@example.com", "viewer").await;
    assert_eq!(world.come(&json!({})).await.status, 303);

    let reset = world.app.call("POST", "/people/jo@example.com/reset", &json!({})).await;

    assert_eq!(reset.status, 200, "{}", reset.text());
    let jo = world.app.call("GET", "/people/jo@example.com", &Value::Null).await.json();
    assert_eq!(jo["providers"], json!([]));
}
