//! A tenant that has a PostgreSQL server for itself, from its first to its last moment.

use berth_domain::ObjectName;
use berth_testkit::home::Inventory;

use crate::world::{Site, Stack};

pub(crate) async fn a_tenant_with_a_server_of_its_own_shares_nothing_of_postgresql_and_goes_with_it(
    stack: &Stack,
) {
    let acme = stack.acme().await;
    let before = Inventory::of(&stack.home, &acme.object).await;

    let plan = stack.home.done(&["tenant", "create", "vault", "--own-cluster", "--dry-run"]).await;
    assert!(plan.text().contains("a PostgreSQL server of its own"), "{}", plan.text());
    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before, "nothing was made");

    stack.home.done(&["tenant", "create", "vault", "--own-cluster"]).await;

    let vault = stack.site("vault").await;
    let server = server_of(stack, &vault.object);
    assert_eq!(stack.login_page(&vault).await.status, 200);
    let shown = stack.home.done(&["tenant", "show", "vault"]).await;
    assert!(shown.text().contains("a server of its own"), "{}", shown.text());
    // Neither sees so much as the other's names, which is all that tenants of one server see.
    assert_eq!(names(stack, &vault).await, [vault.object.to_string()]);
    assert!(!names(stack, acme).await.contains(&vault.object.to_string()));
    let container = stack.home.engine().container(&server).await.unwrap();
    assert_eq!(container["HostConfig"]["NetworkMode"], "none");
    // What it was cloned from serves nobody else, and has gone.
    let databases = "SELECT datname FROM pg_database ORDER BY datname";
    let databases = stack.home.sql(&vault.object, databases).await;
    let object = vault.object.to_string();
    assert_eq!(databases, ["postgres", object.as_str(), "template0", "template1"]);

    // It comes back by itself, and what waits for it goes on.
    assert!(stack.home.engine().kill_container(&server).await);
    stack.home.done(&["tenant", "stop", "vault"]).await;
    stack.home.done(&["tenant", "start", "vault"]).await;
    assert_eq!(stack.login_page(&vault).await.status, 200);
    let checks = stack.home.berth(&["doctor"]).await;
    assert!(checks.text().contains("1 tenant has a server for itself"), "{}", checks.text());

    stack.home.kill();
    stack.home.serve().await;
    stack.home.done(&["tenant", "set", "vault", "--pids", "200"]).await;
    assert_eq!(stack.login_page(&vault).await.status, 200);
    let backup = stack.addons.path().join("vault.zip");
    stack.home.done(&["tenant", "export", "vault", backup.to_str().unwrap()]).await;

    stack.home.done(&["tenant", "delete", "vault", "--now", "--yes"]).await;
    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);

    // A backup moves in beside the others just so.
    let backup = backup.to_str().unwrap();
    let import = ["tenant", "import", "vault", backup, "--own-cluster"];
    stack.home.done(&import).await;
    let vault = stack.site("vault").await;
    assert_eq!(stack.login_page(&vault).await.status, 200);
    assert_eq!(names(stack, &vault).await, [vault.object.to_string()]);
    stack.home.done(&["tenant", "delete", "vault", "--now", "--yes"]).await;
    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);
    assert_eq!(stack.login_page(acme).await.status, 200);
}

/// The container of the server that a tenant has for itself.
fn server_of(stack: &Stack, object: &ObjectName) -> String {
    format!("pg-{}-{}", object.as_str().replace('_', "-"), stack.home.id())
}

/// Roles of tenants that a tenant sees.
async fn names(stack: &Stack, site: &Site) -> Vec<String> {
    let roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 't\\_%'";
    stack.home.sql(&site.object, roles).await
}
