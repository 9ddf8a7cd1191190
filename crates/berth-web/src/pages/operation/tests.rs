use berth_engine::request::{CreateTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use crate::pages::testing::Site;

const OPERATIONS: &str = "/organisations/default/operations";

async fn site() -> Site {
    let site = Site::start().await;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_done_says_how_and_leads_to_its_tenant() {
    let site = site().await;
    let done = site.change("acme", &TenantChange::Restart).await;

    let seen = site.get(&format!("{OPERATIONS}/{}", done.id)).await.page();

    assert!(!seen.contains("hx-trigger=\"changed from:#app, every 2s\""), "it is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_can_be_cancelled_and_is_taken_back() {
    let site = site().await;
    let demo = site.process.engine.create_demo(&ACTOR, ORG, "practice").await.unwrap();
    let path = format!("{OPERATIONS}/{}", demo.id);

    let part = site.part(&path).await;
    assert!(part.text.contains("every 2s") && part.text.contains(&format!("{path}/cancel")));
    assert_eq!(site.get(&format!("{path}/cancel")).await.status, StatusCode::OK);
    let retry = site.get(&format!("{path}/retry")).await;
    assert_eq!(retry.status, StatusCode::CONFLICT);
    assert!(retry.text.contains("not stuck"), "{}", retry.text);
    let told = site.post(&format!("{path}/cancel"), &[("once", "a")]).await;
    assert_eq!(told.to(), path);
    let undone = site.rest(&demo.id.to_string()).await;
    assert_eq!(undone.state.as_str(), "undone");

    let again = site.post(&format!("{path}/cancel"), &[("once", "b")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_begin_something_is_not_offered_to_stop_it() {
    let site = site().await;
    let demo = site.process.engine.create_demo(&ACTOR, ORG, "practice").await.unwrap();
    let site = site.by_member("member").await;
    let path = format!("{OPERATIONS}/{}", demo.id);

    assert!(!site.get(&path).await.text.contains("/cancel\""));
    assert_eq!(site.post(&format!("{path}/cancel"), &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_a_tenant_that_is_not_there_is_empty() {
    let site = site().await;

    let seen = site.get(&format!("{OPERATIONS}?tenant=%3Cb%20onclick&kind=tenant.create")).await;

    assert!(seen.page().contains("No operation is like that"), "{}", seen.text);
    let all = site.get(&format!("{OPERATIONS}?tenant=acme&kind=tenant.create&state=done")).await;
    assert!(all.page().contains("acme"));
}
