//! Pages that are open while the server is killed and started again.

use std::time::Duration;

use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Actor, Details, Generation, Limits, Stage, Tenant, TenantId, TenantState, Timestamp,
};
use berth_store::clusters::{ClusterKind, ClusterRow};
use berth_store::{Key, Location, Store, clusters, organisations, tenants};
use berth_testkit::http::{request, send};
use berth_testkit::wait;
use berth_testkit::webdriver::Browser;
use serde_json::{Value, json};

use crate::server::{Home, SOON, Server};

/// A page is right again within this time, once the server answers: that much is promised.
const RIGHT_AGAIN: Duration = Duration::from_secs(5);
const EMAIL: &str = "elin@example.com";
const PASSWORD: &str = "three small herons";
const FLEET: &str = "/organisations/default/tenants";
const OFFLINE: &str = "#offline:not([hidden])";

/// Somebody at a browser. In this order: the browser ends before what it looks at.
struct Visit {
    browser: Browser,
    console: String,
    server: Server,
    home: Home,
}

impl Visit {
    /// Elin claimed the installation, which has a tenant, and looks at the fleet.
    async fn begin() -> Self {
        let home = Home::new();
        let mut server = home.serve().await;
        let console = server.status().await["console"].as_str().unwrap().to_owned();
        // From now on it is found where it was.
        let listen = console.strip_prefix("http://").unwrap();
        home.configure_console(&format!("listen = \"{listen}\"\n"));
        claim(&server).await;
        server.kill();
        put(&home, "acme", 1).await;
        let server = home.serve().await;
        let browser = Browser::start(1440, 900).await;
        let visit = Self { browser, console, server, home };
        visit.go(FLEET).await;
        for (field, text) in [("#email", EMAIL), ("#password", PASSWORD)] {
            let field = visit.browser.wait_for(field, SOON).await;
            visit.browser.type_into(&field, text).await;
        }
        let button = visit.browser.wait_for("button[type=submit]", SOON).await;
        visit.browser.click(&button).await;
        visit.browser.wait_for("#t-acme", SOON).await;
        visit.browser.script("window.isSame = true").await;
        visit
    }

    /// Opens a page.
    async fn go(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.console)).await;
        self.browser.script("window.isSame = true").await;
    }

    /// Whether the page was never loaded again.
    async fn is_same(&self) -> bool {
        self.browser.script("return window.isSame === true").await == json!(true)
    }

    async fn is_there(&self, css: &str) -> bool {
        self.browser.find(css).await.is_some()
    }

    /// Kills the server, and waits until the page says that it does not answer.
    async fn kill(&mut self) {
        self.server.kill();
        self.browser.wait_for(OFFLINE, SOON).await;
    }

    async fn reads(&self, text: &str) -> bool {
        let script = format!("return document.body.innerText.includes({})", json!(text));
        self.browser.script(&script).await == json!(true)
    }
}

/// Claims the installation, as Elin.
pub(crate) async fn claim(server: &Server) {
    let ask = async |path: &str, body: &Value| {
        let answer = send(server.place(), request("POST", path, body), SOON).await.unwrap();
        assert!(answer.status < 300, "{path}: {}", answer.text());
        answer.json()
    };
    let code = ask("/api/v1/setup-token", &json!({})).await["token"].clone();
    let claim = json!({ "code": code, "email": EMAIL, "name": "Elin", "password": PASSWORD });
    ask("/api/v1/claim", &claim).await;
}

/// Puts a tenant that is stopped into a home whose server rests.
async fn put(home: &Home, name: &str, number: u32) {
    let key = Key::load_or_create(&home.path().join("key"), true).unwrap();
    let location = Location::Sqlite(home.path().join("berth.db"));
    let store = Store::join(&location, key).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let organisation = organisations::find(&mut tx, "default").await.unwrap().unwrap();
    let made = Timestamp::UNIX_EPOCH;
    let cluster = ClusterRow {
        id: format!("clu_{}", "1".repeat(32)).parse().unwrap(),
        name: "main".to_owned(),
        kind: ClusterKind::Managed,
        major: Some(18),
        created_at: made,
    };
    // It is there once Berth has seen its server, for which there is no engine here.
    if clusters::find(&mut tx, "main").await.unwrap().is_none() {
        clusters::insert(&mut tx, &cluster).await.unwrap();
    }
    let id: TenantId = format!("tnt_{number:032x}").parse().unwrap();
    let tenant = Tenant {
        id,
        organisation: organisation.id,
        name: name.parse().unwrap(),
        host: format!("{name}.localhost").parse().unwrap(),
        stage: Stage::Test,
        state: TenantState::Stopped { since: made },
        generation: Generation(1),
        cluster: cluster.id,
        image: Image {
            reference: "odoo:19.0".parse().unwrap(),
            digest: format!("sha256:{}", "a".repeat(64)).parse().unwrap(),
        },
        odoo: OdooSettings {
            modules: Vec::new(),
            language: "en_US".parse().unwrap(),
            country: None,
            demo: false,
            company: name.parse().unwrap(),
            admin_login: "admin".parse().unwrap(),
            email: None,
            time_zone: "UTC".parse().unwrap(),
        },
        limits: Limits::default(),
        storage: None,
        addons: None,
        subnet: None,
        blueprint: None,
        details: Details::default(),
        created_at: made,
        created_by: Actor::System,
    };
    tenants::insert(&mut tx, &tenant).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_outlives_a_server_that_is_killed_and_shows_what_changed_meanwhile() {
    let mut visit = Visit::begin().await;
    assert!(!visit.is_there(OFFLINE).await);
    visit.browser.script("document.querySelector('[data-filter]').focus()").await;

    visit.kill().await;
    put(&visit.home, "globex", 2).await;
    visit.server = visit.home.serve().await;

    wait::until(RIGHT_AGAIN, async || {
        visit.is_there("#t-globex").await && !visit.is_there(OFFLINE).await
    })
    .await;
    assert!(visit.is_same().await && visit.is_there("[data-filter]:focus").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_is_watched_over_the_death_of_whoever_carried_it_out() {
    let mut visit = Visit::begin().await;
    let id = visit.server.begin_demo().await;
    visit.go(&format!("/organisations/default/operations/{id}")).await;
    wait::until(SOON, async || visit.reads("Cancel").await).await;

    visit.kill().await;
    visit.server = visit.home.serve().await;

    wait::until(RIGHT_AGAIN, async || !visit.is_there(OFFLINE).await).await;
    wait::until(SOON, async || visit.reads("It was taken up again").await).await;
    visit.server.tell(&id, "release").await;
    visit.server.comes_to(&id, "done").await;
    wait::until(RIGHT_AGAIN, async || visit.is_there(".head .status[data-s=ok]").await).await;
    assert!(visit.is_same().await);
}
