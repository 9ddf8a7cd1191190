//! What would be done is shown before it is, and done when somebody asks.

use berth_domain::reconcile::Action;
use berth_domain::{OperationId, TenantState};
use berth_engine::EngineError;
use berth_engine::request::TenantChange;
use berth_engine::view::TenantPlanView;
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::fake::CallKind;
use berth_testkit::{postgres, wait};

use super::site::{DEADLINE, NEVER, Site};

async fn plan(site: &Site, name: &str) -> TenantPlanView {
    let engine = &site.process.as_ref().unwrap().engine;
    engine.tenant_plan(&ACTOR, ORG, name).await.unwrap()
}

fn actions(plan: &TenantPlanView) -> Vec<(Action, &str)> {
    plan.plan.actions.iter().map(|it| (it.action, it.reason.as_str())).collect()
}

fn fact<'a>(plan: &'a TenantPlanView, what: &str) -> &'a str {
    let found = plan.observed.iter().find(|(name, _)| *name == what);
    &found.unwrap_or_else(|| panic!("nothing is said of the {what}")).1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_well_has_nothing_to_do() {
    let (site, _) = Site::with_acme(NEVER).await;

    let plan = plan(&site, "acme").await;

    assert!(plan.plan.is_empty(), "{plan:#?}");
    assert_eq!(plan.operation, None);
    assert!(fact(&plan, "container").starts_with("running"));
    assert_eq!((fact(&plan, "database"), fact(&plan, "route")), ("open", "open"));
    assert_eq!((fact(&plan, "filestore"), fact(&plan, "odoo.conf")), ("there", "as written"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_shown_without_a_touch_and_carried_out_when_somebody_asks() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let object = acme.id.object_name();
    site.runtime().limit_behind_our_back(object.as_str(), None);
    let made = site.runtime().calls(CallKind::WorkloadEnsure);

    let before = plan(&site, "acme").await;

    let changed = (Action::RunContainer, "the limits of its container were changed");
    let publish = (Action::Publish, "visitors are let in once it answers");
    assert_eq!(actions(&before), [changed, publish]);
    assert!(fact(&before, "container").starts_with("running"), "{before:#?}");
    assert_eq!(site.runtime().calls(CallKind::WorkloadEnsure), made);

    let engine = &site.process.as_ref().unwrap().engine;
    let came_of_it = engine.reconcile_tenant(&ACTOR, ORG, "acme").await.unwrap();

    assert!(!came_of_it.is_at_work);
    let done: Vec<Action> = came_of_it.done.iter().map(|it| it.action).collect();
    assert_eq!(done, [Action::RunContainer]);
    assert!(came_of_it.now.plan.is_empty(), "{came_of_it:#?}");
    assert!(site.is_well(&acme).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_well_is_looked_after_and_nothing_is_done() {
    let (site, _) = Site::with_acme(NEVER).await;

    let engine = &site.process.as_ref().unwrap().engine;
    let came_of_it = engine.reconcile_tenant(&ACTOR, ORG, "acme").await.unwrap();

    assert_eq!(came_of_it.done, []);
    assert!(came_of_it.now.plan.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_healed_says_what_helps() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let object = acme.id.object_name();
    let run = |sql: String| postgres::Server::shared().execute("postgres", &sql).unwrap();
    run(format!("ALTER DATABASE {object} RENAME TO hidden_{object}"));

    let engine = &site.process.as_ref().unwrap().engine;
    let came_of_it = engine.reconcile_tenant(&ACTOR, ORG, "acme").await.unwrap();

    let [trouble] = &came_of_it.now.plan.troubles[..] else { panic!("{came_of_it:#?}") };
    assert_eq!(trouble.reason, "its database is gone");
    assert!(trouble.hint.as_ref().unwrap().contains("from a backup"));
    assert!(matches!(came_of_it.now.tenant.state, TenantState::Drifted { .. }));
    run(format!("ALTER DATABASE hidden_{object} RENAME TO {object}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_at_which_an_operation_works_is_left_to_it_and_that_is_named() {
    let (site, acme) = Site::with_acme(NEVER).await;
    let engine = &site.process.as_ref().unwrap().engine;
    site.mute(true);
    let restart = engine.change_tenant(&ACTOR, ORG, "acme", &TenantChange::Restart).await.unwrap();

    let seen = plan(&site, "acme").await;
    let refused = engine.reconcile_tenant(&ACTOR, ORG, "acme").await.unwrap_err();

    assert_eq!(seen.operation.unwrap(), (restart.id, restart.kind));
    assert!(seen.plan.is_empty(), "{:?}", seen.plan);
    assert!(matches!(refused, EngineError::Busy { operation, .. } if operation == restart.id));

    site.mute(false);
    let running = async || site.state(&acme).await == TenantState::Running;
    wait::until(DEADLINE, running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_tenant_waits_for_a_person_and_the_operation_that_broke_it_is_named() {
    let mut site = Site::new(NEVER).await;
    let failed = OperationId::from_uuid(uuid::Uuid::from_u128(7));
    let since = berth_domain::Timestamp::UNIX_EPOCH;
    let state = TenantState::Broken { since, failed, suspended: false };
    site.tenant("wreck", state).await;
    site.start().await;

    let plan = plan(&site, "wreck").await;

    let hint = plan.plan.troubles[0].hint.clone().unwrap();
    assert!(hint.contains(&format!("berth operation retry {failed}")), "{hint}");
    assert!(hint.contains("berth tenant start wreck"), "{hint}");
    assert_eq!(plan.tenant.state.operation(), None);
}
