//! What becomes of a tenant: closed, put away, thrown away, and brought back from each; and who looks into it.

use berth_runtime::fake::ExecAnswer;
use berth_runtime::{ExecOutput, Exit};
use berth_testkit::wait;
use serde_json::{Value, json};

use super::CONFIRM;
use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

impl Site {
    /// Has something done to acme from its own page, which asks before if that is usual.
    async fn do_to_acme(&self, key: &str, state: &str) {
        self.go(&format!("{FLEET}/acme")).await;
        let choices =
            [format!("a[href$='/acme/{key}']"), format!("button[formaction$='/acme/{key}']")];
        let within =
            |around: &str| choices.each_ref().map(|it| format!("{around} {it}")).join(", ");
        self.has(&within(".head__acts")).await;
        if self.browser.find(&within(".head__acts .menu__pop")).await.is_some() {
            self.enter(".head__acts details.menu summary").await;
        }
        let asks = self.browser.find(&format!(".head__acts {}", choices[0])).await.is_some();
        self.enter(&within(".head__acts")).await;
        if asks {
            self.reads("What is not affected").await;
            self.enter(CONFIRM).await;
        }
        self.comes_to("acme", state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_closed_put_away_and_thrown_away_and_brought_back_from_each() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;

    for (key, state) in [
        ("suspend", "suspended"),
        ("resume", "running"),
        ("archive", "archived"),
        ("unarchive", "running"),
        ("delete", "deleted"),
        ("restore-deleted", "running"),
    ] {
        site.do_to_acme(key, state).await;
    }
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_shown_to_whoever_asks_for_it() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme", "admin_password": "three small herons" })).await;
    site.go(&format!("{FLEET}/acme")).await;

    site.enter("form[action$='/acme/password'] button").await;

    site.has("#password").await;
    site.reads("three small herons").await;
    site.tab_to("[data-copy='#password']").await;
    site.enter("main .row a.btn--quiet").await;
    site.is_at("/tenants/acme").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_opened_as_its_administrator_beside_the_page() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.app.runtime().answer_execs(|_, _| {
        let said = "berth-session s3ss10n\n".as_bytes().into();
        let exit = Exit { code: 0, out_of_memory: false };
        ExecAnswer::Ends(vec![ExecOutput::Out(said), ExecOutput::Exit(exit)])
    });
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".head__acts a[href$='/open-as-admin']").await;
    site.reads("The link works once").await;
    site.enter("main form button.btn--primary").await;

    let asked = "/audit?action=tenant.login_link";
    wait::until(DEADLINE, async || {
        let written = site.app.ours("GET", asked, &Value::Null).await.json();
        written["items"].as_array().is_some_and(|items| items.len() == 1)
    })
    .await;
    site.is_at("/tenants/acme/open-as-admin").await;
}
