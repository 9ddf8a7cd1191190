//! After a start, and after a restart of the engine or of its host.

use berth_domain::TenantState;
use berth_runtime::fake::CallKind;
use berth_testkit::{sqlite, wait};

use super::site::{DEADLINE, NEVER, OFTEN, Site};

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_back_after_the_engine_was_restarted() {
    let mut site = Site::new(NEVER).await;
    let one = site.tenant("acme", TenantState::Running).await;
    let two = site.tenant("globex", TenantState::Running).await;
    site.start().await;
    site.until_well(&one).await;
    site.until_well(&two).await;

    site.runtime().set_reachable(false);
    site.runtime().restart();
    site.runtime().set_reachable(true);

    wait::until(DEADLINE, async || {
        let told = site.told().await;
        told.iter().filter(|(kind, _)| kind == "healed").count() >= 4
    })
    .await;
    site.until_well(&one).await;
    site.until_well(&two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_that_run_are_not_touched_by_a_start() {
    let (mut site, acme) = Site::with_acme(NEVER).await;
    site.crash().await;
    let starts = site.runtime().calls(CallKind::WorkloadStart);
    let told = site.told().await.len();

    site.start().await;
    let route = site.route(&acme).unwrap();
    let observed_at = site.observation(&acme).await.unwrap().observed_at;
    wait::until(DEADLINE, async || {
        site.observation(&acme).await.unwrap().observed_at > observed_at
    })
    .await;

    assert_eq!(route.state, berth_edge::RouteState::Open);
    assert_eq!(site.runtime().calls(CallKind::WorkloadStart), starts);
    assert_eq!(site.told().await.len(), told);
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_finds_the_routes_out_again_when_the_file_is_garbage() {
    let (mut site, acme) = Site::with_acme(NEVER).await;
    site.crash().await;
    std::fs::write(site.paths().routes(), "garbage").unwrap();

    site.start().await;

    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_whose_row_cannot_be_read_keeps_its_visitors() {
    let (mut site, acme) = Site::with_acme(NEVER).await;
    site.crash().await;
    let control = site.installation.home().join("berth.db");
    sqlite::execute(&control, "UPDATE tenant SET state = 'from the future'").await;
    let lists = site.runtime().calls(CallKind::WorkloadList);
    site.installation.settings.scan_every = OFTEN;

    site.start().await;
    wait::until(DEADLINE, async || site.runtime().calls(CallKind::WorkloadList) > lists + 2).await;

    assert_eq!(site.route(&acme).unwrap().state, berth_edge::RouteState::Open);
    let saved = std::fs::read_to_string(site.paths().routes()).unwrap();
    assert!(saved.contains("acme.localhost"), "{saved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_away_changes_no_state() {
    let (site, acme) = Site::with_acme(OFTEN).await;

    site.runtime().set_reachable(false);
    let before = site.observation(&acme).await.unwrap().observed_at;
    let lists = site.runtime().calls(CallKind::WorkloadList);
    wait::until(DEADLINE, async || site.runtime().calls(CallKind::WorkloadList) > lists + 1).await;

    assert_eq!(site.state(&acme).await, TenantState::Running);
    site.runtime().set_reachable(true);
    wait::until(DEADLINE, async || site.observation(&acme).await.unwrap().observed_at > before)
        .await;
    site.until_well(&acme).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_does_not_answer_is_published_once_it_does() {
    let mut site = Site::new(OFTEN).await;
    let acme = site.tenant("acme", TenantState::Running).await;
    site.mute(true);
    site.start().await;

    site.until_drifted(&acme, "does not answer yet").await;
    site.mute(false);

    site.until_well(&acme).await;
}
