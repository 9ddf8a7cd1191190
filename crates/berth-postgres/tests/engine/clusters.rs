//! The cluster itself: started, restarted, repaired, refused.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use berth_domain::{ObjectName, Statement};
use berth_postgres::managed::stop;
use berth_postgres::{Expect, PostgresError, Strategy};
use berth_runtime::ObservedState;
use secrecy::SecretString;

use crate::scene::Scene;

fn tenant() -> (ObjectName, SecretString) {
    ("t_00000000aa".parse().unwrap(), SecretString::from("of the tenant"))
}

#[tokio::test]
async fn a_cluster_keeps_its_data_over_a_restart() {
    let scene = Scene::new().await;
    let (tenant, password) = tenant();
    let server = scene.start(Expect::New).await.unwrap();
    server.ensure_role(&tenant, &password, 5).await.unwrap();
    server.create_blank(&tenant, &tenant).await.unwrap();
    server.close().await;

    stop(&scene.runtime, &scene.cluster).await.unwrap();
    let stopped = scene.runtime.workloads.observe(&scene.cluster.workload_name()).await.unwrap();
    let ObservedState::Exited(exit) = stopped.unwrap().state else { panic!("it still runs") };
    assert_eq!(exit.code, 0, "the shutdown was clean");

    let server = scene.start(Expect::Existing).await.unwrap();
    assert!(server.find_database(&tenant).await.unwrap().unwrap().is_complete());
    server.open(&tenant, &password).await.unwrap().close().await;
}

#[tokio::test]
async fn a_cluster_is_utf8_with_checksums_and_without_a_network() {
    let scene = Scene::new().await;
    let (tenant, password) = tenant();
    let server = scene.start(Expect::New).await.unwrap();
    server.ensure_role(&tenant, &password, 5).await.unwrap();
    server.create_blank(&tenant, &tenant).await.unwrap();

    let mut db = server.open(&tenant, &password).await.unwrap();
    let question = "SELECT current_setting('server_encoding'), current_setting('data_checksums'),
                           current_setting('listen_addresses'), current_setting('fsync'),
                           (SELECT datctype::text FROM pg_database WHERE datname = 'template1')";
    let rows = db.rows(&Statement::new(question, Vec::new())).await.unwrap();

    let texts: Vec<_> = rows[0].iter().map(|cell| cell.as_deref().unwrap()).collect();
    assert_eq!(texts, ["UTF8", "on", "", "on", "C.UTF-8"]);
    assert_eq!(server.version().major(), u32::from(scene.cluster.facts.major));
}

#[tokio::test]
async fn bringing_up_what_is_up_changes_nothing() {
    let scene = Scene::new().await;
    let server = scene.start(Expect::New).await.unwrap();
    let before = postmaster(&scene);

    scene.start(Expect::Existing).await.unwrap();

    assert_eq!(postmaster(&scene), before);
    server.ping().await.unwrap();
}

/// The first process's start time and port, as PostgreSQL writes them.
fn postmaster(scene: &Scene) -> String {
    fs::read_to_string(scene.cluster.data_folder().join("postmaster.pid")).unwrap()
}

#[tokio::test]
async fn an_initdb_that_a_crash_ended_is_begun_again() {
    let scene = Scene::new().await;
    let data = scene.cluster.data_folder();
    fs::create_dir_all(data.join("base")).unwrap();
    fs::write(data.join("PG_VERSION"), "18\n").unwrap();
    fs::write(scene.cluster.folder.join("berth-initialising"), "").unwrap();

    let server = scene.start(Expect::New).await.unwrap();

    server.ping().await.unwrap();
    assert!(data.join("global/pg_control").exists());
    assert!(!scene.cluster.folder.join("berth-initialising").exists());
}

#[tokio::test]
async fn a_missing_disk_is_reported_and_never_replaced() {
    let scene = Scene::new().await;
    scene.start(Expect::New).await.unwrap().close().await;
    stop(&scene.runtime, &scene.cluster).await.unwrap();
    let (data, away) = (scene.cluster.data_folder(), scene.cluster.folder.join("away"));
    fs::rename(&data, &away).unwrap();

    let refused = scene.start(Expect::Existing).await.map(|_| ()).unwrap_err();
    assert!(refused.to_string().ends_with("is its disk mounted?"), "{refused}");
    assert!(!data.exists());

    fs::rename(&away, &data).unwrap();
    scene.start(Expect::Existing).await.unwrap();
}

#[tokio::test]
async fn only_the_server_reads_data_and_passwords_and_everybody_reaches_the_socket() {
    let scene = Scene::new().await;
    let server = scene.start(Expect::New).await.unwrap();
    let cluster = &scene.cluster;

    for (folder, mode) in [("data", 0o700), ("pass", 0o700), ("run", 0o755)] {
        let found = fs::metadata(cluster.folder.join(folder)).unwrap();
        assert_eq!(found.permissions().mode() & 0o7777, mode, "{folder}");
        assert_eq!(found.uid(), cluster.facts.user.uid, "{folder}");
    }
    assert!(!cluster.folder.join("secret").exists());

    let (address, guess) = (cluster.address().unwrap(), SecretString::from("guessed"));
    let stranger = berth_postgres::Server::connect(&address, &guess).await;
    assert!(matches!(stranger, Err(PostgresError::Refused { .. })));
    server.ping().await.unwrap();
}

/// Also on a disk that cannot share blocks PostgreSQL takes this way; it copies them then.
#[tokio::test]
async fn a_large_blueprint_is_copied_by_file() {
    let mut scene = Scene::new().await;
    scene.cluster.reflink = true;
    let server = scene.start(Expect::New).await.unwrap();
    let (tenant, password) = tenant();
    let blueprint: ObjectName = "b_00000000aa".parse().unwrap();
    for role in [&tenant, &blueprint] {
        server.ensure_role(role, &password, 5).await.unwrap();
    }
    server.create_blank(&blueprint, &blueprint).await.unwrap();
    let mut db = server.open(&blueprint, &password).await.unwrap();
    // 1,900 bytes a row stay uncompressed: 210 MB.
    let fill = "CREATE TABLE filler AS
                SELECT repeat('x', 1900) AS text FROM generate_series(1, 110000)";
    db.apply(&[Statement::new(fill, Vec::new())]).await.unwrap();
    db.close().await;
    server.seal(&blueprint).await.unwrap();

    let cloned = server.clone_database(&blueprint, &tenant, &tenant).await.unwrap();

    assert_eq!(cloned.strategy, Strategy::FileCopyClone);
    let mut db = server.open(&tenant, &password).await.unwrap();
    let count = Statement::new("SELECT count(*)::text FROM filler", Vec::new());
    assert_eq!(db.rows(&count).await.unwrap(), [[Some("110000".to_owned())]]);
}
