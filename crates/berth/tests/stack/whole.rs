//! One tenant from its first to its last moment, on whatever engine there is.

use berth_testkit::home::Inventory;
use berth_testkit::http::{Answer, request};
use serde_json::Value;

use crate::world::{Site, Stack};

pub(crate) async fn a_tenant_is_made_signed_in_to_restarted_and_deleted_without_a_trace(
    stack: &Stack,
) {
    let witness = stack.acme().await;
    let before = Inventory::of(&stack.home, &witness.object).await;

    stack.home.done(&["tenant", "create", "whole"]).await;
    let site = stack.site("whole").await;
    let page = stack.login_page(&site).await;
    assert_eq!(page.status, 200);
    let answer = post_login(stack, &site, &page).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let session = cookie(&answer).expect("whoever signs in gets a session");
    assert_eq!(home_page(stack, &site, &session).await.status, 200);

    stack.home.done(&["tenant", "restart", "whole"]).await;
    assert_eq!(
        home_page(stack, &site, &session).await.status,
        200,
        "the session outlives a restart"
    );

    stack.home.done(&["tenant", "delete", "whole", "--now", "--yes"]).await;
    assert_eq!(Inventory::of(&stack.home, &witness.object).await, before);
    assert_eq!(stack.home.visit(&site.host, "/web/login").await.status, 404);
    assert_eq!(stack.login_page(witness).await.status, 200);
}

/// Sends the form as a browser does, with the token and the cookie that came with the page.
async fn post_login(stack: &Stack, site: &Site, page: &Answer) -> Answer {
    let text = page.text();
    let token = text.split_once("csrf_token").and_then(|(_, rest)| rest.split_once("value=\""));
    let token = token.and_then(|(_, rest)| rest.split_once('"')).expect("the form has a token").0;
    let password = stack.password(site).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("csrf_token", token), ("login", "admin"), ("password", &password)])
        .finish();
    let mut asked = request("POST", "/web/login", &Value::Null);
    let headers = asked.headers_mut();
    headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    headers.insert("content-length", form.len().into());
    headers.insert("cookie", cookie(page).expect("the page begins a session").parse().unwrap());
    *asked.body_mut() = form.into();
    stack.home.visit_with(&site.host, asked).await
}

/// What somebody sees who is signed in; everybody else is sent to the login page.
async fn home_page(stack: &Stack, site: &Site, session: &str) -> Answer {
    let mut asked = request("GET", "/odoo", &Value::Null);
    asked.headers_mut().insert("cookie", session.parse().unwrap());
    stack.home.visit_with(&site.host, asked).await
}

/// The session that an answer sets, as a browser sends it back.
fn cookie(answer: &Answer) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut sessions = set.filter(|value| value.starts_with("session_id="));
    Some(sessions.next()?.split(';').next()?.to_owned())
}
