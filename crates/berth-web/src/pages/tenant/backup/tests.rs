//! What can be taken away of a tenant, and by whom.

use berth_engine::request::{AuditFilter, CreateTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use crate::pages::testing::Site;

const BACKUP: &str = "/organisations/default/tenants/acme/backup";

async fn site() -> Site {
    let site = Site::start().await;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_backup_is_said_before_one_is_taken() {
    let site = site().await;
    site.get(BACKUP).await.page();

    let taken = AuditFilter { action: Some("tenant.export".to_owned()), ..AuditFilter::default() };
    let audit = site.process.engine.audit(&ACTOR, Some(ORG), &taken).await.unwrap();
    assert!(audit.items.is_empty(), "looking takes nothing");
    let wrong = site.get(&format!("{BACKUP}/file?format=tar")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let file = site.get(&format!("{BACKUP}/file?format=custom")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    let named = file.headers["content-disposition"].to_str().unwrap();
    assert!(named.starts_with("attachment; filename=\"acme_"), "{named}");
    let audit = site.process.engine.audit(&ACTOR, Some(ORG), &taken).await.unwrap();
    assert_eq!(audit.items.len(), 1, "that it was taken is written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_now_is_said_so_and_not_offered() {
    let site = site().await;
    // Here the server is one of others, on which the container reads.
    for change in [TenantChange::Stop, TenantChange::Archive] {
        site.change("acme", &change).await;

        let seen = site.get(BACKUP).await;

        assert_eq!(seen.status, StatusCode::CONFLICT);
        assert!(seen.text.contains("No backup can be taken now."), "{}", seen.text);
        assert!(!seen.text.contains("/backup/file"), "{}", seen.text);
        assert_eq!(site.get(&format!("{BACKUP}/file")).await.status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_may_take_data_away_sees_that_it_can_be() {
    let site = site().await.by_member("viewer").await;

    for path in [BACKUP.to_owned(), format!("{BACKUP}/file")] {
        assert_eq!(site.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let tenant = site.get("/organisations/default/tenants/acme").await;
    assert!(!tenant.page().contains("/backup"), "{}", tenant.text);
}
