//! A console with somebody at a browser.

use std::sync::Arc;
use std::time::Duration;

use berth_testkit::idp::Idp;
use berth_testkit::webdriver::Browser;
use berth_testkit::{SystemClock, wait};
use serde_json::{Value, json};

use crate::app::{App, DEADLINE};
use crate::tcp::Tcp;
use crate::world;

pub(crate) const EMAIL: &str = "elin@example.com";
pub(crate) const PASSWORD: &str = "three small herons";
pub(crate) const FLEET: &str = "/organisations/default/tenants";
/// Of which the installation fails.
const BROKEN_MODULE: &str = "sale_management";

/// In this order: the browser ends before what it looks at.
pub(crate) struct Site {
    pub(crate) browser: Browser,
    pub(crate) tcp: Tcp,
    pub(crate) app: App,
}

impl Site {
    /// One that nobody claimed.
    pub(crate) async fn unclaimed() -> Self {
        Self::on(App::with_odoo().await).await
    }

    async fn on(app: App) -> Self {
        app.break_module(BROKEN_MODULE);
        let tcp = Tcp::unclaimed(&app, |_| {}).await;
        Self { browser: Browser::start(1440, 900).await, tcp, app }
    }

    /// One that Elin claimed. She is not signed in yet.
    pub(crate) async fn claimed() -> Self {
        Self::unclaimed().await.claim().await
    }

    async fn claim(self) -> Self {
        let claim = json!({
            "code": self.code().await, "email": EMAIL, "name": "Elin Strand", "password": PASSWORD,
        });
        let claimed = self.app.call("POST", "/claim", &claim).await;
        assert_eq!(claimed.status, 201, "{}", claimed.text());
        self
    }

    /// One that Elin claimed, who looks at the fleet.
    pub(crate) async fn open() -> Self {
        Self::claimed().await.sign_in().await
    }

    /// The same with a provider of sign-ins, `corp`.
    pub(crate) async fn open_with(idp: &Idp) -> Self {
        let patience = Duration::from_secs(10);
        let corp = world::provider(("corp", "Example Corp"), idp, world::TRUSTED, patience);
        let app = App::with_providers(vec![corp], Arc::new(SystemClock)).await;
        Self::on(app).await.claim().await.sign_in().await
    }

    pub(crate) async fn sign_in(self) -> Self {
        self.go(FLEET).await;
        for (field, text) in [("#email", EMAIL), ("#password", PASSWORD)] {
            let field = self.browser.wait_for(field, DEADLINE).await;
            self.browser.type_into(&field, text).await;
        }
        self.click("button[type=submit]").await;
        self.browser.wait_for("#live", DEADLINE).await;
        self
    }

    /// The code with which it is claimed.
    pub(crate) async fn code(&self) -> String {
        let code = self.app.call("POST", "/setup-token", &json!({})).await.json();
        code["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.tcp.address.port())
    }

    pub(crate) async fn go(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.address())).await;
    }

    pub(crate) async fn click(&self, css: &str) {
        let element = self.browser.wait_for(css, DEADLINE).await;
        self.browser.click(&element).await;
    }

    /// Makes a tenant over the API, and waits for what comes of it.
    pub(crate) async fn tenant(&self, body: &Value) {
        let begun = self.app.ours("POST", "/tenants", body).await;
        assert_eq!(begun.status, 202, "{}", begun.text());
        self.rest(begun.json()["id"].as_str().unwrap()).await;
    }

    /// Archives a tenant and has nobody know it any more: its database, its role and its folder are left.
    pub(crate) async fn lose(&self, name: &str) {
        let path = format!("/tenants/{name}");
        let begun = self.app.ours("POST", &format!("{path}/archive"), &json!({})).await;
        assert_eq!(begun.status, 202, "{}", begun.text());
        self.rest(begun.json()["id"].as_str().unwrap()).await;
        let tenant = self.app.ours("GET", &path, &Value::Null).await.json();
        self.app.installation.lose(tenant["id"].as_str().unwrap().parse().unwrap()).await;
    }

    /// Has one fail, so that it is gone again.
    pub(crate) async fn failing(&self, name: &str) {
        self.tenant(&json!({ "name": name, "modules": [BROKEN_MODULE] })).await;
    }

    pub(crate) async fn rest(&self, id: &str) {
        let path = format!("/operations/{id}");
        wait::until(DEADLINE, async || {
            let state = self.app.ours("GET", &path, &Value::Null).await.json()["state"].clone();
            ["done", "undone", "stuck"].iter().any(|rest| state == *rest)
        })
        .await;
    }

    /// Nothing went wrong in the browser, which also complains of forms that come back.
    pub(crate) async fn is_quiet(&self) {
        let mut complaints = self.browser.complaints().await;
        complaints.retain(|complaint| !complaint.contains(" a status of 422 "));
        assert_eq!(complaints, Vec::<String>::new());
    }
}
