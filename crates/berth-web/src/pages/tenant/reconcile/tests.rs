//! What would be put right of a tenant, and having it done.

use berth_engine::request::{CreateTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use crate::pages::testing::Site;

const PAGE: &str = "/organisations/default/tenants/acme/reconcile";

async fn site() -> Site {
    let site = Site::start().await;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_put_right_is_said_and_done_when_somebody_asks() {
    let site = site().await;
    let well = site.get(PAGE).await;
    assert!(well.page().contains("Nothing: everything is as it should be."), "{}", well.text);
    let view = site.process.engine.tenant(&ACTOR, ORG, "acme").await.unwrap();
    let object = view.tenant.id.object_name().to_string();
    site.installation.runtime.limit_behind_our_back(&object, None);

    let seen = site.get(PAGE).await;
    assert!(seen.page().contains("<ol class=\"list list--num\">"), "{}", seen.text);
    let done = site.post(PAGE, &[("once", "k")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    done.harmless();
    assert!(done.text.contains("<h2 id=\"done-h\">What was done</h2>"), "{}", done.text);
    assert!(done.text.contains("Nothing: everything is as it should be."), "{}", done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_at_is_said_in_its_place_and_the_page_is_there() {
    let site = site().await;
    site.installation.runtime.set_reachable(false);

    let seen = site.get(PAGE).await;

    assert!(seen.page().contains("<h1>acme</h1>"), "{}", seen.text);
    assert!(seen.text.contains("Nothing can be put right now."), "{}", seen.text);
    assert!(!seen.text.contains("Put it right now</button>"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_for_a_person_says_so_and_whoever_only_looks_sees_nothing_of_it() {
    let site = site().await;
    site.change("acme", &TenantChange::Stop).await;
    let seen = site.get(PAGE).await;
    assert!(seen.page().contains("<dt>"), "{}", seen.text);
    site.running(CreateTenant { name: "bolt".to_owned(), ..CreateTenant::default() }).await;
    site.break_down("bolt").await;
    let broken = site.get(&PAGE.replace("acme", "bolt")).await;
    assert!(broken.page().contains("This waits for somebody."), "{}", broken.text);

    let site = site.by_member("viewer").await;
    assert_eq!(site.get(PAGE).await.status, StatusCode::FORBIDDEN);
    assert!(!site.get("/organisations/default/tenants/acme").await.page().contains("/reconcile"));
}
