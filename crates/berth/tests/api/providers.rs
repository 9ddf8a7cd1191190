//! Sign-in at foreign providers over HTTP, with a provider on loopback.

#[path = "providers/attacks.rs"]
mod attacks;
#[path = "providers/groups.rs"]
mod groups;
#[path = "providers/links.rs"]
mod links;
#[path = "providers/pages.rs"]
mod pages;
#[path = "providers/trouble.rs"]
mod trouble;
#[path = "providers/world.rs"]
mod world;

use berth_domain::provider::Terms;
use serde_json::{Value, json};

use crate::app::{App, problem};
use crate::people::by;
use world::{TRUSTED, World, location, session_of};

#[tokio::test]
async fn without_providers_there_is_an_empty_list_and_nothing_else() {
    let app = App::start().await;

    let list = app.call("GET", "/sign-in/providers", &Value::Null).await;
    assert_eq!((list.status, list.json()), (200, json!({ "items": [], "next": null })));
    for path in ["/sign-in/providers/corp", "/sign-in/providers/corp/callback?code=a&state=b"] {
        let none = problem(&app.call("GET", path, &Value::Null).await);
        assert_eq!(
            (none.status, none.detail),
            (404, "no provider of sign-ins is called `corp`".to_owned())
        );
    }
}

#[tokio::test]
async fn somebody_of_a_group_gets_an_account_a_session_and_a_role() {
    let world = World::new(TRUSTED).await;
    let list = world.app.call("GET", "/sign-in/providers", &Value::Null).await.json();
    assert_eq!(list["items"], json!([{ "id": "corp", "name": "Example Corp" }]));

    let (url, cookie) = world.begin("?next=/tenants%3Fstate=running").await;
    let query = world.idp.visit_as(&url, &json!({ "name": "Jo Silva" }));
    let back = world.back(Some(&cookie), &query).await;

    assert_eq!((back.status, location(&back)), (303, "/tenants?state=running"));
    assert_eq!(back.header("cache-control"), Some("no-store"));
    let set: Vec<_> = back.headers.get_all("set-cookie").iter().collect();
    let rules = "; Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Strict";
    assert!(set[0].to_str().unwrap().ends_with(rules), "{set:?}");
    assert!(set[1].to_str().unwrap().starts_with("__Host-berth-sign-in=; "), "{set:?}");
    let session = session_of(&back).unwrap();
    let me = by(&world.app, &session, "GET", "/session", &Value::Null).await.json();
    assert_eq!((&me["email"], &me["name"]), (&json!("jo@example.com"), &json!("Jo Silva")));
    assert_eq!((&me["operator"], &me["roles"]), (&json!(false), &json!({ "default": "member" })));
    let linked = &me["providers"][0];
    assert_eq!(
        (&linked["provider"], &linked["subject"]),
        (&json!("corp"), &json!(berth_testkit::idp::SUBJECT))
    );
    let told = world.told("").await;
    assert_eq!(
        told,
        [
            "person:jo@example.com person.sign_in allowed",
            "person:jo@example.com person.link allowed",
            "person:jo@example.com person.create allowed",
        ]
    );
    assert_eq!(world.told("/organisations/default").await, ["system member.set allowed"]);
    // There is no password to sign in with.
    let typed = json!({ "email": "jo@example.com", "password": "" });
    assert_ne!(world.app.call("POST", "/sign-in", &typed).await.status, 200);
}

#[tokio::test]
async fn whoever_comes_again_is_the_same_whatever_their_address_is_by_now() {
    let world = World::new(TRUSTED).await;
    let first = world.come(&json!({})).await;
    assert_eq!(first.status, 303, "{}", first.text());

    let again = world.come(&json!({ "email": "other@example.com", "email_verified": false })).await;

    let session = session_of(&again).unwrap();
    let me = by(&world.app, &session, "GET", "/session", &Value::Null).await.json();
    assert_eq!(me["email"], "jo@example.com");
    let people = world.app.call("GET", "/people", &Value::Null).await.json();
    assert_eq!(people["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stranger_is_let_in_only_where_the_configuration_says_so() {
    let world = World::new(TRUSTED).await;
    let refused = world.come(&json!({ "groups": ["visitors"] })).await;
    assert_eq!(problem(&refused).status, 403);
    assert_eq!(world.told("").await, ["nobody person.sign_in denied"]);
    let why = "they are in no group that brings a role, and were not invited";
    assert_eq!(world.why().await, why);
    assert!(!refused.text().contains(why), "whoever it is, is not told");

    let open = Terms { lets_in_strangers: true, ..TRUSTED };
    let world = World::new(open).await;
    let let_in = world.come(&json!({ "groups": null })).await;
    let session = session_of(&let_in).unwrap();
    let me = by(&world.app, &session, "GET", "/session", &Value::Null).await.json();
    assert_eq!((&me["roles"], &me["name"]), (&json!({}), &json!("jo")));
}

#[tokio::test]
async fn an_invitation_to_an_organisation_is_taken_by_its_address_and_one_for_operators_is_not() {
    let world = World::new(TRUSTED).await;
    let nobody = json!({ "groups": [] });
    let operator = json!({ "email": "jo@example.com", "role": "operator" });
    assert_eq!(world.app.call("POST", "/invitations", &operator).await.status, 201);
    assert_eq!(world.come(&nobody).await.status, 403);

    let viewer = json!({ "email": "jo@example.com", "role": "viewer" });
    assert_eq!(world.app.ours("POST", "/invitations", &viewer).await.status, 201);
    let let_in = world.come(&nobody).await;

    let session = session_of(&let_in).unwrap();
    let me = by(&world.app, &session, "GET", "/session", &Value::Null).await.json();
    assert_eq!((&me["operator"], &me["roles"]), (&json!(false), &json!({ "default": "viewer" })));
    let left = world.app.ours("GET", "/invitations", &Value::Null).await.json();
    assert_eq!(left["items"], json!([]));
    // It was given by hand: that the groups bring nothing takes nothing away.
    let again = world.come(&nobody).await;
    let me = by(&world.app, &session_of(&again).unwrap(), "GET", "/session", &Value::Null).await;
    assert_eq!(me.json()["roles"], json!({ "default": "viewer" }));
}
