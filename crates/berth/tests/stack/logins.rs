//! Links that sign somebody in as the administrator.

use berth_testkit::http::request;
use http::{HeaderValue, Request};
use serde_json::{Value, json};

use crate::world::{Site, Stack};

pub(crate) async fn a_link_opens_a_tenant_as_its_administrator_whatever_the_password_is_by_now(
    stack: &Stack,
) {
    let acme = stack.acme().await;
    // Somebody changed it in Odoo: what Berth knows is good for nothing any more.
    let change = "UPDATE res_users SET password = 'nonsense' WHERE login = 'admin' RETURNING id";
    let id = stack.home.sql(&acme.object, change).await;
    assert_eq!(id, ["2"]);

    let said = stack.home.done(&["tenant", "open", "acme", "--as-admin"]).await;
    let url = said.text().trim_end().to_owned();
    let path = url.split_once(&acme.host).unwrap().1.split_once('/').unwrap().1;
    let path = format!("/{path}");
    let asked = stack.home.visit(&acme.host, &path).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    let globex = stack.globex().await;
    assert_eq!(stack.home.visit(&globex.host, &path).await.status, 410);

    let inside = stack.home.visit_with(&acme.host, request("POST", &path, &Value::Null)).await;
    assert_eq!((inside.status, inside.header("location")), (303, Some("/web")));
    let cookie = inside.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let info = who(stack, acme, &cookie).await;
    assert_eq!((&info["result"]["uid"], &info["result"]["username"]), (&json!(2), &json!("admin")));
    assert_eq!(info["result"]["is_admin"], json!(true), "{info}");

    let again = stack.home.visit_with(&acme.host, request("POST", &path, &Value::Null)).await;
    assert_eq!((again.status, again.header("set-cookie")), (410, None));
    let stranger = who(stack, acme, "session_id=nobody").await;
    assert!(stranger["result"]["uid"].is_null(), "{stranger}");
    let log = stack.home.log();
    let key = path.rsplit('/').next().unwrap();
    assert!(!log.contains(key) && !log.contains(&cookie), "a key stands in the log");
    // As it was made, for the stories that follow.
    stack.home.done(&["tenant", "password", "reset", "acme"]).await;
}

/// Whom Odoo takes somebody with this cookie for.
async fn who(stack: &Stack, site: &Site, cookie: &str) -> Value {
    let call = json!({ "jsonrpc": "2.0", "method": "call", "params": {} });
    let mut asked: Request<_> = request("POST", "/web/session/get_session_info", &call);
    asked.headers_mut().insert("cookie", HeaderValue::from_str(cookie).unwrap());
    stack.home.visit_with(&site.host, asked).await.json()
}
