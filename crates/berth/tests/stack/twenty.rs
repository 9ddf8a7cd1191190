//! Many at once, and then none.

use berth_testkit::home::Inventory;
use futures_util::future::join_all;
use serde_json::Value;

use crate::world::Stack;

pub(crate) async fn twenty_tenants_at_once_come_and_go_without_a_trace(stack: &Stack) {
    let acme = stack.acme().await;
    let before = Inventory::of(&stack.home, &acme.object).await;
    let names: Vec<String> = (1..=20).map(|n| format!("crew-{n}")).collect();

    let made = join_all(names.iter().map(|name| begin(stack, vec!["create", name]))).await;
    join_all(made.iter().map(|operation| done_at_the_first_attempt(stack, operation))).await;

    let pages = names.iter().map(|name| format!("{name}.localhost"));
    for host in pages {
        assert_eq!(stack.home.visit(&host, "/web/login").await.status, 200, "{host}");
    }
    let between = Inventory::of(&stack.home, &acme.object).await;
    for (kind, more, less) in [
        ("containers", &between.containers, &before.containers),
        ("networks", &between.networks, &before.networks),
        ("subnets", &between.subnets, &before.subnets),
        ("databases", &between.databases, &before.databases),
        ("roles", &between.roles, &before.roles),
        ("folders", &between.folders, &before.folders),
        ("routes", &between.routes, &before.routes),
    ] {
        assert_eq!(more.difference(less).count(), 20, "{kind}: {more:?}");
    }

    let gone =
        join_all(names.iter().map(|name| begin(stack, vec!["delete", name, "--now", "--yes"])))
            .await;
    join_all(gone.iter().map(|operation| done_at_the_first_attempt(stack, operation))).await;

    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);
    assert_eq!(stack.home.visit("crew-1.localhost", "/web/login").await.status, 404);
    assert_eq!(stack.login_page(acme).await.status, 200);
}

/// Begins something with a tenant and returns the operation.
async fn begin(stack: &Stack, arguments: Vec<&str>) -> String {
    let argv = [&["tenant"][..], &arguments, &["--no-wait"]].concat();
    stack.home.done(&argv).await.text().trim_end().to_owned()
}

async fn done_at_the_first_attempt(stack: &Stack, operation: &str) {
    let rested = stack.home.rest(operation).await;
    assert_eq!(rested["state"], "done", "{rested:#}");
    let events = stack.home.events(operation).await;
    let failed = |event: &&Value| event["data"]["attempt"].as_u64().is_some_and(|n| n > 1);
    let failures: Vec<&Value> = events.iter().filter(failed).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}
