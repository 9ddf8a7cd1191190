//! A day at the console, in a browser.

use std::time::Duration;

use berth_testkit::wait;
use berth_testkit::webdriver::Browser;
use serde_json::{Value, json};

use crate::world::Stack;

/// How long anything may take that a browser, Odoo and a busy machine do together.
const PATIENCE: Duration = Duration::from_mins(2);
const PASSWORD: &str = "three small herons";

/// A browser at the console of the installation.
struct Visit {
    browser: Browser,
    console: String,
}

impl Visit {
    async fn go(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.console)).await;
    }

    async fn click(&self, css: &str) {
        let element = self.browser.wait_for(css, PATIENCE).await;
        self.browser.click(&element).await;
    }

    async fn fill(&self, fields: &[(&str, &str)]) {
        for (field, text) in fields {
            let field = self.browser.wait_for(&format!("[name={field}]"), PATIENCE).await;
            self.browser.type_into(&field, text).await;
        }
    }

    /// Waits until the page says something, without being loaded again.
    async fn reads(&self, text: &str) {
        let script = format!("return document.body.innerText.includes({})", json!(text));
        wait::until(PATIENCE, async || self.browser.script(&script).await == json!(true)).await;
    }

    async fn is_quiet(&self) {
        assert_eq!(self.browser.complaints().await, Vec::<String>::new());
    }
}

pub(crate) async fn everything_of_a_tenant_is_done_from_pages(stack: &Stack) {
    let status = stack.home.get("/status").await;
    let console = status["console"].as_str().unwrap().to_owned();
    let visit = Visit { browser: Browser::start(1440, 900).await, console };

    claim(stack, &visit).await;
    create(&visit).await;
    look_inside(stack, &visit).await;
    read_the_log(stack, &visit).await;
    run(&visit).await;
    change(stack, &visit).await;
    delete(stack, &visit).await;
}

async fn claim(stack: &Stack, visit: &Visit) {
    let code = stack.home.done(&["setup-token"]).await.text().trim_end().to_owned();
    visit.go("/").await;
    visit
        .fill(&[
            ("code", &code),
            ("name", "Elin Strand"),
            ("email", "elin@example.com"),
            ("password", PASSWORD),
        ])
        .await;
    visit.click("main button[type=submit], main button.btn--primary").await;
    visit.reads("Fleet").await;
}

async fn create(visit: &Visit) {
    visit.go("/organisations/default/tenants/new").await;
    visit.fill(&[("name", "pages-demo")]).await;
    // The plan of it, which moves what stands below as long as it is not there.
    visit.reads("berth tenant create pages-demo").await;
    visit.click("#create").await;
    // The page of the operation goes on by itself, to its end.
    wait::until(PATIENCE, async || visit.browser.url().await.contains("/operations/")).await;
    visit.reads("Create pages-demo").await;
    visit.browser.script("window.here = true").await;
    visit.reads("Show pages-demo").await;
    wait::until(PATIENCE, async || {
        let said = "return [...document.querySelectorAll('.head .status')].map(it => it.dataset.s)";
        visit.browser.script(said).await == json!(["ok"])
    })
    .await;
    assert_eq!(visit.browser.script("return window.here").await, json!(true));
    visit.is_quiet().await;
}

async fn look_inside(stack: &Stack, visit: &Visit) {
    visit.go("/organisations/default/tenants/pages-demo").await;
    visit.click("a[href$='/open-as-admin']").await;
    visit.click("main form button.btn--primary").await;
    visit.browser.follow(PATIENCE).await;
    // The page of the link, which asks once more.
    visit.click("form button").await;
    visit.browser.wait_for(".o_web_client, .o_kanban_view", PATIENCE).await;
    assert!(visit.browser.url().await.contains("pages-demo.localhost"));
    visit.browser.come_back().await;
    visit.is_quiet().await;
    let audit = stack.home.get("/organisations/default/audit").await;
    let actions: Vec<&Value> =
        audit["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert!(actions.contains(&&json!("tenant.login_link")), "{actions:?}");
}

async fn read_the_log(stack: &Stack, visit: &Visit) {
    visit.go("/organisations/default/tenants/pages-demo/logs").await;
    visit.browser.wait_for(".log time", PATIENCE).await;
    // Odoo says of each request which page it was for.
    let page = stack.home.visit("pages-demo.localhost", "/page-of-the-story").await;
    assert_eq!(page.status, 404);
    visit.reads("/page-of-the-story").await;
    visit.is_quiet().await;
}

async fn run(visit: &Visit) {
    let scripts = [
        ("psql", "select 'forty' || '-two' as answer", "forty-two"),
        (
            "shell",
            "print('the', env['res.users'].browse(2).login, 'of', env.cr.dbname[:2])",
            "the admin of t_",
        ),
        ("exec", "printf\n%s and %s\n$HOME\n;", "$HOME and ;"),
    ];
    for (way, script, said) in scripts {
        visit.go("/organisations/default/tenants/pages-demo/shell").await;
        visit.click(&format!("label:has([name=way][value={way}])")).await;
        visit.fill(&[("script", script)]).await;
        visit.click("#run").await;
        visit.reads("Ended with 0").await;
        visit.reads(said).await;
    }
    visit.is_quiet().await;
}

async fn change(stack: &Stack, visit: &Visit) {
    let state =
        async || stack.home.get("/organisations/default/tenants/pages-demo").await["state"].clone();
    visit.go("/organisations/default/tenants/pages-demo").await;
    for (key, there) in [("restart", "running"), ("suspend", "suspended"), ("resume", "running")] {
        visit.go(&format!("/organisations/default/tenants/pages-demo/{key}")).await;
        visit.click("main form button.btn--primary, main form button.btn--fatal").await;
        visit.reads("Show pages-demo").await;
        wait::until(PATIENCE, async || state().await == json!(there)).await;
    }
    visit.is_quiet().await;
}

async fn delete(stack: &Stack, visit: &Visit) {
    visit.go("/organisations/default/tenants/pages-demo/delete-now").await;
    visit.fill(&[("confirm", "pages-dem")]).await;
    visit.click("main form button.btn--fatal").await;
    visit.browser.wait_for("#confirm-said", PATIENCE).await;
    // What was typed is still there: a letter is missing.
    visit.fill(&[("confirm", "o")]).await;
    visit.click("main form button.btn--fatal").await;
    wait::until(PATIENCE, async || {
        let answer = stack.home.try_get("/organisations/default/tenants/pages-demo").await;
        answer.is_ok_and(|answer| answer.status == 404)
    })
    .await;
    visit.go("/organisations/default/tenants").await;
    assert!(visit.browser.find("#t-pages-demo").await.is_none());
}
