//! A control database that a newer version changed.

use berth_testkit::{postgres, sqlite};

use crate::server::Home;

const NEWER: &str = "INSERT INTO schema_migration (version, checksum) VALUES (9000, 'x')";

async fn is_refused(home: &Home) {
    let (is_done, said) = home.berth(&["serve"]).await;

    assert!(!is_done);
    let known = "this version of Berth knows";
    assert!(said.contains("schema 9000") && said.contains(known), "{said}");
    assert!(said.contains("start the version that wrote it"), "{said}");
    assert!(!home.path().join("serve.pid").exists());
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_sqlite() {
    let home = Home::new();
    let mut server = home.serve().await;
    server.kill();
    sqlite::execute(&home.path().join("berth.db"), NEWER).await;

    is_refused(&home).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused_on_postgresql() {
    let server = postgres::Server::shared();
    let url = server.database();
    let home = Home::on(&url);
    home.serve().await.kill();
    server.execute(url.rsplit('/').next().unwrap(), NEWER).unwrap();

    is_refused(&home).await;
}
