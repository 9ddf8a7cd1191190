//! What nobody but a person can put right: it is said, left alone, and over when its cause is.

use std::fs;

use berth_domain::TenantState;
use berth_edge::RouteState;
use berth_runtime::{Exit, fake::CallKind};
use berth_testkit::{postgres, wait};

use super::site::{DEADLINE, NEVER, OFTEN, Site};

const FAILED: Exit = Exit { code: 1, out_of_memory: false };

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_container_in_its_place_is_never_touched() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();

    site.runtime().plant_foreign_workload(object.as_str());
    site.until_drifted(&acme, "somebody else has a container called").await;

    let drift = site.observation(&acme).await.unwrap().drift.unwrap();
    assert!(drift.hint.unwrap().contains("docker inspect"));
    assert_eq!(site.route(&acme).unwrap().state, RouteState::Failed);
    assert!(site.runtime().has_foreign_workload(object.as_str()));

    site.runtime().remove_foreign(object.as_str());
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_network_in_its_place_is_never_touched() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();

    site.runtime().remove_network_behind_our_back(object.as_str());
    site.runtime().plant_foreign_network(object.as_str(), "172.30.0.0/16");
    site.until_drifted(&acme, "somebody else has a network called").await;
    assert!(site.runtime().has_foreign_network(object.as_str()));

    site.runtime().remove_foreign(object.as_str());
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_never_made_from_nothing() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();
    let run = |sql: String| postgres::Server::shared().execute("postgres", &sql).unwrap();

    run(format!("ALTER DATABASE {object} RENAME TO hidden_{object}"));
    site.until_drifted(&acme, "its database is gone").await;

    let hint = site.observation(&acme).await.unwrap().drift.unwrap().hint.unwrap();
    assert!(hint.contains("from a backup") && hint.contains("berth tenant delete acme"), "{hint}");
    assert_eq!(site.server.find_database(&object).await.unwrap(), None);
    wait::until(DEADLINE, async || {
        site.route(&acme).is_some_and(|route| route.state == RouteState::Failed)
    })
    .await;

    run(format!("ALTER DATABASE hidden_{object} RENAME TO {object}"));
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filestore_that_is_gone_is_never_replaced_by_an_empty_one() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let root = site.paths().object(&acme.id.object_name()).root().to_owned();
    let aside = root.with_extension("aside");

    fs::rename(&root, &aside).unwrap();
    site.until_drifted(&acme, "its filestore is gone").await;
    site.runtime().exit(acme.id.object_name().as_str(), FAILED);
    wait::until(DEADLINE, async || {
        site.route(&acme).is_some_and(|route| route.state == RouteState::Failed)
    })
    .await;

    assert!(!site.runs(&acme).await);
    assert!(!root.exists());

    fs::rename(&aside, &root).unwrap();
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filestore_without_its_marker_is_only_taken_when_it_is_whole() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();
    let filestore = site.paths().object(&object).filestore();
    let blob = "da/da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let sql = format!("INSERT INTO ir_attachment VALUES ('{blob}')");
    postgres::Server::shared().execute(object.as_str(), &sql).unwrap();

    fs::remove_dir_all(&filestore).unwrap();
    fs::create_dir(&filestore).unwrap();
    site.until_drifted(&acme, "1 of 1 files are missing").await;
    assert!(!filestore.join(".berth-tenant").exists());

    fs::create_dir(filestore.join("da")).unwrap();
    fs::write(filestore.join(blob), "").unwrap();
    site.until_well(&acme).await;
    let marker = fs::read_to_string(filestore.join(".berth-tenant")).unwrap();
    assert_eq!(marker.trim(), acme.id.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odoo_that_keeps_ending_is_not_hammered() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();

    site.runtime().exit(object.as_str(), FAILED);
    site.until_drifted(&acme, "Odoo ended with code 1, after 1 restart;").await;
    site.until_well(&acme).await;
    let starts = site.runtime().calls(CallKind::WorkloadStart);
    site.runtime().exit(object.as_str(), FAILED);
    site.until_drifted(&acme, "Odoo ended with code 1, after 2 restarts in a row;").await;

    let drift = site.observation(&acme).await.unwrap().drift.unwrap();
    assert!(drift.hint.unwrap().contains("berth tenant logs acme"));
    assert_eq!(site.runtime().calls(CallKind::WorkloadStart), starts);
    assert_eq!(site.route(&acme).unwrap().state, RouteState::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_gone_is_said_and_waited_for() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let object = acme.id.object_name();

    let gone = || berth_runtime::RuntimeError::NoSuchImage("odoo:19.0".to_owned());
    site.runtime().fail_next(CallKind::WorkloadEnsure, gone());
    site.runtime().destroy(object.as_str());
    site.until_drifted(&acme, "the engine has no image `odoo:19.0`").await;

    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_an_operation_is_left_to_it() {
    let mut site = Site::new(OFTEN).await;
    let operation = berth_domain::OperationId::from_uuid(uuid::Uuid::from_u128(7));
    let change = berth_domain::lifecycle::Change::Restart;
    let busy = site.tenant("busy", TenantState::Changing { operation, change }).await;
    let acme = site.tenant("acme", TenantState::Running).await;
    site.start().await;

    site.until_well(&acme).await;

    assert_eq!(site.runtime().spec(busy.id.object_name().as_str()), None);
    assert_eq!(site.route(&busy), None);
    assert_eq!(site.observation(&busy).await, None);
}
