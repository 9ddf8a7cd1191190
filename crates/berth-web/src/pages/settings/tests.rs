//! The installation and its organisations, as operators and as others see them.

use http::StatusCode;

use crate::pages::testing::{HOSTILE, Site};

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_is_answering_and_nobody_else_does() {
    let site = Site::start().await;
    let seen = site.get("/settings").await;
    assert!(seen.page().contains("<dt>Version</dt>"), "{}", seen.text);
    assert_eq!(site.get("/settings/configuration").await.status, StatusCode::OK);

    let site = site.by_member("admin").await;
    for path in ["/settings", "/settings/configuration", "/doctor", "/organisations"] {
        assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(site.post("/doctor/look", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_at_last_is_shown_while_the_container_engine_does_not_answer() {
    let site = Site::start().await;
    assert!(site.get("/doctor").await.page().contains("Nobody has looked yet"));
    assert_eq!(site.post("/doctor/look", &[]).await.to(), "/doctor");
    let looked = site.get("/doctor").await.page();
    assert!(looked.contains("<b>PostgreSQL</b>"), "{looked}");

    site.installation.runtime.set_reachable(false);
    assert_eq!(site.get("/doctor").await.page(), looked, "only whoever presses the button waits");
    assert_eq!(site.post("/doctor/look", &[]).await.to(), "/doctor");
    assert_ne!(site.get("/doctor").await.page(), looked);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_made_called_something_else_and_deleted_by_its_name() {
    let site = Site::start().await;
    let wrong = site.post("/organisations", &[("name", HOSTILE), ("title", HOSTILE)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.harmless();
    assert!(wrong.text.contains("id=\"name-said\""), "{}", wrong.text);

    let made = site.post("/organisations", &[("name", "acme"), ("title", "")]).await;
    assert_eq!(made.to(), "/organisations/acme/people");
    let tags = HOSTILE.replace('\u{202e}', "");
    let called = site.post("/organisations/acme", &[("title", &tags)]).await;
    assert_eq!(called.to(), "/organisations/acme");

    let path = "/organisations/acme/delete";
    insta::assert_snapshot!("delete_organisation", site.main_of(&site.get(path).await));
    let wrong = site.post(path, &[("name", "default")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.post(path, &[("name", "acme")]).await.to(), "/organisations");
    assert_eq!(site.get("/organisations/acme").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_says_what_people_call_the_organisation_and_cannot_delete_it() {
    let site = Site::start().await.by_member("admin").await;

    let called = site.post("/organisations/default", &[("title", "Lindqvist Timber")]).await;
    let seen = site.get(called.to()).await;
    assert!(seen.page().contains("<h1>Lindqvist Timber</h1>"), "{}", seen.text);
    assert!(!seen.text.contains("/delete\""), "{}", seen.text);
    let path = "/organisations/default/delete";
    assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN);
}
