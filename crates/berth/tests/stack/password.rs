//! The administrator's password.

use berth_testkit::http::request;
use serde_json::{Value, json};

use crate::world::{Site, Stack};

pub(crate) async fn after_a_reset_only_the_new_password_signs_in(stack: &Stack) {
    let acme = stack.acme().await;
    let old = stack.password(acme).await;
    assert!(signs_in(stack, acme, &old).await);

    let planned = stack.home.done(&["tenant", "password", "reset", "acme", "--dry-run"]).await;
    assert!(planned.text().contains(acme.object.as_str()), "{}", planned.text());
    assert!(signs_in(stack, acme, &old).await);

    let reset = stack.home.done(&["tenant", "password", "reset", "acme"]).await;
    let new = reset.text().trim_end().to_owned();

    assert_ne!(new, old);
    assert!(signs_in(stack, acme, &new).await);
    assert!(!signs_in(stack, acme, &old).await);
    assert_eq!(stack.password(acme).await, new);

    let chosen = "correct horse 'battery\" staple \\ $(id)";
    let arguments = ["tenant", "password", "reset", "acme", "--password-file", "-"];
    let said = stack.home.berth_with_input(&arguments, chosen.as_bytes()).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(signs_in(stack, acme, chosen).await);
    // Nobody can read it where others look.
    let hash = "SELECT password FROM res_users WHERE login = 'admin'";
    let hash = stack.home.sql(&acme.object, hash).await;
    assert!(hash[0].starts_with("$pbkdf2-sha512$"), "{hash:?}");
    assert!(!stack.home.log().contains("battery"));
}

/// Signs in the way Odoo's own clients do.
pub(crate) async fn signs_in(stack: &Stack, site: &Site, password: &str) -> bool {
    let call = json!({ "jsonrpc": "2.0", "method": "call", "params": {
        "db": site.object.as_str(), "login": "admin", "password": password,
    } });
    let asked = request("POST", "/web/session/authenticate", &call);
    let answer = stack.home.visit_with(&site.host, asked).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer: Value = answer.json();
    let uid = &answer["result"]["uid"];
    assert!(uid.is_u64() || answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied");
    uid.is_u64()
}
