//! Two servers of one home, and none.

use serde_json::Value;

use crate::world::Battered;

pub(crate) async fn a_second_server_of_one_home_is_refused_with_the_firsts_process(
    world: &Battered,
) {
    let said = world.home.berth(&["serve"]).await;

    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains(&format!("process {}", world.home.pid())), "{}", said.stderr);
    assert!(said.stderr.contains("berth service stop"), "{}", said.stderr);
    assert_eq!(world.home.get("/status").await["pid"], world.home.pid());
}

pub(crate) async fn tenants_keep_running_while_berth_is_stopped(world: &Battered) {
    let since = world.witness_since().await;

    world.home.stop().await;

    let containers = world.home.engine().containers(world.home.id()).await;
    let is_up = |container: &&Value| container["State"] == "running";
    assert_eq!(containers.iter().filter(is_up).count(), containers.len(), "{containers:#?}");
    let said = world.home.berth(&["tenant", "list"]).await;
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("berth is not running"), "{}", said.stderr);

    world.home.serve().await;

    world.witness_serves(&since).await;
    world.is_whole("witness").await;
}
