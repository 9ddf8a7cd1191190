//! Operations: told to go on, to try again, to take back what they did.

use berth_runtime::RuntimeError;
use berth_runtime::fake::CallKind;
use serde_json::{Value, json};

use crate::site::Site;

const OPERATIONS: &str = "/organisations/default/operations";

impl Site {
    /// The engine refuses this until it relents, however often a step tries it.
    fn refuse(&self, call: CallKind) {
        for _ in 0..100 {
            let message = "it will not".to_owned();
            let error = RuntimeError::Refused { action: "do as it is told", message };
            self.app.runtime().fail_next(call, error);
        }
    }

    /// Opens the page of what was begun last, from the list.
    async fn open_newest(&self) {
        self.go(OPERATIONS).await;
        self.enter("main tbody tr:first-child .who > a").await;
        self.has("#live .steps").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_cancelled() {
    let site = Site::open().await;
    let begun = site.app.ours("POST", "/operations", &json!({ "name": "practice" })).await;
    assert_eq!(begun.status, 202, "{}", begun.text());

    site.open_newest().await;
    site.enter("[href$='/cancel'], [formaction$='/cancel']").await;
    site.has("main form button.btn--fatal, main form button.btn--primary").await;
    site.enter("main form .row button").await;

    site.ends("idle").await;
    let shown = site.app.ours("GET", "/operations", &Value::Null).await.json();
    assert_eq!(shown["items"][0]["state"], "undone");
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stuck_is_tried_again_or_taken_back() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.refuse(CallKind::WorkloadStart);
    let begun = site.app.ours("POST", "/tenants/acme/restart", &Value::Null).await.json();
    site.rest(begun["id"].as_str().unwrap()).await;
    site.open_newest().await;
    site.ends("error").await;
    site.app.runtime().relent();
    site.enter("[href$='/retry'], [formaction$='/retry']").await;
    site.ends("ok").await;

    site.refuse(CallKind::NetworkRemove);
    site.failing("core").await;
    site.open_newest().await;
    site.ends("error").await;
    site.app.runtime().relent();
    site.enter("[href$='/undo'], [formaction$='/undo']").await;
    site.enter("main form .row button").await;
    site.ends("idle").await;
    site.is_quiet().await;
}
