//! Modules of a tenant: read, installed, upgraded and uninstalled.

use berth_domain::access::Role;
use berth_domain::{ObjectName, TenantState};
use berth_edge::RouteState;
use berth_engine::request::{AuditFilter, ChangeModules, ListModules, ModulesDeed, TenantChange};
use berth_engine::view::{ModuleView, OperationView};
use berth_engine::{EngineError, Kind};
use berth_engine_testkit::{ACTOR, ORG, odoo};
use berth_testkit::{postgres, wait};

use super::stage::{REST, Stage, problems};

fn change(deed: ModulesDeed, modules: &[&str]) -> TenantChange {
    let modules = modules.iter().map(|&name| name.to_owned()).collect();
    TenantChange::Modules(ChangeModules { deed, modules, with_dependents: false })
}

fn install(modules: &[&str]) -> TenantChange {
    change(ModulesDeed::Install, modules)
}

fn upgrade(modules: &[&str]) -> TenantChange {
    change(ModulesDeed::Upgrade, modules)
}

fn uninstall(modules: &[&str]) -> TenantChange {
    change(ModulesDeed::Uninstall, modules)
}

/// Uninstalls with everything that needs them.
fn uninstall_all(modules: &[&str]) -> TenantChange {
    let modules = modules.iter().map(|&name| name.to_owned()).collect();
    let deed = ModulesDeed::Uninstall;
    TenantChange::Modules(ChangeModules { deed, modules, with_dependents: true })
}

async fn list(stage: &Stage, filter: ListModules) -> Vec<ModuleView> {
    let engine = &stage.process().engine;
    engine.modules(&ACTOR, ORG, "acme", &filter).await.unwrap().listing.items
}

fn in_state(state: &str) -> ListModules {
    ListModules { state: Some(state.to_owned()), ..ListModules::default() }
}

async fn names(stage: &Stage, filter: ListModules) -> Vec<String> {
    list(stage, filter).await.into_iter().map(|module| module.name.to_string()).collect()
}

async fn one(stage: &Stage, name: &str) -> ModuleView {
    let found = list(stage, ListModules::default()).await;
    found.into_iter().find(|module| module.name.as_str() == name).expect("the image has it")
}

async fn object(stage: &Stage) -> ObjectName {
    stage.get("acme").await.id.object_name()
}

fn ask(object: &ObjectName, sql: &str) -> String {
    postgres::Server::shared().execute(object.as_str(), sql).unwrap()
}

/// Waits for an operation that does not do what it promised.
async fn undone(stage: &Stage, begun: OperationView) -> OperationView {
    let id = begun.id.to_string();
    let engine = &stage.process().engine;
    let view = wait::until_some(REST, async || {
        let view = engine.operation(&ACTOR, ORG, &id).await.unwrap();
        view.state.is_at_rest().then_some(view)
    });
    let view = view.await;
    assert_eq!(view.state.as_str(), "undone", "{view:#?}");
    view
}

