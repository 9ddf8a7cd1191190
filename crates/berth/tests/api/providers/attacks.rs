//! Answers that are not what a browser began, tokens that are no good, accounts that are somebody else's.

use berth_testkit::http::request;
use berth_testkit::idp::{Key, Signing};
use serde_json::{Value, json};

use super::world::{TRUSTED, UNTRUSTED, World, location, returning, session_of};
use crate::app::problem;
use crate::people::{by, claimed, join};

const TOKENS: &str = "/token";

#[tokio::test]
async fn only_the_browser_that_began_a_sign_in_ends_it() {
    let world = World::of_two().await;
    let (url, cookie) = world.begin("").await;
    let (_, others) = world.begin("").await;
    let (_, elsewhere) = world.begin_at("/api/v1/sign-in/providers/other").await;
    let query = world.idp.visit(&url);

    // A link that an attacker sends: the victim's browser holds nothing, or something else.
    let mut crooked = vec![None, Some(others), Some(elsewhere)];
    crooked.push(Some(format!("{}x", &cookie[..cookie.len() - 1])));
    crooked.push(Some("__Host-berth-sign-in=".to_owned()));
    for held in &crooked {
        let back = world.back(held.as_deref(), &query).await;
        assert_eq!(problem(&back).status, 401, "{held:?}");
        assert!(session_of(&back).is_none());
    }
    assert_eq!(world.idp.asked(TOKENS), 0, "a code was carried to the provider");

    assert_eq!(world.back(Some(&cookie), &query).await.status, 303);
}

#[tokio::test]
async fn an_answer_without_a_sign_in_is_no_attempt_and_fills_no_audit() {
    let world = World::new(TRUSTED).await;

    for _ in 0..100 {
        assert_eq!(world.back(None, "code=a&state=b").await.status, 401);
    }

    assert_eq!(world.told("").await, [""; 0]);
    assert_eq!(world.come(&json!({})).await.status, 303, "nobody has to wait for it");
}

#[tokio::test]
async fn a_sign_in_ends_once_even_with_a_careless_provider() {
    let world = World::new(TRUSTED).await;
    world.idp.be_careless();
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit(&url);
    assert_eq!(world.back(Some(&cookie), &query).await.status, 303);

    let again = world.back(Some(&cookie), &query).await;

    assert_eq!(problem(&again).status, 401);
    assert!(session_of(&again).is_none());
    assert_eq!(world.idp.asked(TOKENS), 2);
    let told = world.told("").await;
    assert_eq!(told[0], "nobody person.sign_in denied");
    assert_eq!(world.why().await, "the sign-in was ended before");
}

#[tokio::test]
async fn two_answers_at_once_are_one_session() {
    let world = World::new(TRUSTED).await;
    world.idp.be_careless();
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit(&url);

    let (one, two) =
        tokio::join!(world.back(Some(&cookie), &query), world.back(Some(&cookie), &query));

    let sessions = [session_of(&one), session_of(&two)];
    assert_eq!(sessions.iter().flatten().count(), 1, "{} {}", one.text(), two.text());
}

#[tokio::test]
async fn a_page_of_somebody_else_begins_nothing_and_embeds_nothing() {
    let world = World::new(TRUSTED).await;

    for site in ["cross-site", "same-site"] {
        let mut begun = request("GET", "/api/v1/sign-in/providers/corp", &Value::Null);
        begun.headers_mut().insert("sec-fetch-site", site.parse().unwrap());
        assert_eq!(world.app.send(begun).await.status, 403, "{site}");
    }
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit(&url);
    for (name, value) in [("sec-fetch-dest", "iframe"), ("sec-fetch-mode", "no-cors")] {
        let mut embedded = returning("corp", Some(&cookie), &query);
        embedded.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(world.app.send(embedded).await.status, 403, "{value}");
    }
    assert_eq!(world.idp.asked(TOKENS), 0);
    assert_eq!(world.back(Some(&cookie), &query).await.status, 303);
}

#[tokio::test]
async fn a_session_that_comes_along_counts_for_nothing() {
    let world = World::new(TRUSTED).await;
    let operator = claimed(&world.app).await;
    let (url, cookie) = world.begin("").await;
    let both = format!("{operator}; {cookie}");

    // A provider that is a neighbour of ours: browsers send the cookie of the session too.
    let back = world.back(Some(&both), &world.idp.visit(&url)).await;

    let session = session_of(&back).unwrap();
    let me = by(&world.app, &session, "GET", "/session", &Value::Null).await.json();
    assert_eq!((&me["email"], &me["operator"]), (&json!("jo@example.com"), &json!(false)));
}

#[tokio::test]
async fn nobody_is_sent_anywhere_else() {
    let world = World::new(TRUSTED).await;

    for next in
        ["//evil.example", "https://evil.example", "/%5Cevil.example", "%2F%2Fevil.example", "x"]
    {
        let path = format!("/api/v1/sign-in/providers/corp?next={next}");
        let refused = world.app.send(request("GET", &path, &Value::Null)).await;
        assert_eq!(problem(&refused).status, 422, "{next}");
        assert!(refused.header("location").is_none());
    }
    assert_eq!(location(&world.come(&json!({})).await), "/");
    // Where the provider is told to send people back comes from the configuration, whatever is asked for.
    let mut asked = request("GET", "/api/v1/sign-in/providers/corp", &Value::Null);
    asked.headers_mut().insert("host", "evil.example".parse().unwrap());
    asked.headers_mut().insert("x-forwarded-host", "evil.example".parse().unwrap());
    let begun = world.app.send(asked).await;
    assert!(!location(&begun).contains("evil"), "{}", location(&begun));
}

