//! The same on pages: the door offers the provider, and an account is linked and unlinked from its page.

use berth_testkit::http::{Answer, request};
use berth_testkit::idp::Reply;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::world::{UNTRUSTED, World, location, returning};
use crate::app::problem;
use crate::people::{PASSWORD, claimed, with};

async fn page(world: &World, session: &str, path: &str) -> String {
    let seen = world.app.send(with(session, request("GET", path, &Value::Null))).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    seen.text()
}

async fn send(world: &World, session: &str, (path, password): (&str, &str)) -> Answer {
    let password = password.replace(' ', "+");
    let form = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let form = form.body(Bytes::from(format!("current_password={password}"))).unwrap();
    world.app.send(with(session, form)).await
}

/// A browser that a provider sends back, and what it shows.
async fn shown(world: &World, cookie: Option<&str>, query: &str) -> Answer {
    let mut request = returning("corp", cookie, query);
    let accept = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
    request.headers_mut().insert("accept", accept.parse().unwrap());
    world.app.send(request).await
}

#[tokio::test]
async fn whoever_comes_back_in_vain_sees_a_page_and_programs_a_problem() {
    let world = World::new(UNTRUSTED).await;
    claimed(&world.app).await;

    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit_as(&url, &json!({}));
    let stranger = shown(&world, Some(&cookie), &query).await;
    let other = shown(&world, None, "code=a&state=b").await;
    let (url, cookie) = world.begin("").await;
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
    let said = format!("error=%3cb%3eno%3c/b%3e&state={state}");
    let refused = shown(&world, Some(&cookie), &said).await;
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit_as(&url, &json!({}));
    world.idp.reply("/token", Reply::Status(500));
    let away = shown(&world, Some(&cookie), &query).await;

    for (answer, status, words) in [
        (&stranger, 403, "nobody has let you in here"),
        (&other, 401, "This browser began no sign-in at Example Corp"),
        (&refused, 401, "&#60;b&#62;no&#60;/b&#62;"),
        (&away, 503, "Example Corp does not answer."),
    ] {
        let text = answer.text();
        assert_eq!(answer.status, status, "{text}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(text.contains(words) && text.contains("href=\"/sign-in\""), "{text}");
        assert!(!text.contains("<b>no"), "{text}");
    }
    assert!(away.header("retry-after").is_some());
    let program = world.back(None, "code=a&state=b").await;
    assert_eq!(problem(&program).status, 401);
    assert_eq!(program.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn the_door_offers_a_provider_and_an_account_is_linked_from_its_page() {
    const LINK: &str = "/account/providers/corp";
    let world = World::new(UNTRUSTED).await;
    let session = claimed(&world.app).await;
    let door = world.app.send(request("GET", "/sign-in?to=%2Faccount", &Value::Null)).await;
    let button = "href=\"/api/v1/sign-in/providers/corp?next=%2Faccount\"";
    assert!(door.text().contains(button), "{}", door.text());

    let wrong = send(&world, &session, (LINK, "wrong")).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert!(wrong.text().contains("This is not the password of your account."));
    let begun = send(&world, &session, (LINK, PASSWORD)).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let away = begun.header("set-cookie").unwrap().split_once(';').unwrap().0.to_owned();
    let text = begun.text().replace("&#38;", "&");
    let url = text.split_once("<a class=\"link\" href=\"").unwrap().1.split('"').next().unwrap();
    let query = world.idp.visit_as(&url.parse().unwrap(), &json!({}));
    assert_eq!(location(&world.back(Some(&away), &query).await), "/account");
    assert!(
        page(&world, &session, "/account")
            .await
            .contains("action=\"/account/providers/corp/unlink\"")
    );

    let unlinked = send(&world, &session, ("/account/providers/corp/unlink", PASSWORD)).await;
    assert_eq!(location(&unlinked), "/account?done=unlinked");
    assert!(page(&world, &session, "/account").await.contains("<small>Not linked</small>"));
}
