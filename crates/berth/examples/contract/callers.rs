//! Who asks, and what there is to ask about.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use berth_testkit::wait;
use serde_json::{Value, json};
use tokio::time::interval;

use crate::app::{App, DEADLINE};

/// Tenants that there are again before every round.
const TENANTS: [&str; 2] = ["acme", "beta"];

/// Somebody who has an account.
const JO: &str = "jo@example.com";

/// Those that there are again before every round.
const ORGANISATIONS: [&str; 2] = ["default", "acme"];

/// How often it is looked for demos.
const LOOK: Duration = Duration::from_millis(100);

/// Somebody who asks.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    /// `None`: the operator, whom the connection proves.
    pub(crate) token: Option<String>,
}

/// Values that a parameter of a path may have, by the part of the path in front of it.
pub(crate) type Known = BTreeMap<&'static str, Vec<String>>;

#[derive(Debug)]
pub(crate) struct Callers(Vec<Caller>);

impl Callers {
    /// Makes a token for each kind of caller, and an account to talk about.
    pub(crate) async fn make(app: &App) -> Self {
        join(app, JO).await;
        let mut all = vec![Caller { name: "operator", token: None }];
        let ours = "/organisations/default/tokens";
        for (name, path, scope) in [
            ("viewer", ours, "viewer"),
            ("member", ours, "member"),
            ("admin", ours, "admin"),
            ("metrics", "/tokens", "metrics"),
        ] {
            let body = json!({ "account": name, "scope": scope, "expires": "never" });
            let made = app.call("POST", path, &body).await;
            assert_eq!(made.status, 201, "{}", made.text());
            let secret = made.json()["secret"].as_str().map(str::to_owned);
            all.push(Caller { name, token: secret });
        }
        all.push(Caller { name: "nobody", token: Some("berth_0".to_owned()) });
        Self(all)
    }

    pub(crate) fn all(&self) -> &[Caller] {
        &self.0
    }

    /// Makes what is not there any more, and says what there is.
    pub(crate) async fn fill(&self, app: &App) -> Known {
        for name in TENANTS {
            if app.ours("GET", &format!("/tenants/{name}"), &Value::Null).await.status == 404 {
                create(app, name).await;
            }
        }
        put_if_absent(
            app,
            "/schedules",
            &json!({
                "name": "nightly", "action": "restart", "cron": "@daily", "tenants": ["acme"],
            }),
        )
        .await;
        put_if_absent(
            app,
            "/webhooks",
            &json!({
                "name": "hook", "url": "https://hooks.example.com/",
            }),
        )
        .await;
        let acme = app.call("POST", "/organisations", &json!({ "name": "acme" })).await;
        assert!(matches!(acme.status, 201 | 409), "{}", acme.text());
        let operations = ids(app, "/organisations/default/operations?limit=3").await;
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Known::from([
            ("organisations", names(&["default", "acme", "nobody"])),
            ("tenants", names(&["acme", "beta", "nobody"])),
            ("schedules", names(&["nightly", "nothing"])),
            ("webhooks", names(&["hook", "nothing"])),
            ("people", names(&[JO, "nobody@example.com"])),
            ("members", names(&[JO, "nobody@example.com"])),
            ("providers", names(&["corp", "nothing"])),
            ("quotas", names(&["jo", "nobody"])),
            ("operations", operations),
            ("tokens", names(&["tok_0198c0de00007000800000000000a001"])),
            ("uploads", names(&["upl_0198c0de00007000800000000000a001"])),
            ("deliveries", names(&["msg_0198c0de00007000800000000000a001"])),
        ])
    }
}

/// Has somebody join the first organisation.
async fn join(app: &App, email: &str) {
    let wanted = json!({ "email": email, "role": "member" });
    let invited = app.ours("POST", "/invitations", &wanted).await;
    assert_eq!(invited.status, 201, "{}", invited.text());
    let code = invited.json()["code"].clone();
    let accepted = json!({ "code": code, "name": "Jo Silva", "password": "three small herons" });
    let accepted = app.call("POST", "/invitations/accept", &accepted).await;
    assert!((200..300).contains(&accepted.status), "{}", accepted.text());
}

/// Lets every demo go on, for as long as this is polled. One that nobody releases keeps its place among
/// what is at work: two of them, and nothing else comes to an end any more.
pub(crate) async fn release_demos(app: &App) -> Infallible {
    let mut looks = interval(LOOK);
    loop {
        looks.tick().await;
        for organisation in ORGANISATIONS {
            let operations = format!("/organisations/{organisation}/operations");
            let waiting = format!("{operations}?kind=demo&state=running&limit=1000");
            for id in ids(app, &waiting).await {
                // It may be over by now, or not be where it waits yet.
                app.call("POST", &format!("{operations}/{id}/release"), &Value::Null).await;
            }
        }
    }
}

/// What cannot be made (a quota that somebody set, memory that is given away) is not there then.
async fn create(app: &App, name: &str) {
    let begun = app.ours("POST", "/tenants", &json!({ "name": name })).await;
    if begun.status != 202 {
        println!("there is no {name} in this round: {}", begun.text());
        return;
    }
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/operations/{id}");
    wait::until(DEADLINE, async || {
        let state = app.ours("GET", &path, &Value::Null).await.json()["state"].clone();
        ["done", "undone", "stuck"].iter().any(|rest| state == *rest)
    })
    .await;
}

async fn put_if_absent(app: &App, path: &str, body: &Value) {
    let made = app.ours("POST", path, body).await;
    assert!(matches!(made.status, 201 | 409 | 422), "{path}: {}", made.text());
}

/// The ids of a list. There is none if what it would be of was deleted.
async fn ids(app: &App, path: &str) -> Vec<String> {
    let list = app.call("GET", path, &Value::Null).await.json();
    let items = list["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
}
