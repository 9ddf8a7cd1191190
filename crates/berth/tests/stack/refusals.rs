//! What is refused: with everything that is wrong, and without a trace.

use berth_testkit::home::Inventory;
use berth_testkit::hostile;
use serde_json::{Value, json};

use crate::world::Stack;

pub(crate) async fn forty_hostile_names_are_refused_and_nothing_is_made(stack: &Stack) {
    let acme = stack.acme().await;
    let before = Inventory::of(&stack.home, &acme.object).await;
    let tenants = all(stack).await;

    for name in hostile::NAMES {
        let answer = stack.home.api("POST", "tenants", &json!({ "name": name })).await;
        assert_eq!(answer.status, 422, "{name:?}: {}", answer.text());
        let found = &answer.json()["problems"][0];
        assert_eq!(found["field"], "name", "{name:?}: {}", answer.text());
        let message = found["message"].as_str().unwrap();
        assert!(message.len() > 15 && !message.chars().any(char::is_control), "{message}");
    }
    for name in ["$(id)", "../../etc", "acme;id"] {
        let said = stack.home.berth(&["tenant", "create", name]).await;
        assert_eq!(said.code, Some(1), "{name}: {}", said.stderr);
        assert!(said.stderr.contains("is not allowed in a tenant name"), "{}", said.stderr);
    }

    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);
    assert_eq!(all(stack).await, tenants);
}

/// All tenants, but for what is measured of them again and again.
async fn all(stack: &Stack) -> Value {
    let mut list = stack.home.get("tenants").await;
    for tenant in list["items"].as_array_mut().unwrap() {
        tenant["storage"].take();
    }
    list
}

pub(crate) async fn of_two_at_the_same_moment_exactly_one_gets_the_name(stack: &Stack) {
    let wish = json!({ "name": "twin" });
    let ask = || stack.home.api("POST", "tenants", &wish);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());

    let mut statuses = [one.status, two.status, three.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409, 409]);
    let winner = [one, two, three].into_iter().find(|answer| answer.status == 202).unwrap();
    let id = winner.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(stack.home.rest(&id).await["state"], "done");
    let object = stack.home.object("twin").await;
    let databases = Inventory::of(&stack.home, &object).await.databases;
    assert!(databases.contains(object.as_str()));

    stack.home.delete("twin").await;
}

pub(crate) async fn images_and_limits_that_cannot_work_are_refused_before_anything_is_made(
    stack: &Stack,
) {
    let acme = stack.acme().await;
    let before = Inventory::of(&stack.home, &acme.object).await;
    let tiny = &stack.home.setup().tiny;
    for (wish, field, words) in [
        (json!({ "image": "nobody.invalid/odoo:1" }), "image", "has no image"),
        (json!({ "image": tiny }), "image", "cannot run Odoo"),
        (json!({ "memory": "900GiB" }), "limits.memory", "of memory"),
        (json!({ "memory": "1MiB" }), "limits.memory", "at least"),
        (json!({ "cpu": "4096" }), "limits.cpu", "cores"),
        (json!({ "language": "tlh_KX" }), "language", "tlh_KX"),
        (json!({ "host": "acme.localhost" }), "host", "another tenant"),
        (json!({ "addons": "/etc" }), "addons", "development"),
    ] {
        let mut wish = wish;
        wish["name"] = json!("refused");
        let answer = stack.home.api("POST", "tenants", &wish).await;
        assert_eq!(answer.status, 422, "{wish}: {}", answer.text());
        let problems = answer.json()["problems"].as_array().unwrap().clone();
        let is_named = |problem: &Value| {
            problem["field"] == field && problem["message"].as_str().unwrap().contains(words)
        };
        assert!(problems.iter().any(is_named), "{wish}: {problems:#?}");
    }

    let all = json!({ "name": "A", "cpu": "x", "memory": "y", "language": "?", "email": "z" });
    let answer = stack.home.api("POST", "tenants", &all).await.json();
    assert_eq!(answer["problems"].as_array().unwrap().len(), 5, "{answer:#}");
    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);
}

pub(crate) async fn every_mistake_in_a_configuration_is_named_with_its_line(stack: &Stack) {
    let file = stack.addons.path().join("wrong.toml");
    let text = "[edge]\nlisten = \"nowhere\"\nbase_domain = \"not a domain\"\n\
                [network]\npool = \"8.8.0.0/16\"\n[tenants]\nmemory = \"1MiB\"\ncpus = 2\n";
    std::fs::write(&file, text).unwrap();

    let said = stack.home.berth(&["config", "check", file.to_str().unwrap()]).await;

    assert_eq!(said.code, Some(2), "{}", said.stderr);
    for place in [
        "2: edge.listen",
        "3: edge.base_domain",
        "5: network.pool",
        "7: tenants.memory",
        "8: tenants.cpus",
    ] {
        assert!(said.stderr.contains(&format!("wrong.toml:{place}")), "{place}: {}", said.stderr);
    }
    assert!(said.stderr.contains("5 mistakes"), "{}", said.stderr);
}