/// How many copies there are of the tenant's database.
async fn copies(stage: &Stage) -> String {
    let object = object(stage).await;
    let sql = format!(
        "SELECT count(*) FROM pg_database
          WHERE starts_with(datname, 'c_') AND pg_get_userbyid(datdba) = '{object}'"
    );
    ask(&object, &sql)
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_are_read_from_the_database_beside_what_the_image_has() {
    let stage = Stage::new().await;
    stage.create("acme").await;

    assert_eq!(
        names(&stage, ListModules::default()).await,
        ["appointment", "base", "calendar", "contacts", "crm", "sale_management"]
    );
    assert_eq!(names(&stage, in_state("not_installed")).await, ["appointment", "calendar"]);
    assert_eq!(names(&stage, in_state("outdated")).await, ["crm"]);
    let found = ListModules { text: Some(" ADDRESS book".to_owned()), ..ListModules::default() };
    assert_eq!(names(&stage, found).await, ["contacts"]);
    let crm = one(&stage, "crm").await;
    assert_eq!((crm.title.as_str(), crm.author.as_str()), ("CRM", "Odoo S.A."));
    assert_eq!(crm.installed.as_deref(), Some("19.0.1.0"));
    assert_eq!(crm.available.as_deref(), Some("19.0.1.1"));
    assert!(crm.is_outdated && crm.is_application);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_in_pages_and_says_how_many_there_are() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    let page = |after: Option<&str>| ListModules {
        after: after.map(str::to_owned),
        limit: Some(4),
        ..ListModules::default()
    };

    let first = engine.modules(&ACTOR, ORG, "acme", &page(None)).await.unwrap();
    let last = engine.modules(&ACTOR, ORG, "acme", &page(Some("contacts"))).await.unwrap();

    assert_eq!((first.matching, first.installed, first.outdated), (6, 4, 1));
    assert_eq!(first.listing.next.as_deref(), Some("contacts"));
    assert_eq!((last.listing.items.len(), last.listing.next), (2, None));
    let wrong = ListModules {
        state: Some("broken".to_owned()),
        after: Some(String::new()),
        limit: Some(0),
        ..ListModules::default()
    };
    let said = problems(engine.modules(&ACTOR, ORG, "acme", &wrong).await);
    assert_eq!(said.len(), 3, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_of_a_stopped_tenant_are_read_and_those_of_an_archived_one_are_not() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Stop).await;

    assert_eq!(names(&stage, in_state("installed")).await.len(), 4);

    stage.change("acme", TenantChange::Archive).await;
    let engine = &stage.process().engine;
    let refused = engine.modules(&ACTOR, ORG, "acme", &ListModules::default()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "{refused}");
    let refused = stage.begin("acme", install(&["calendar"])).await.unwrap_err();
    assert!(matches!(refused, EngineError::Illegal { .. }), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_installed_is_read_back_and_belongs_to_the_tenants_wishes() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let before = stage.get("acme").await;

    stage.change("acme", install(&["appointment"])).await;

    let now = stage.get("acme").await;
    assert_eq!(now.state, TenantState::Running);
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
    let wished: Vec<&str> = now.odoo.modules.iter().map(berth_domain::ModuleName::as_str).collect();
    assert_eq!(wished, ["appointment"]);
    assert!(now.generation > before.generation, "its container follows the new wishes");
    let action = Some("tenant.install_modules".to_owned());
    let filter = AuditFilter { action, ..AuditFilter::default() };
    let engine = &stage.process().engine;
    let written = engine.audit(&ACTOR, Some(ORG), &filter).await.unwrap().items;
    let [entry] = written.as_slice() else { panic!("{written:#?}") };
    let after = entry.after.as_ref().unwrap();
    assert_eq!(after["modules"], serde_json::json!(["appointment"]));
    assert_eq!(after["settings"], serde_json::json!({ "modules": ["appointment"] }));
    // What it needs came with it.
    assert_eq!(names(&stage, in_state("not_installed")).await, [""; 0]);
    assert_eq!(copies(&stage).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_takes_along_what_needs_the_module() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    let asked = upgrade(&["contacts"]);
    let plan = engine.plan_change(&ACTOR, ORG, "acme", &asked).await.unwrap();
    let said: Vec<&str> = plan.actions.iter().map(|action| action.text.as_str()).collect();
    assert!(said.contains(&"upgrade what needs them: crm"), "{said:?}");

    stage.change("acme", asked).await;

    assert_eq!(one(&stage, "crm").await.installed.as_deref(), Some("19.0.1.1"));
    assert_eq!(names(&stage, in_state("outdated")).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_falls_with_a_module_has_to_be_confirmed() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", install(&["appointment"])).await;
    let engine = &stage.process().engine;

    let plan = engine.plan_change(&ACTOR, ORG, "acme", &uninstall(&["calendar"])).await.unwrap();
    let refused = stage.begin("acme", uninstall(&["calendar"])).await;

    insta::assert_snapshot!(
        plan.actions.iter().map(|action| action.text.as_str()).collect::<Vec<_>>().join("\n")
    );
    assert_eq!(
        problems(refused),
        ["with_dependents: these need it and would be uninstalled with it: appointment"]
    );

    stage.change("acme", uninstall_all(&["calendar"])).await;

    assert_eq!(names(&stage, in_state("not_installed")).await, ["appointment", "calendar"]);
    assert_eq!(stage.get("acme").await.odoo.modules, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once() {
    let stage = Stage::new().await;
    stage.create("acme").await;

    let wrong = install(&["crm", "calender", "base", "../etc", "calendar"]);
    assert_eq!(
        problems(stage.begin("acme", wrong).await),
        [
            "modules: `../etc` is not a module name: a-z, 0-9 and _, starting with a letter, at most 64 \
             characters",
            "modules: `base` is installed already",
            "modules: `crm` is installed already",
            "modules: the image has no module `calender`",
        ]
    );
    assert_eq!(
        problems(stage.begin("acme", uninstall(&["base", "calendar", "nothing"])).await),
        [
            "modules: `calendar` is not installed",
            "modules: the tenant has no module `nothing`",
            "modules: Odoo does not run without `base`",
        ]
    );
    assert_eq!(
        problems(stage.begin("acme", upgrade(&["calendar"])).await),
        ["modules: `calendar` is not installed"]
    );
    assert_eq!(
        problems(stage.begin("acme", install(&[])).await),
        ["modules: name at least one module"]
    );
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_fails_is_taken_back_with_odoos_reason() {
    let stage = Stage::with(|installation| {
        odoo::answer_unless(&installation.runtime, |spec| spec.name.as_str().ends_with("-modules"));
    })
    .await;
    stage.create("acme").await;
    let object = object(&stage).await;
    let before =
        ask(&object, "SELECT string_agg(name || state, ',' ORDER BY name) FROM ir_module_module");

    let begun = stage.begin("acme", install(&["calendar"])).await.unwrap();
    let view = undone(&stage, begun).await;

    let said = view.error.unwrap_or_default();
    assert!(
        said.contains("Odoo could not install the modules") && said.contains("colour"),
        "{said}"
    );
    let now = stage.get("acme").await;
    assert_eq!(now.state, TenantState::Running);
    assert_eq!(now.odoo.modules, []);
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
    let after =
        ask(&object, "SELECT string_agg(name || state, ',' ORDER BY name) FROM ir_module_module");
    assert_eq!(after, before, "no module is left half-way");
    assert_eq!(ask(&object, "SELECT count(*) FROM res_partner WHERE id = 900"), "0");
    assert_eq!(copies(&stage).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_half_way_before_is_told_and_forgotten() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let object = object(&stage).await;
    ask(&object, "UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'contacts'");
    let engine = &stage.process().engine;

    let plan = engine.plan_change(&ACTOR, ORG, "acme", &install(&["calendar"])).await.unwrap();
    stage.change("acme", install(&["calendar"])).await;

    let told = "forget what was begun before and not finished: `contacts` is to upgrade";
    assert!(plan.actions.iter().any(|action| action.text == told), "{plan:#?}");
    let states = "SELECT count(*) FROM ir_module_module WHERE state LIKE 'to %'";
    assert_eq!(ask(&object, states), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_tenant_stays_stopped() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Stop).await;

    stage.change("acme", install(&["calendar"])).await;

    assert!(matches!(stage.get("acme").await.state, TenantState::Stopped { .. }));
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Stopped));
    assert_eq!(names(&stage, in_state("not_installed")).await, ["appointment"]);
}

#[test]
fn who_may_set_limits_may_install_and_only_who_may_delete_may_uninstall() {
    use berth_domain::access::Right;
    use berth_domain::operation::OperationKind as K;

    let may = |role: Role, kind| role.rights().contains(&Right::of_operation(kind));
    for kind in [K::TenantInstallModules, K::TenantUpgradeModules] {
        assert!(may(Role::Member, kind) && !may(Role::Viewer, kind), "{kind}");
    }
    assert!(may(Role::Admin, K::TenantUninstallModules));
    assert!(!may(Role::Member, K::TenantUninstallModules));
}