#[tokio::test]
async fn tokens_that_are_no_good_let_nobody_in() {
    let forge = |idp: &berth_testkit::idp::Idp, what: &str| match what {
        "unsigned" => idp.sign(Signing::Not),
        "hmac" => {
            idp.sign(Signing::Hmac(Key::rsa("first").public_bytes(), "first".to_owned()));
        }
        "another key" => idp.sign(Signing::As(Key::rsa("second"), "first".to_owned())),
        "none" => idp.sign(Signing::NoToken),
        "expired" => idp.claim(&json!({ "exp": 1_700_000_000 })),
        "for somebody else" => idp.claim(&json!({ "aud": "other" })),
        "of another sign-in" => idp.claim(&json!({ "nonce": "other" })),
        "of another provider" => idp.claim(&json!({ "iss": "https://evil.example" })),
        other => panic!("{other}"),
    };
    for what in [
        "unsigned",
        "hmac",
        "another key",
        "none",
        "expired",
        "for somebody else",
        "of another sign-in",
        "of another provider",
    ] {
        let world = World::new(TRUSTED).await;
        forge(&world.idp, what);

        let back = world.come(&json!({})).await;

        assert_eq!(problem(&back).status, 401, "{what}: {}", back.text());
        assert!(session_of(&back).is_none(), "{what}");
        assert_eq!(world.told("").await, ["nobody person.sign_in denied"], "{what}");
        assert_eq!(world.why().await, "what came back is no good sign-in", "{what}");
        let people = world.app.call("GET", "/people", &Value::Null).await.json();
        assert_eq!(people["items"], json!([]), "{what}");
    }
}

#[tokio::test]
async fn whoever_is_away_for_too_long_begins_again() {
    let world = World::new(TRUSTED).await;
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit(&url);
    world.pass(601);

    let late = problem(&world.back(Some(&cookie), &query).await);

    assert_eq!(
        (late.status, late.detail),
        (401, "the sign-in took too long: begin again".to_owned())
    );
}

#[tokio::test]
async fn an_address_that_does_not_count_opens_nothing_and_tells_nothing() {
    let words = async |world: &World, claims: Value| {
        let told = problem(&world.come(&claims).await);
        (told.status, told.detail, told.hint)
    };
    let world = World::new(TRUSTED).await;
    join(&world.app, "jo@example.com", "admin").await;
    let unverified = words(&world, json!({ "email_verified": false })).await;
    let unsaid = words(&world, json!({ "email_verified": null })).await;
    let stranger = words(&world, json!({ "email": "x@example.com", "groups": [] })).await;
    assert_eq!(unverified, stranger, "whether there is an account is nobody's business");
    assert_eq!(unsaid, stranger);
    assert_eq!(stranger.0, 403);
    let none = problem(&world.come(&json!({ "email": null })).await);
    assert_eq!(none.detail, "Example Corp says no e-mail address, and an account here has one");

    let world = World::new(UNTRUSTED).await;
    join(&world.app, "jo@example.com", "admin").await;
    assert_eq!(words(&world, json!({})).await, stranger);
    assert_eq!(words(&world, json!({ "email": "new@example.com" })).await, stranger);
    let people = world.app.call("GET", "/people", &Value::Null).await.json();
    assert_eq!(people["items"].as_array().unwrap().len(), 1);
    assert_eq!(people["items"][0]["providers"], json!([]));
}

#[tokio::test]
async fn an_account_is_met_by_its_address_once_and_an_operators_never() {
    let world = World::of_two().await;
    claimed(&world.app).await;
    join(&world.app, "jo@example.com", "admin").await;

    // The same address at a provider that may vouch for none.
    assert_eq!(world.come_from_other(&json!({})).await.status, 403);
    let met = world.come(&json!({})).await;
    let me = by(&world.app, &session_of(&met).unwrap(), "GET", "/session", &Value::Null).await;
    assert_eq!(me.json()["roles"], json!({ "default": "admin" }));
    // Somebody new has the address at the provider by now.
    assert_eq!(world.come(&json!({ "sub": "another" })).await.status, 403);
    let operator = json!({ "sub": "op", "email": "op@example.com", "groups": ["it"] });
    assert_eq!(world.come(&operator).await.status, 403);
    let capitals = json!({ "sub": "op", "email": "OP@Example.com", "groups": ["it"] });
    assert_eq!(world.come(&capitals).await.status, 403);
}

#[tokio::test]
async fn whoever_is_disabled_stays_out() {
    let world = World::new(TRUSTED).await;
    let session = session_of(&world.come(&json!({})).await).unwrap();
    let disabled = world.app.call("POST", "/people/jo@example.com/disable", &Value::Null).await;
    assert_eq!(disabled.status, 200);

    let back = world.come(&json!({ "groups": ["it"] })).await;

    assert_eq!(problem(&back).status, 403);
    assert_eq!(by(&world.app, &session, "GET", "/session", &Value::Null).await.status, 401);
    let person = world.app.call("GET", "/people/jo@example.com", &Value::Null).await.json();
    assert_eq!(
        (&person["operator"], &person["roles"]),
        (&json!(false), &json!({ "default": "member" }))
    );
    // Neither does somebody new with that address get in.
    assert_eq!(world.come(&json!({ "sub": "another" })).await.status, 403);
}

#[tokio::test]
async fn trying_again_and_again_from_one_network_is_slowed_down() {
    let world = World::new(TRUSTED).await;
    let mut last = None;

    for _ in 0..40 {
        last = Some(world.come(&json!({ "groups": [] })).await);
    }

    let last = last.unwrap();
    assert_eq!(problem(&last).status, 429, "{}", last.text());
    assert!(last.header("retry-after").is_some());
    assert!(world.idp.asked(TOKENS) < 40);
}
