//! What belongs to nobody is listed and removed when somebody asks; what is somebody's is never touched.

use berth_domain::subnet::SubnetPool;
use berth_domain::{ObjectName, TenantState};
use berth_engine::request::{AdoptOrphan, RemoveOrphans};
use berth_engine::view::OrphansView;
use berth_engine::{Engine, EngineError};
use berth_engine_testkit::{ACTOR, ORG, console, digest};
use berth_runtime::fake::CallKind;
use berth_runtime::{Labels, NetworkSpec, Role, RuntimeError, WorkloadName};
use berth_store::{orphans, tenants};
use berth_testkit::{postgres, wait};
use secrecy::SecretString;
use std::fs;

use super::site::{DEADLINE, NEVER, Site};
use berth_engine_testkit::odoo::TABLES;

fn object(text: &str) -> ObjectName {
    text.parse().unwrap()
}

/// A name that no other test uses: the PostgreSQL server is everybody's.
fn fresh(kind: char) -> ObjectName {
    use berth_domain::IdSource as _;
    let hex = berth_testkit::RandomIds.uuid().simple().to_string();
    object(&format!("{kind}_{}", &hex[22..]))
}

fn engine(site: &Site) -> &Engine {
    &site.process.as_ref().unwrap().engine
}

async fn names(site: &Site) -> Vec<String> {
    let OrphansView { found, unseen } = engine(site).orphans(&ACTOR).await.unwrap();
    assert_eq!(unseen, Vec::<String>::new());
    found.into_iter().map(|orphan| orphan.what.to_string()).collect()
}

fn these(names: &[&str]) -> RemoveOrphans {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    RemoveOrphans { names, ..RemoveOrphans::default() }
}

fn all(older_than: Option<&str>) -> RemoveOrphans {
    let older_than = older_than.map(str::to_owned);
    RemoveOrphans { all: true, older_than, ..RemoveOrphans::default() }
}

async fn remove(site: &Site, request: &RemoveOrphans) -> Vec<(String, Option<String>)> {
    let removed = engine(site).remove_orphans(&ACTOR, request).await.unwrap();
    removed.into_iter().map(|it| (it.what.to_string(), it.problem)).collect()
}

/// One of everything of a tenant that never was.
async fn plant(site: &Site, stray: &ObjectName) {
    let spec = site.runtime().plain(&WorkloadName::tenant(stray), Role::Tenant);
    site.runtime().runtime().workloads.ensure(&spec).await.unwrap();
    let pool: SubnetPool = "10.219.0.0/16".parse().unwrap();
    let network = NetworkSpec {
        name: stray.clone(),
        subnet: pool.subnet(7).unwrap(),
        labels: Labels::default(),
    };
    site.runtime().runtime().networks.ensure(&network).await.unwrap();
    site.server.ensure_role(stray, &SecretString::from("x"), 3).await.unwrap();
    site.server.create_blank(stray, stray).await.unwrap();
    fs::create_dir_all(site.paths().object(stray).filestore()).unwrap();
    fs::write(site.paths().object(stray).filestore().join("blob"), "1234").unwrap();
}

