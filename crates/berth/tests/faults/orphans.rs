//! Tenants whose rows are gone, as after an older copy of the control database was put back.

use berth_domain::ObjectName;
use berth_testkit::wait;
use serde_json::Value;

use crate::world::{Battered, REST};

pub(crate) async fn what_belongs_to_nobody_is_listed_removed_or_made_a_tenant_again(
    world: &Battered,
) {
    let before = world.inventory().await;
    let since = world.witness_since().await;
    world.home.create_plain("stray").await;
    world.home.create_plain("lost").await;
    let (stray, lost) = (world.home.object("stray").await, world.home.object("lost").await);
    world.home.mark(&lost).await;
    let contents = world.home.contents(&lost).await;
    world.home.done(&["tenant", "archive", "lost"]).await;
    let [stray_id, lost_id] = [id(world, "stray").await, id(world, "lost").await];
    world.home.lose_rows(&[&stray_id, &lost_id]).await;

    // The first look of the reconciler forgets routes that lead to nobody.
    let listed = wait::until_some(REST, async || {
        let listed = listed(world).await;
        listed.iter().all(|name| !name.starts_with("route/")).then_some(listed)
    });
    let listed = listed.await;
    let of = |object: &ObjectName| -> Vec<String> {
        listed.iter().filter(|name| name.ends_with(object.as_str())).cloned().collect()
    };
    let whole = ["container", "network", "database", "role", "folder/tenants"];
    assert_eq!(of(&stray), whole.map(|kind| format!("{kind}/{stray}")));
    let data = ["database", "role", "folder/tenants"];
    assert_eq!(of(&lost), data.map(|kind| format!("{kind}/{lost}")));
    assert_eq!(listed.len(), 8, "nothing of anybody else: {listed:?}");
    assert_eq!(world.home.get("/status").await["orphans"], 8);
    let metrics = world.home.api("GET", "/metrics", &Value::Null).await.text();
    assert!(metrics.contains("berth_orphans 8"), "{metrics}");

    let names = of(&stray);
    let mut arguments = vec!["orphans", "remove", "--yes"];
    arguments.extend(names.iter().map(String::as_str));
    let removed = world.home.done(&arguments).await;
    assert_eq!(removed.text().lines().filter(|line| line.ends_with("is removed")).count(), 5);
    assert_eq!(world.inventory().await.mentioning(&stray), Vec::<String>::new());

    let orphan = format!("database/{lost}");
    world.home.done(&["orphans", "adopt", &orphan, "--name", "found"]).await;
    assert_eq!(world.home.get("tenants/found").await["state"], "archived");
    assert_eq!(world.home.object("found").await, lost);
    world.home.done(&["tenant", "unarchive", "found"]).await;
    world.is_whole("found").await;
    // Its address is in the database; files, and what was put in, are what they were.
    assert_eq!(world.home.contents(&lost).await.files, contents.files);
    let marker = world.home.sql(&lost, "SELECT count(*) FROM berth_marker").await;
    assert_eq!(marker, ["500"]);
    let company = &world.home.get("tenants/found").await["odoo"]["company"];
    assert_eq!(company, "lost", "the database said who it is");

    world.home.delete("found").await;
    assert_eq!(world.inventory().await, before);
    world.witness_serves(&since).await;
}

async fn id(world: &Battered, name: &str) -> String {
    let tenant = world.home.get(&format!("tenants/{name}")).await;
    tenant["id"].as_str().unwrap().to_owned()
}

/// Kinds and names, as the command line lists them.
async fn listed(world: &Battered) -> Vec<String> {
    // After a start it looks at the image of its server, in a container that is gone afterwards.
    world.home.get("/doctor").await;
    let listed = world.home.done(&["orphans", "list", "--output", "json"]).await.json();
    let name = |orphan: &Value| {
        format!("{}/{}", orphan["kind"].as_str().unwrap(), orphan["name"].as_str().unwrap())
    };
    listed["items"].as_array().unwrap().iter().map(name).collect()
}
