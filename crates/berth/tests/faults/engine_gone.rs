//! The container engine goes away, or takes calls and never answers.

use std::time::Duration;

use berth_testkit::socket_proxy::Mode;
use serde_json::{Value, json};

use crate::world::Battered;

/// What does not need the engine is answered within this time, whatever the engine does.
const AT_ONCE: Duration = Duration::from_secs(5);

pub(crate) async fn an_engine_that_is_cut_off_is_named_and_nothing_is_lost(world: &Battered) {
    let before = world.inventory().await;
    let since = world.witness_since().await;
    let operation = world.home.begin("POST", "tenants", &json!({ "name": "patient" })).await;
    world.home.in_step(&operation, "container").await;
    world.proxy.set(Mode::Cut);

    let refused = world.home.api("POST", "tenants", &json!({ "name": "hasty" })).await;
    world.witness_is_served_by_its_route().await;
    world.proxy.set(Mode::Pass);

    assert_eq!(refused.status, 503, "{}", refused.text());
    let problem = refused.json();
    assert_eq!(problem["detail"], "cannot reach the tenant's containers", "{problem:#}");
    assert!(problem["hint"].as_str().unwrap().contains("berth doctor"), "{problem:#}");
    let rested = world.home.rest(&operation).await;
    assert_eq!(rested["state"], "done", "{rested:#}");
    world.is_whole("patient").await;
    world.witness_serves(&since).await;

    world.proxy.set(Mode::Cut);
    let said = world.home.berth(&["doctor"]).await;
    let shown = world.home.get("tenants/patient").await;
    world.proxy.set(Mode::Pass);
    assert_ne!(said.code, Some(0), "{said:?}");
    assert!(said.text().contains("start the container engine"), "{said:?}");
    assert!(shown["container"].as_str().unwrap().starts_with("unknown"), "{shown:#}");

    world.home.delete("patient").await;
    world.is_at_rest().await;
    assert_eq!(world.inventory().await, before);
}

pub(crate) async fn an_engine_that_hangs_holds_up_nobody_else(world: &Battered) {
    let before = world.inventory().await;
    let operation = world.home.begin("POST", "tenants", &json!({ "name": "stalled" })).await;
    world.home.in_step(&operation, "container").await;
    world.proxy.set(Mode::Hang);

    for path in ["/status", "tenants", "operations"] {
        let answered = tokio::time::timeout(AT_ONCE, world.home.get(path)).await;
        assert!(answered.is_ok(), "{path} waits for the engine");
    }
    world.witness_is_served_by_its_route().await;
    // The step does not wait for ever either: it gives up, and says for what it waits.
    let waits = |event: &Value| {
        event["data"]["text"].as_str().is_some_and(|text| text.starts_with("waiting: "))
    };
    world.home.until_event(&operation, waits).await;
    world.proxy.set(Mode::Pass);

    let rested = world.home.rest(&operation).await;
    assert_eq!(rested["state"], "done", "{rested:#}");
    world.is_whole("stalled").await;
    world.home.delete("stalled").await;
    world.is_at_rest().await;
    assert_eq!(world.inventory().await, before);
}

impl Battered {
    /// A visitor of another tenant notices nothing.
    async fn witness_is_served_by_its_route(&self) {
        let visit = self.home.visit("witness.localhost", "/web/login");
        let page = tokio::time::timeout(AT_ONCE, visit).await;
        assert_eq!(page.map(|page| page.status), Ok(200));
    }
}
