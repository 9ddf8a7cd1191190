//! `kill -9` in the middle of an operation, and a new start.

use serde_json::{Value, json};

use crate::world::{Battered, REST};

/// Between seeing a step and killing it, the step may end. Then it is tried again with another tenant.
const TRIES: u32 = 5;

pub(crate) async fn a_creation_that_was_killed_while_it_cloned_goes_on(world: &Battered) {
    creation_killed_in(world, "database").await;
}

pub(crate) async fn a_creation_that_was_killed_while_its_container_started_goes_on(
    world: &Battered,
) {
    creation_killed_in(world, "container").await;
}

pub(crate) async fn a_creation_that_was_killed_while_it_was_checked_goes_on(world: &Battered) {
    creation_killed_in(world, "check").await;
}

async fn creation_killed_in(world: &Battered, step: &str) {
    let before = world.inventory().await;
    let since = world.witness_since().await;
    for _ in 0..TRIES {
        let operation = world.home.begin("POST", "tenants", &json!({ "name": "phoenix" })).await;
        let (rested, was_hit) = crash(world, &operation, step).await;

        assert_eq!(rested["state"], "done", "{rested:#}");
        world.is_whole("phoenix").await;
        world.is_at_rest().await;
        world.witness_serves(&since).await;
        world.home.delete("phoenix").await;
        assert_eq!(world.inventory().await, before);
        if was_hit {
            return;
        }
    }
    panic!("`{step}` always ended before the blow");
}

pub(crate) async fn a_deletion_that_was_killed_is_finished(world: &Battered) {
    let before = world.inventory().await;
    for _ in 0..TRIES {
        world.home.create_plain("doomed").await;
        let object = world.home.object("doomed").await;
        let operation = world.home.begin("DELETE", "tenants/doomed", &Value::Null).await;
        let (rested, was_hit) = crash(world, &operation, "container").await;

        assert_eq!(rested["state"], "done", "{rested:#}");
        let after = world.inventory().await;
        assert_eq!(after.mentioning(&object), Vec::<String>::new());
        assert_eq!(after, before);
        assert_eq!(world.home.api("GET", "tenants/doomed", &Value::Null).await.status, 404);
        assert_eq!(world.home.visit("doomed.localhost", "/web/login").await.status, 404);
        world.is_at_rest().await;
        if was_hit {
            return;
        }
    }
    panic!("the container was always gone before the blow");
}

pub(crate) async fn a_stop_that_was_killed_is_finished(world: &Battered) {
    world.home.create_plain("sleeper").await;
    let object = world.home.object("sleeper").await;
    for _ in 0..TRIES {
        let operation = world.home.begin("POST", "tenants/sleeper/stop", &Value::Null).await;
        let (rested, was_hit) = crash(world, &operation, "container").await;

        assert_eq!(rested["state"], "done", "{rested:#}");
        let container = world.home.engine().container(object.as_str()).await.unwrap();
        assert_eq!(container["State"]["Running"], false);
        assert_eq!(world.home.get("tenants/sleeper").await["state"], "stopped");
        assert_eq!(world.home.visit("sleeper.localhost", "/web/login").await.status, 503);
        world.is_at_rest().await;

        let start = world.home.begin("POST", "tenants/sleeper/start", &Value::Null).await;
        assert_eq!(world.home.rest(&start).await["state"], "done");
        world.is_whole("sleeper").await;
        if was_hit {
            return world.home.delete("sleeper").await;
        }
    }
    panic!("the container had always stopped before the blow");
}

pub(crate) async fn a_demo_that_was_killed_still_waits_and_is_released(world: &Battered) {
    let answer = world.home.api("POST", "operations", &json!({ "name": "rehearsal" })).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let operation = answer.json()["id"].as_str().unwrap().to_owned();
    world.home.in_step(&operation, "wait").await;

    world.home.kill();
    world.home.serve().await;

    world.home.in_step(&operation, "wait").await;
    world.home.done(&["operation", "release", &operation]).await;
    let rested = world.home.rest_within(&operation, REST).await;
    assert_eq!(rested["state"], "done", "{rested:#}");
}

/// Kills Berth in a step of an operation and starts it again. Returns the operation at rest, and
/// whether the step was still at work when the blow fell: then its journal has two beginnings of it.
async fn crash(world: &Battered, operation: &str, step: &str) -> (Value, bool) {
    world.home.in_step(operation, step).await;
    world.home.kill();
    world.home.serve().await;
    let rested = world.home.rest_within(operation, REST).await;
    let events = world.home.events(operation).await;
    let begins =
        |event: &&Value| event["data"]["step"] == step && event["data"]["record"] == "started";
    (rested, events.iter().filter(begins).count() > 1)
}
