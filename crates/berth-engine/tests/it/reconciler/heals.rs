//! What is put right without anybody: heard of through an event, or found by looking.

use std::fs;

use berth_domain::{Bytes, Generation, Limits, TenantState};
use berth_engine::request::TenantChange;
use berth_engine_testkit::{ACTOR, ORG, digest};
use berth_runtime::{Exit, Networks as _};
use berth_testkit::{postgres, wait};

use super::site::{DEADLINE, NEVER, OFTEN, Site};

const KILLED: Exit = Exit { code: 137, out_of_memory: false };

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_ends_is_started_again_at_once() {
    let (site, acme) = Site::with_acme(NEVER).await;

    site.runtime().exit(acme.id.object_name().as_str(), KILLED);

    site.until_healed(&acme, "Odoo ended with code 137").await;
    site.until_well(&acme).await;
    // Making it in the first place was one, too.
    assert_eq!(site.observation(&acme).await.unwrap().restarts.count, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_somebody_restarted_a_tenant_its_restarts_count_from_the_beginning() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let engine = &site.process.as_ref().unwrap().engine;
    let restarts = async || site.observation(&acme).await.unwrap().restarts.count;
    site.runtime().exit(acme.id.object_name().as_str(), KILLED);
    site.until_healed(&acme, "Odoo ended with code 137").await;
    site.until_well(&acme).await;
    assert_eq!(restarts().await, 2);

    engine.change_tenant(&ACTOR, ORG, "acme", &TenantChange::Restart).await.unwrap();

    wait::until(DEADLINE, async || restarts().await == 0).await;
    site.until_well(&acme).await;
    site.runtime().exit(acme.id.object_name().as_str(), KILLED);
    wait::until(DEADLINE, async || restarts().await == 1).await;
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_ran_out_of_memory_is_started_again_and_that_is_said() {
    let (site, acme) = Site::with_acme(NEVER).await;

    let exit = Exit { code: 137, out_of_memory: true };
    site.runtime().exit(acme.id.object_name().as_str(), exit);

    site.until_healed(&acme, "reached its memory limit").await;
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_is_removed_is_made_again_at_once() {
    let (site, acme) = Site::with_acme(NEVER).await;

    site.runtime().destroy(acme.id.object_name().as_str());

    site.until_healed(&acme, "its container is gone").await;
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_only_ended_is_started_and_not_replaced() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let object = acme.id.object_name();
    let before = site.runtime().spec(object.as_str());

    site.runtime().exit(object.as_str(), KILLED);
    site.until_healed(&acme, "Odoo ended").await;

    assert_eq!(site.runtime().spec(object.as_str()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_missed_costs_time_and_nothing_else() {
    let (site, acme) = Site::with_acme(OFTEN).await;

    site.runtime().exit_unseen(acme.id.object_name().as_str(), KILLED);
    site.until_healed(&acme, "Odoo ended with code 137").await;
    site.runtime().remove_behind_our_back(acme.id.object_name().as_str());
    site.until_healed(&acme, "its container is gone").await;

    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_on_a_container_is_put_right() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let name = acme.id.object_name();

    let more = Limits { memory: Bytes::mib(4096), ..acme.limits };
    site.runtime().limit_behind_our_back(name.as_str(), Some(more));
    site.until_healed(&acme, "the limits of its container were changed").await;
    site.runtime().swap_image_behind_our_back(name.as_str(), &digest('b'));
    site.until_healed(&acme, "runs the image").await;
    site.runtime().set_generation_behind_our_back(name.as_str(), Generation(0));
    site.until_healed(&acme, "is of generation 0 instead of 1").await;

    site.until_well(&acme).await;
    let spec = site.runtime().spec(name.as_str()).unwrap();
    assert_eq!((spec.limits, spec.image), (Some(acme.limits), digest('a')));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_gone_or_another_is_made_again() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let name = acme.id.object_name();

    site.runtime().remove_network_behind_our_back(name.as_str());
    site.until_healed(&acme, "its network is gone").await;
    site.runtime().move_network_behind_our_back(name.as_str(), "172.30.0.0/16");
    site.until_healed(&acme, "its network is 172.30.0.0/16 instead of").await;

    site.until_well(&acme).await;
    let network = site.runtime().observe(&name).await.unwrap().unwrap();
    assert_eq!(network.subnet, "10.213.0.0/28");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_gone_closed_or_limited_is_made_right_with_its_password() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();
    let run = |sql: String| postgres::Server::shared().execute("postgres", &sql).unwrap();

    run(format!("ALTER ROLE {object} NOLOGIN PASSWORD 'other'"));
    site.until_healed(&acme, "may not sign in").await;
    run(format!("ALTER ROLE {object} CONNECTION LIMIT 1"));
    site.until_healed(&acme, "may hold 1 connections").await;
    // What a role owns keeps it from being dropped, so it is taken over first.
    run(format!("CREATE ROLE thief_{object}; ALTER DATABASE {object} OWNER TO thief_{object}"));
    let steal = format!("REASSIGN OWNED BY {object} TO thief_{object}; DROP OWNED BY {object}");
    postgres::Server::shared().execute(object.as_str(), &steal).unwrap();
    run(format!("DROP OWNED BY {object}; DROP ROLE {object}"));
    site.until_healed(&acme, "its database role is gone").await;

    site.until_well(&acme).await;
    let found = site.server.find_database(&object).await.unwrap().unwrap();
    assert_eq!(found.owner, object.as_str());
    let mut database = site.server.open(&object, &"of-the-role".into()).await.unwrap();
    let rows = database
        .rows(&berth_domain::Statement::new("SELECT store_fname::text FROM ir_attachment", vec![]))
        .await;
    assert!(rows.is_ok(), "{rows:?}");
    run(format!("DROP ROLE thief_{object}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_closed_is_opened() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let object = acme.id.object_name();

    site.server.allow_connections(&object, false).await.unwrap();
    site.until_healed(&acme, "its database takes no connections").await;

    site.until_well(&acme).await;
    assert!(site.server.find_database(&object).await.unwrap().unwrap().allows_connections);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_gone_or_altered_is_written_again() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let conf = site.paths().object(&acme.id.object_name()).conf().join("odoo.conf");
    let before = fs::read_to_string(&conf).unwrap();

    fs::remove_file(&conf).unwrap();
    site.until_healed(&acme, "its odoo.conf is gone").await;
    fs::write(&conf, before.replace("list_db = False", "list_db = True")).unwrap();
    site.until_healed(&acme, "its odoo.conf is not what Berth wrote").await;

    site.until_well(&acme).await;
    assert_eq!(fs::read_to_string(&conf).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_on_disk_are_written_again() {
    let (site, acme) = Site::with_acme(OFTEN).await;
    let file = site.paths().routes();
    let before = fs::read_to_string(&file).unwrap();

    for garbage in ["", "not json", "{\"format\":1,\"routes\":[{}]}"] {
        fs::write(&file, garbage).unwrap();
        wait::until(DEADLINE, async || fs::read_to_string(&file).is_ok_and(|it| it == before))
            .await;
    }
    fs::remove_file(&file).unwrap();
    wait::until(DEADLINE, async || fs::read_to_string(&file).is_ok_and(|it| it == before)).await;

    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_should_not_run_is_stopped() {
    let mut site = Site::new(NEVER).await;
    let (since, until) = (acme_since(), acme_since());
    let stopped = site.tenant("stopped", TenantState::Running).await;
    let suspended = site.tenant("suspended", TenantState::Running).await;
    let archived = site.tenant("archived", TenantState::Running).await;
    site.start().await;
    let all = [&stopped, &suspended, &archived];
    for tenant in all {
        site.until_well(tenant).await;
    }
    let states = [
        TenantState::Stopped { since },
        TenantState::Suspended { since },
        TenantState::Deleted { since, until },
    ];
    for (tenant, state) in all.into_iter().zip(states) {
        let mut tx = site.installation.store.begin().await.unwrap();
        let _ = berth_store::tenants::set_state(&mut tx, tenant.id, &tenant.state, &state)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // Somebody starts it by hand.
        site.runtime().start_behind_our_back(tenant.id.object_name().as_str());
    }

    for tenant in all {
        wait::until(DEADLINE, async || !site.runs(tenant).await).await;
    }
    wait::until(DEADLINE, async || {
        let name = archived.id.object_name();
        site.runtime().spec(name.as_str()).is_none()
            && site.runtime().observe(&name).await.unwrap().is_none()
            && site.route(&archived).is_none()
            && !site.server.find_database(&name).await.unwrap().unwrap().allows_connections
    })
    .await;
    assert!(site.runtime().spec(stopped.id.object_name().as_str()).is_some());
    assert!(matches!(site.state(&stopped).await, TenantState::Stopped { .. }));
}

fn acme_since() -> berth_domain::Timestamp {
    "2026-05-04T10:00:00Z".parse().unwrap()
}
