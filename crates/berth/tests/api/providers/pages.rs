//! The same on pages: the door offers the provider, and an account is linked and unlinked from its page.

use berth_testkit::http::{Answer, request};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::world::{UNTRUSTED, World, location};
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
