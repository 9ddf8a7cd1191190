//! What happens to one tenant stays with it.

use serde_json::Value;

use crate::world::Battered;

/// More than a tenant of this installation may have.
const HOG: &str = "x = [bytearray(1 << 20) for _ in range(4096)]";

pub(crate) async fn a_tenant_that_runs_out_of_memory_takes_nobody_with_it(world: &Battered) {
    let since = world.witness_since().await;
    world.home.create_plain("hog").await;
    let object = world.home.object("hog").await;

    let ran = world.home.engine().exec(object.as_str(), &["python3", "-c", HOG], &[]).await;

    assert_ne!(ran.code, 0, "{ran:?}");
    let container = world.home.engine().container(object.as_str()).await.unwrap();
    let was_killed = ran.code == 137 || container["State"]["OOMKilled"] == true;
    assert!(was_killed, "{ran:?} {:#}", container["State"]);
    world.witness_serves(&since).await;
    // Whatever the kernel chose to end, a restart makes it whole again.
    let restart = world.home.begin("POST", "tenants/hog/restart", &Value::Null).await;
    assert_eq!(world.home.rest(&restart).await["state"], "done");
    world.is_whole("hog").await;
    world.home.delete("hog").await;
}

pub(crate) async fn a_tenant_whose_configuration_is_damaged_gets_it_back_alone(world: &Battered) {
    let since = world.witness_since().await;
    world.home.create_plain("damaged").await;
    let object = world.home.object("damaged").await;
    let folder = world.home.path().join(format!("tenants/{object}/conf"));
    std::fs::write(folder.join("odoo.conf"), b"[opt\xff").unwrap();
    std::fs::remove_file(folder.join("pgpass")).unwrap();

    world.witness_serves(&since).await;
    let restart = world.home.begin("POST", "tenants/damaged/restart", &Value::Null).await;
    let rested = world.home.rest(&restart).await;

    assert_eq!(rested["state"], "done", "{rested:#}");
    world.is_whole("damaged").await;
    world.witness_serves(&since).await;
    world.home.delete("damaged").await;
}

pub(crate) async fn a_route_table_that_is_garbage_costs_nobody_their_route(world: &Battered) {
    let since = world.witness_since().await;
    world.home.stop().await;
    std::fs::write(world.home.path().join("routes.json"), b"{\"format\":1,\"rou").unwrap();

    world.home.serve().await;

    let open = async || world.home.visit("witness.localhost", "/web/login").await.status == 200;
    berth_testkit::wait::until(crate::world::REST, open).await;
    world.witness_serves(&since).await;
    world.is_whole("witness").await;
}
