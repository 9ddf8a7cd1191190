//! The first thing anybody does: make a tenant and sign in.

use std::path::PathBuf;
use std::time::Duration;

use berth_testkit::webdriver::Browser;

use crate::world::Stack;

/// How long the web client may take to come up in a browser on a busy machine.
const LOAD: Duration = Duration::from_mins(2);

pub(crate) async fn a_new_tenant_is_served_under_its_host_and_its_administrator_opens_apps(
    stack: &Stack,
) {
    let acme = stack.acme().await;
    let page = stack.login_page(acme).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("name=\"password\""), "{}", page.text());
    assert_eq!(stack.home.visit("nobody.localhost", "/web/login").await.status, 404);

    let browser = Browser::start(1280, 800).await;
    let port = stack.home.edge().await.port();
    browser.open(&format!("http://{}:{port}/web/login", acme.host)).await;
    let login = browser.wait_for("input[name=login]", LOAD).await;
    browser.type_into(&login, "admin").await;
    let password = browser.wait_for("input[name=password]", LOAD).await;
    browser.type_into(&password, &stack.password(acme).await).await;
    let submit = browser.wait_for(".oe_login_buttons button[type=submit]", LOAD).await;
    browser.click(&submit).await;

    // Apps is the only thing that a database with nothing but its base opens.
    browser.wait_for(".o_kanban_view .o_kanban_record", LOAD).await;
    let apps = browser.script("return document.querySelectorAll('.o_kanban_record').length").await;
    assert!(apps.as_u64().unwrap() > 10, "{apps} apps at {}", browser.url().await);
    assert!(browser.url().await.starts_with(&format!("http://{}:{port}/", acme.host)));
    std::fs::write(picture("first-login.png"), browser.picture().await).unwrap();
}

/// Where pictures go: among the documents when somebody wants to renew them there.
fn picture(name: &str) -> PathBuf {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let renew = std::env::var_os("BERTH_PICTURES").is_some_and(|value| value == "1");
    let folder = if renew { root.join("docs/img") } else { root.join("target/pictures") };
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}