fn whole(stray: &ObjectName) -> Vec<String> {
    ["container/", "network/", "database/", "role/", "folder/tenants/"]
        .map(|kind| format!("{kind}{stray}"))
        .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_in_order_has_no_orphans() {
    let (site, _) = Site::with_acme(NEVER).await;

    assert_eq!(names(&site).await, Vec::<String>::new());
    assert_eq!(engine(&site).status(&ACTOR).await.unwrap().orphans, 0);
    let removed = remove(&site, &all(None)).await;
    assert_eq!(removed, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_each_kind_is_listed_counted_and_removed_and_nothing_else() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let stray = fresh('t');
    plant(&site, &stray).await;

    assert_eq!(names(&site).await, whole(&stray));
    let status = engine(&site).status(&ACTOR).await.unwrap();
    assert_eq!((status.orphans, engine(&site).orphan_count()), (5, Some(5)));
    let checks = engine(&site).doctor(&ACTOR).await.unwrap();
    let check = checks.into_iter().find(|check| check.name == "orphans").unwrap();
    assert_eq!(check.status, "warning");
    assert!(check.detail.contains(&format!("database/{stray}")), "{}", check.detail);
    let view = engine(&site).orphans(&ACTOR).await.unwrap();
    let sized: Vec<_> = view.found.iter().filter(|it| it.size.is_some()).collect();
    assert_eq!(sized.len(), 2, "database and folder: {sized:#?}");

    let wanted = whole(&stray);
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let plan = engine(&site).plan_orphan_removal(&ACTOR, &these(&wanted)).await.unwrap();
    assert_eq!(plan.actions.len(), 5);
    assert_eq!(names(&site).await.len(), 5, "a plan removes nothing");
    let removed = remove(&site, &these(&wanted)).await;

    assert!(removed.iter().all(|(_, problem)| problem.is_none()), "{removed:#?}");
    assert_eq!(names(&site).await, Vec::<String>::new());
    assert_eq!(site.server.find_database(&stray).await.unwrap(), None);
    assert_eq!(site.server.find_role(&stray).await.unwrap(), None);
    assert!(!site.paths().object(&stray).root().exists());
    assert!(site.is_well(&acme).await);
    assert_eq!(engine(&site).status(&ACTOR).await.unwrap().orphans, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_look_saw_does_not_replace_what_a_newer_one_saw() {
    let (site, _) = Site::with_acme(NEVER).await;
    let stray = fresh('t');
    plant(&site, &stray).await;
    // The first look is over.
    wait::until(DEADLINE, async || engine(&site).orphan_count().is_some()).await;
    let asked = site.runtime().calls(CallKind::NetworkList);
    let release = site.runtime().hold_next_network_list();
    let older = async { engine(&site).orphans(&ACTOR).await.unwrap().found.len() };
    let newer = async {
        let has_asked = async || site.runtime().calls(CallKind::NetworkList) > asked;
        wait::until(DEADLINE, has_asked).await;
        let there = site.runtime().runtime();
        there.workloads.remove(&WorkloadName::tenant(&stray)).await.unwrap();
        there.networks.remove(&stray).await.unwrap();
        let seen = names(&site).await.len();
        release.send(()).unwrap();
        seen
    };

    let seen = tokio::join!(older, newer);

    assert_eq!(seen, (5, 3));
    assert_eq!(engine(&site).status(&ACTOR).await.unwrap().orphans, 3);
    assert_eq!(engine(&site).orphan_count(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_lived_container_of_a_dead_run_is_an_orphan() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let (blueprint, home) = (fresh('b'), "test-reconciler");
    let jobs = [
        WorkloadName::job(&acme.id.object_name(), "install"),
        WorkloadName::job(&blueprint, "visit"),
        WorkloadName::probe(&digest('a'), home),
    ];
    for job in &jobs {
        let spec = site.runtime().plain(job, Role::Job);
        site.runtime().runtime().workloads.ensure(&spec).await.unwrap();
    }

    let mut expected = jobs.map(|job| format!("container/{job}"));
    expected.sort();
    assert_eq!(names(&site).await, expected);
    let wanted: Vec<&str> = expected.iter().map(String::as_str).collect();
    remove(&site, &these(&wanted)).await;

    assert_eq!(names(&site).await, Vec::<String>::new());
    assert!(site.is_well(&acme).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_foreign_is_neither_listed_nor_removed() {
    let (site, _) = Site::with_acme(NEVER).await;
    let theirs = fresh('t');
    site.runtime().plant_foreign_workload(theirs.as_str());
    site.runtime().plant_foreign_network(theirs.as_str(), "172.30.0.0/16");
    // Nothing of this home knows of it: on a server that others use it is somebody else's.
    site.server.ensure_role(&theirs, &SecretString::from("x"), 3).await.unwrap();
    site.server.create_blank(&theirs, &theirs).await.unwrap();

    assert_eq!(names(&site).await, Vec::<String>::new());
    let asked =
        ["container/", "network/", "database/", "role/"].map(|kind| format!("{kind}{theirs}"));
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let refused = engine(&site).remove_orphans(&ACTOR, &these(&asked)).await.unwrap_err();

    let EngineError::Invalid(problems) = refused else { panic!("{refused:?}") };
    assert_eq!(problems.0.len(), 4, "all of them at once: {problems}");
    assert!(site.runtime().has_foreign_workload(theirs.as_str()));
    assert!(site.runtime().has_foreign_network(theirs.as_str()));
    assert!(site.server.find_database(&theirs).await.unwrap().is_some());
    site.server.drop_database(&theirs).await.unwrap();
    site.server.drop_role(&theirs).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_that_a_tenant_had_for_itself_is_nobodys_when_the_tenant_is_gone() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let home = &site.installation.settings.home_id;
    let server = |name: &str| WorkloadName::cluster(name, home, "");
    let name = |object: &ObjectName| object.as_str().replace('_', "-");
    let (main, own) = (server("main"), server(&name(&acme.id.object_name())));
    let stray = server(&name(&fresh('t')));
    for container in [&main, &own, &stray] {
        let spec = site.runtime().plain(container, Role::Cluster);
        site.runtime().runtime().workloads.ensure(&spec).await.unwrap();
    }

    let listed = names(&site).await;
    let removed = remove(&site, &these(&[&listed[0]])).await;

    assert_eq!(listed, [format!("container/{}", stray.as_str())]);
    assert_eq!(removed, [(listed[0].clone(), None)]);
    for container in [&main, &own] {
        let found = site.runtime().runtime().workloads.observe(container).await.unwrap();
        assert!(found.is_some(), "{}", container.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_said_to_be_new_and_left_when_all_are_removed() {
    let (site, _) = Site::with_acme(NEVER).await;
    let stray = fresh('t');
    fs::create_dir_all(site.paths().object(&stray).root()).unwrap();

    let view = engine(&site).orphans(&ACTOR).await.unwrap();
    assert!(view.found[0].is_new);
    assert_eq!(remove(&site, &all(None)).await, []);
    assert!(site.paths().object(&stray).root().exists());

    age(&site, &view, jiff::SignedDuration::from_mins(30)).await;
    assert_eq!(remove(&site, &all(Some("1h"))).await, [], "it is not an hour old");
    assert_eq!(remove(&site, &all(Some("7d"))).await, [], "it is not a week old");
    let removed = remove(&site, &all(Some("20m"))).await;

    assert_eq!(removed, [(format!("folder/tenants/{stray}"), None)]);
    assert!(!site.paths().object(&stray).root().exists());
}

/// Lets everything have been seen for the first time so long ago.
async fn age(site: &Site, view: &OrphansView, by: jiff::SignedDuration) {
    let mut tx = site.installation.store.begin().await.unwrap();
    for orphan in &view.found {
        orphans::forget(&mut tx, &orphan.what).await.unwrap();
        orphans::note(&mut tx, &orphan.what, orphan.first_seen - by).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_an_owner_between_the_look_and_the_removal_is_left_alone() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let object = acme.id.object_name();
    // The row is gone while it is looked at, and there again when it comes to the removal.
    let mut tx = site.installation.store.begin().await.unwrap();
    let row = tenants::get(&mut tx, acme.organisation, acme.id).await.unwrap().unwrap();
    let _ = tenants::delete(&mut tx, acme.id).await.unwrap();
    tx.commit().await.unwrap();
    let listed = names(&site).await;
    assert!(listed.contains(&format!("database/{object}")), "{listed:?}");
    let operation = berth_domain::OperationId::from_uuid(uuid::Uuid::nil());
    let state = TenantState::Provisioning { operation };
    let mut tx = site.installation.store.begin().await.unwrap();
    tenants::insert(&mut tx, &berth_domain::Tenant { state, ..row }).await.unwrap();
    tx.commit().await.unwrap();

    let named = format!("database/{object}");
    let refused = engine(&site).remove_orphans(&ACTOR, &these(&[&named])).await;

    assert!(matches!(refused, Err(EngineError::Invalid(_))), "{refused:?}");
    assert!(site.server.find_database(&object).await.unwrap().is_some());
    assert_eq!(names(&site).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_waits_for_its_database_and_both_go_in_the_right_order() {
    let (site, _) = Site::with_acme(NEVER).await;
    let stray = fresh('t');
    plant(&site, &stray).await;

    let role = format!("role/{stray}");
    let alone = remove(&site, &these(&[&role])).await;
    let problem = alone[0].1.clone().unwrap();
    assert!(problem.contains(&format!("database/{stray}")), "{problem}");
    let view = engine(&site).orphans(&ACTOR).await.unwrap();
    age(&site, &view, jiff::SignedDuration::from_mins(30)).await;
    let removed = remove(&site, &all(None)).await;

    let order: Vec<&str> =
        removed.iter().map(|(name, _)| name.split('/').next().unwrap()).collect();
    assert_eq!(order, ["container", "network", "database", "role", "folder"]);
    assert_eq!(names(&site).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_wish_is_refused_with_everything_that_is_wrong() {
    let (site, _) = Site::with_acme(NEVER).await;
    let problems =
        async |request: RemoveOrphans| match engine(&site).remove_orphans(&ACTOR, &request).await {
            Err(EngineError::Invalid(problems)) => problems.0.len(),
            other => panic!("{other:?}"),
        };

    assert_eq!(problems(RemoveOrphans::default()).await, 1);
    assert_eq!(problems(these(&["x", "container/", "image/y"])).await, 3);
    assert_eq!(problems(RemoveOrphans { names: vec!["role/x".into()], ..all(None) }).await, 1);
    assert_eq!(problems(all(Some("-1h"))).await, 1);
    assert_eq!(problems(all(Some("soon"))).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_is_refused_with_every_part_that_is_missing() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let adopt = async |orphan: &str, name: &str| {
        let request = AdoptOrphan {
            orphan: orphan.to_owned(),
            name: name.to_owned(),
            ..AdoptOrphan::default()
        };
        match engine(&site).adopt_orphan(&ACTOR, ORG, &request).await {
            Err(EngineError::Invalid(problems)) => problems,
            other => panic!("{other:?}"),
        }
    };
    let nothing = adopt("database/t_00000000ff", "acme").await.to_string();
    for part in ["already exists", "no folder", "no database", "no role"] {
        assert!(nothing.contains(part), "`{part}` in {nothing}");
    }

    let somebodys = adopt(&format!("database/{}", acme.id.object_name()), "b").await.to_string();
    assert!(somebodys.contains("belongs to a tenant"), "{somebodys}");
    let blueprint = adopt("database/b_0123456789", "b").await.to_string();
    assert!(blueprint.contains("blueprints are not adopted"), "{blueprint}");
    let hostile = adopt("database/t_'; DROP DATABASE x", "B'").await;
    assert_eq!(hostile.0.len(), 2, "{hostile}");

    // Everything is there, and nothing says whose the files are.
    let stray = fresh('t');
    plant(&site, &stray).await;
    fs::create_dir_all(site.paths().object(&stray).conf()).unwrap();
    let unmarked = adopt(stray.as_str(), "b").await.to_string();
    assert!(unmarked.contains(".berth-tenant"), "{unmarked}");
    let marker = site.paths().object(&stray).filestore().join(".berth-tenant");
    fs::write(&marker, format!("{}\n", acme.id)).unwrap();
    let anothers = adopt(stray.as_str(), "b").await.to_string();
    assert!(anothers.contains("another tenant"), "{anothers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_adopted_under_a_name_of_the_console() {
    let mut site = Site::new(NEVER).await;
    site.installation.settings.console = Some(console("berth.example.com"));
    site.start().await;
    let request = AdoptOrphan {
        orphan: "t_00000000ff".to_owned(),
        name: "beta".to_owned(),
        host: Some("berth.example.com".to_owned()),
        ..AdoptOrphan::default()
    };

    let refused = engine(&site).adopt_orphan(&ACTOR, ORG, &request).await.unwrap_err().to_string();

    assert!(refused.contains("`berth.example.com` is a name of the console"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_works_in_on_a_server_of_many_is_neither_removed_nor_adopted() {
    let (site, _) = Site::with_acme(NEVER).await;
    let stray = fresh('t');
    plant(&site, &stray).await;
    let session = site.server.open(&stray, &SecretString::from("x")).await.unwrap();
    let named = format!("database/{stray}");

    let removed = remove(&site, &these(&[&named])).await;
    let request =
        AdoptOrphan { orphan: named.clone(), name: "b".to_owned(), ..AdoptOrphan::default() };
    let refused = engine(&site).adopt_orphan(&ACTOR, ORG, &request).await.unwrap_err();

    let sessions = format!("sessions of the role `{stray}` are open (1)");
    let problem = removed[0].1.clone().unwrap();
    assert!(problem.contains(&sessions), "{problem}");
    let EngineError::Invalid(problems) = refused else { panic!("{refused:?}") };
    assert!(problems.to_string().contains(&sessions), "{problems}");
    assert!(site.server.find_database(&stray).await.unwrap().is_some());
    session.close().await;
    wait::until(super::site::DEADLINE, async || {
        remove(&site, &these(&[&named])).await[0].1.is_none()
    })
    .await;
    assert_eq!(site.server.find_database(&stray).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_does_not_answer_says_of_no_container_that_it_does_not_run() {
    let (site, _) = Site::with_acme(NEVER).await;
    let stray = fresh('t');
    plant(&site, &stray).await;
    let request = AdoptOrphan {
        orphan: format!("database/{stray}"),
        name: "b".to_owned(),
        ..AdoptOrphan::default()
    };
    let away = RuntimeError::TimedOut { action: "describe the container", seconds: 30 };
    site.runtime().fail_next(CallKind::WorkloadObserve, away);

    let refused = engine(&site).adopt_orphan(&ACTOR, ORG, &request).await.unwrap_err();

    let EngineError::Unavailable(why) = refused else { panic!("{refused:?}") };
    assert!(why.contains("whether its container runs is not known"), "{why}");
}

/// What is left of a tenant whose row is gone, with a module of its own in a folder of addons.
async fn lost(site: &Site) -> ObjectName {
    let stray = site.tenant("lost", TenantState::Running).await;
    let object = stray.id.object_name();
    let mut tx = site.installation.store.begin().await.unwrap();
    let _ = tenants::delete(&mut tx, stray.id).await.unwrap();
    tx.commit().await.unwrap();
    // The table of attachments is there already.
    let tables = TABLES.replace("CREATE TABLE ir_attachment (store_fname text);", "");
    let more = "
        INSERT INTO ir_module_module VALUES ('acme_extra', 'installed', '19.0.1.0');
        INSERT INTO ir_config_parameter (key, value) VALUES ('database.uuid', 'u-1');";
    let sql = format!("SET ROLE \"{object}\"; {tables} {more}");
    postgres::Server::shared().execute(object.as_str(), &sql).unwrap();
    let paths = site.paths().object(&object);
    fs::create_dir_all(paths.conf()).unwrap();
    fs::write(paths.filestore().join(".berth-tenant"), format!("{}\n", stray.id)).unwrap();
    object
}

/// Adopts it, and waits for the end of that. Returns why it failed.
async fn adopted(site: &Site, request: &AdoptOrphan) -> Option<String> {
    let begun = engine(site).adopt_orphan(&ACTOR, ORG, request).await.unwrap();
    let mut error = None;
    wait::until(super::site::DEADLINE, async || {
        let found = engine(site).operation(&ACTOR, ORG, &begun.id.to_string()).await.unwrap();
        error = found.error;
        found.state.is_at_rest()
    })
    .await;
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_addons_of_its_own_is_adopted_with_them() {
    let mut site = Site::new(NEVER).await;
    let addons = tempfile::tempdir().unwrap();
    let addons = addons.path().canonicalize().unwrap();
    site.installation.settings.addons_roots = vec![addons.clone()];
    fs::create_dir(addons.join("acme_extra")).unwrap();
    fs::write(addons.join("acme_extra/__manifest__.py"), "{}").unwrap();
    let object = lost(&site).await;
    site.start().await;
    let request = AdoptOrphan {
        orphan: format!("database/{object}"),
        name: "found".to_owned(),
        ..AdoptOrphan::default()
    };

    let without = adopted(&site, &request).await.unwrap();
    assert!(without.contains("acme_extra"), "{without}");
    let here = Some(addons.clone());
    let production = AdoptOrphan { addons: here.clone(), ..request.clone() };
    let refused = engine(&site).adopt_orphan(&ACTOR, ORG, &production).await.unwrap_err();
    let EngineError::Invalid(problems) = refused else { panic!("{refused:?}") };
    assert_eq!(problems.0[0].field, "addons", "{problems}");

    let stage = Some("development".to_owned());
    let with = AdoptOrphan { addons: here, stage, ..request };
    assert_eq!(adopted(&site, &with).await, None);

    let found = engine(&site).tenant(&ACTOR, ORG, "found").await.unwrap().tenant;
    assert_eq!((found.stage, found.addons), (berth_domain::Stage::Development, Some(addons)));
    assert!(found.odoo.modules.iter().any(|module| module.as_str() == "acme_extra"));
    assert!(matches!(found.state, TenantState::Archived { .. }), "{}", found.state);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_misses_files_is_not_adopted_whatever_its_marker_says() {
    let mut site = Site::new(NEVER).await;
    let object = lost(&site).await;
    let sql = "DELETE FROM ir_module_module WHERE name = 'acme_extra';
        INSERT INTO ir_attachment VALUES ('0a/0a4d55a8d778e5022fab701977c5d840bbc486d0')";
    postgres::Server::shared().execute(object.as_str(), sql).unwrap();
    site.start().await;
    let request = AdoptOrphan {
        orphan: format!("database/{object}"),
        name: "found".to_owned(),
        ..AdoptOrphan::default()
    };

    let refused = adopted(&site, &request).await.unwrap();

    assert!(refused.contains("1 of 1 files are missing"), "{refused}");
    assert!(engine(&site).tenant(&ACTOR, ORG, "found").await.is_err(), "nothing came of it");
    let file = site.paths().object(&object).filestore().join("0a");
    fs::create_dir(&file).unwrap();
    fs::write(file.join("0a4d55a8d778e5022fab701977c5d840bbc486d0"), "1").unwrap();
    assert_eq!(adopted(&site, &request).await, None);
}
