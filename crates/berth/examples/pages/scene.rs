//! What there is to see: a hosting company with its tenants, its people and a customer.

mod fleet;
mod jobs;
mod log;

use berth_domain::TenantState;
use berth_engine::request::SendUpload;
use berth_engine_testkit::{ACTOR, ORG, odoo};
use berth_runtime::RuntimeError;
use berth_runtime::fake::CallKind;
use berth_testkit::wait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE};

pub(crate) use jobs::{commands, jobs};

pub(crate) const OPERATOR: &str = "elin.strand@nordquay.example";
pub(crate) const CUSTOMER: &str = "anna.lund@lindqvist.example";
const VIEWER: &str = "mats.holm@nordquay.example";
pub(crate) const PASSWORD: &str = "three small herons";

/// Something that comes about behind the browser's back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scene {
    /// Somebody claims the installation.
    Claimed,
    /// Somebody is invited, and has the link.
    Invited,
    /// Weeks later there are tenants: one that is broken, one that is being made.
    Fleet,
    /// A tenant says something.
    Log,
    /// A backup is sent in.
    Backup,
    People,
}

/// Ids that addresses name.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<(&'static str, String)>);

impl Places {
    /// An address with what stands in braces.
    pub(crate) fn fill(&self, path: &str) -> String {
        self.0.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }

    fn put(&mut self, name: &'static str, id: &Value) {
        self.0.push((name, id.as_str().unwrap().to_owned()));
    }
}

impl Scene {
    pub(crate) async fn come(self, app: &mut App, places: &mut Places) {
        match self {
            Self::Claimed => claim(app).await,
            Self::Invited => invite(app, places).await,
            Self::Fleet => fleet::make(app, places).await,
            Self::Log => log::say(app, "halden-optics").await,
            Self::Backup => send_in(app, places).await,
            Self::People => people(app).await,
        }
    }
}

/// Lets time pass.
fn later(app: &App, time: SignedDuration) {
    app.clock.advance(time);
}

async fn claim(app: &mut App) {
    let code = app.web.engine.setup_token(&ACTOR).await.unwrap().unwrap();
    let code = secrecy::ExposeSecret::expose_secret(&code).to_owned();
    let body = json!({
        "code": code, "email": OPERATOR, "name": "Elin Strand", "password": PASSWORD,
    });
    app.open("/claim", &body).await;
    app.sign_in().await;
    app.call("PATCH", "/organisations/default", &json!({ "title": "Nordquay" })).await;
}

async fn invite(app: &App, places: &mut Places) {
    let invitation = json!({ "email": "rae.olsen@nordquay.example", "role": "member" });
    let made = app.of(ORG, ("POST", "/invitations"), &invitation).await;
    places.put("{invited}", &made["code"]);
}

async fn send_in(app: &App, places: &mut Places) {
    let content = stream::iter([Ok(Bytes::from(odoo::backup()))]).boxed();
    let wish = SendUpload { name: Some("wrenbury-books.zip".to_owned()), length: None };
    let sent = app.web.engine.send_upload(&ACTOR, ORG, &wish, content).await.unwrap();
    places.put("{upload}", &json!(sent.id.to_string()));
}

async fn people(app: &App) {
    join(app, ORG, (VIEWER, "Mats Holm", "viewer")).await;
    join(app, ORG, ("jo.brandt@nordquay.example", "Jo Brandt", "admin")).await;
    let invitation = json!({ "email": "noor.haddad@nordquay.example", "role": "member" });
    app.of(ORG, ("POST", "/invitations"), &invitation).await;
    let token = json!({ "account": "ci", "scope": "read,logs", "expires": "30d" });
    app.of(ORG, ("POST", "/tokens"), &token).await;
    let schedule = json!({
        "name": "nights-off", "action": "stop", "tenants": ["corvid-dev"], "cron": "0 20 * * 1-5",
        "zone": "Europe/Oslo",
    });
    app.of(ORG, ("POST", "/schedules"), &schedule).await;
    let webhook = json!({ "url": "https://chat.nordquay.example/berth", "name": "chat" });
    app.of(ORG, ("POST", "/webhooks"), &webhook).await;
    for (path, most) in [
        ("/quota", json!({ "tenants": 12, "cpu": "16", "memory": "24GiB" })),
        (
            "/quotas/elin",
            json!({ "tenants": 4, "cpu": "5", "memory": "8GiB", "storage": "200GiB" }),
        ),
    ] {
        app.of(ORG, ("PUT", path), &most).await;
    }
    later(app, SignedDuration::from_secs(95));
}

/// Somebody is invited, and comes.
async fn join(app: &App, org: &str, (email, name, role): (&str, &str, &str)) {
    let invitation = json!({ "email": email, "role": role });
    let made = app.of(org, ("POST", "/invitations"), &invitation).await;
    let accept = json!({ "code": made["code"], "name": name, "password": PASSWORD });
    app.open("/invitations/accept", &accept).await;
}

/// Does something to a tenant, and returns the operation when it is over.
async fn change(app: &App, org: &str, (name, what): (&str, &str)) -> Value {
    let path = format!("/tenants/{name}/{what}");
    let begun = app.of(org, ("POST", &path), &json!({})).await;
    rest(app, org, &begun["id"]).await;
    begun["id"].clone()
}

/// Waits until an operation is over.
async fn rest(app: &App, org: &str, id: &Value) {
    let path = format!("/operations/{}", id.as_str().unwrap());
    wait::until(DEADLINE, async || {
        let state = app.of(org, ("GET", &path), &Value::Null).await["state"].clone();
        ["done", "undone", "stuck"].iter().any(|rest| state == *rest)
    })
    .await;
}

/// Has a tenant be broken: it cannot be started again, and that cannot be taken back.
async fn break_down(app: &App, name: &str) -> Value {
    change(app, ORG, (name, "stop")).await;
    later(app, SignedDuration::from_mins(2));
    let message = "no space left on device".to_owned();
    let error = RuntimeError::Refused { action: "start a container", message };
    app.installation.runtime.fail_next(CallKind::WorkloadStart, error);
    let failed = change(app, ORG, (name, "start")).await;
    let known = app.web.engine.known_tenant(&ACTOR, ORG, name).await.unwrap().tenant.tenant;
    let (since, id) = (app.web.engine.now(), failed.as_str().unwrap().parse().unwrap());
    let broken = TenantState::Broken { since, failed: id, suspended: false };
    app.installation.put_state(known.id, &known.state, &broken).await;
    failed
}
