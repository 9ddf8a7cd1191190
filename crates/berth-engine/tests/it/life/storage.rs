//! What a tenant fills, and what becomes of one that fills more than it may.

use berth_domain::storage::Level;
use berth_domain::{Bytes, TenantState};
use berth_edge::RouteState;
use berth_engine::request::{NoteTenant, TenantChange, TenantFilter};
use berth_engine::view::StorageView;
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::{storage as storage_rows, tenants};
use berth_testkit::sqlite;
use jiff::SignedDuration;

use super::stage::Stage;

const LATER: SignedDuration = SignedDuration::from_mins(6);

async fn storage(stage: &Stage) -> Option<StorageView> {
    let engine = &stage.process().engine;
    engine.tenants(&ACTOR, ORG, &TenantFilter::default()).await.unwrap().tenants.remove(0).storage
}

/// Waits until it was measured, and returns what it fills.
async fn used(stage: &Stage) -> u64 {
    let measured = async || storage(stage).await.is_some_and(|it| it.found.measured.is_some());
    stage.until(measured).await;
    storage(stage).await.unwrap().found.measured.unwrap().0.total().0
}

/// Sets a limit that is smaller than people may set.
async fn limit(stage: &Stage, bytes: u64) {
    let tenant = stage.get("acme").await;
    let mut tx = stage.installation.store.begin().await.unwrap();
    let limit = Some(Bytes(bytes));
    let _ = tenants::limit_storage(&mut tx, tenant.organisation, tenant.id, limit).await.unwrap();
    tx.commit().await.unwrap();
}

/// Adds a file to what the tenant has.
async fn grow(stage: &Stage, name: &str, bytes: u64) {
    let object = stage.get("acme").await.id.object_name();
    let data = stage.installation.settings.paths.object(&object).data();
    std::fs::write(data.join(name), vec![1; usize::try_from(bytes).unwrap()]).unwrap();
}

async fn told(stage: &Stage) -> [usize; 3] {
    let mut counts = [0; 3];
    let kinds = ["tenant.storage_warning", "tenant.over_limit", "tenant.storage_ok"];
    for (count, kind) in counts.iter_mut().zip(kinds) {
        *count = stage.events(kind).await.len();
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_measured_as_soon_as_it_is_made() {
    let stage = Stage::new().await;
    stage.create("acme").await;

    let all = used(&stage).await;
    let view = storage(&stage).await.unwrap();

    let (measured, _) = view.found.measured.unwrap();
    assert!(measured.database.0 > 1 << 20 && measured.files.0 > 0, "{measured:?}");
    assert_eq!(measured.total().0, all);
    assert_eq!((view.age.unwrap().as_secs(), view.found.problem), (0, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_outgrows_its_limit_serves_on_until_it_fits_again() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let before = used(&stage).await;
    let most = before + (4 << 20);
    limit(&stage, most).await;

    grow(&stage, "some", most * 85 / 100 - before.min(most * 85 / 100)).await;
    stage.pass(LATER).await;
    stage.until(async || told(&stage).await[0] + told(&stage).await[1] > 0).await;
    grow(&stage, "more", 5 << 20).await;
    stage.pass(LATER).await;
    let is_over = |state| matches!(state, TenantState::OverLimit { .. });
    stage.until(async || is_over(stage.get("acme").await.state)).await;

    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
    stage.pass(LATER).await;
    stage.change("acme", TenantChange::Restart).await;
    stage.until(async || is_over(stage.get("acme").await.state)).await;
    let [_, over, ok] = told(&stage).await;
    assert_eq!((over, ok), (1, 0), "nobody is told twice");

    let notes = NoteTenant { storage: Some("10GiB".into()), ..NoteTenant::default() };
    let tenant = stage.note("acme", notes).await;

    assert_eq!(tenant.state, TenantState::Running);
    assert_eq!(told(&stage).await[2], 1);
    let event = &stage.events("tenant.over_limit").await[0].data;
    assert_eq!(event["tenant"], "acme");
    assert_eq!(event["limit_bytes"], most);
    assert!(event["percent"].as_u64().unwrap() >= 100, "{event}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_lost_something_fits_again_by_itself() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let before = used(&stage).await;
    limit(&stage, before + (2 << 20)).await;
    grow(&stage, "more", 8 << 20).await;
    stage.pass(LATER).await;
    let is_over = |state| matches!(state, TenantState::OverLimit { .. });
    stage.until(async || is_over(stage.get("acme").await.state)).await;

    let object = stage.get("acme").await.id.object_name();
    let data = stage.installation.settings.paths.object(&object).data();
    std::fs::remove_file(data.join("more")).unwrap();
    limit(&stage, before * 2).await;
    stage.pass(LATER).await;

    stage.until(async || stage.get("acme").await.state == TenantState::Running).await;
    assert_eq!(told(&stage).await[2], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_cannot_be_measured_says_why_and_keeps_its_figures() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let before = used(&stage).await;
    let object = stage.get("acme").await.id.object_name();
    let data = stage.installation.settings.paths.object(&object).data();
    std::fs::rename(&data, data.with_extension("away")).unwrap();

    stage.pass(LATER).await;
    stage.until(async || storage(&stage).await.is_some_and(|it| it.found.problem.is_some())).await;

    let view = storage(&stage).await.unwrap();
    assert!(view.found.problem.as_ref().unwrap().starts_with("cannot count its files"), "{view:?}");
    assert_eq!(view.found.measured.unwrap().0.total().0, before);
    assert_eq!(view.age.unwrap().as_secs(), 360);
    assert_eq!(view.found.level, Level::Fits);
    let checks = stage.process().engine.doctor(&ACTOR).await.unwrap();
    let check = checks.iter().find(|check| check.name == "storage").unwrap();
    assert_eq!(check.status, "warning", "{check:?}");
    assert!(check.detail.contains("`acme` cannot be measured"), "{check:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_whose_figures_cannot_be_read_keeps_nobody_from_being_measured() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.create("globex").await;
    stage.until(async || stage.is_measured("acme").await).await;
    stage.until(async || stage.is_measured("globex").await).await;
    let odd = stage.get("globex").await.id;
    // The longest waiting, and so the first.
    let sql =
        format!("UPDATE storage_use SET level = 'odd', attempted_at = 0 WHERE tenant_id = '{odd}'");
    sqlite::execute(&stage.installation.home().join("berth.db"), &sql).await;
    grow(&stage, "more", 5 << 20).await;
    limit(&stage, 4 << 20).await;

    stage.pass(LATER).await;

    let is_over = |state| matches!(state, TenantState::OverLimit { .. });
    stage.until(async || is_over(stage.get("acme").await.state)).await;
    let now = stage.installation.clock.now();
    let since = now - SignedDuration::from_mins(1);
    let is_due = async || {
        let mut tx = stage.installation.store.read().await.unwrap();
        let due = storage_rows::Due { since, away: since, now };
        let due = storage_rows::due(&mut tx, due, (0, 10)).await.unwrap().rows;
        due.iter().any(|tenant| tenant.id == odd)
    };
    assert!(!is_due().await, "its turn is over");
    stage.change("acme", TenantChange::Restart).await;
    stage.until(async || is_over(stage.get("acme").await.state)).await;
}
