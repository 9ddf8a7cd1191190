//! What tenants may have together, as everybody sees it and as operators set it.

use berth_engine::request::{CreateTenant, NoteTenant};
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Seen, Site};

const QUOTAS: &str = "/organisations/default/quotas";
const QUOTA: &str = "/organisations/default/quota";
const CLEAR: &str = "/organisations/default/quota/clear";
/// Printable, without spaces: an owner may be called that.
const OWNER: &str = "<b>'\"&amp;/..%2e";
const CODED: &str = "%3Cb%3E%27%22%26amp%3B%2F..%252e";

async fn owned(site: &Site, name: &str, owner: &str) {
    let notes = NoteTenant { owner: Some(owner.to_owned()), ..NoteTenant::default() };
    let request = CreateTenant { name: name.to_owned(), notes, ..CreateTenant::default() };
    site.running(request).await;
}

fn bounds<'a>(
    owner: &'a str,
    [tenants, cpu, memory, storage]: [&'a str; 4],
) -> [(&'a str, &'a str); 5] {
    [("owner", owner), ("tenants", tenants), ("cpu", cpu), ("memory", memory), ("storage", storage)]
}

/// What the page says is wrong with a form that came back.
fn refused(seen: &Seen, field: &str) {
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
    seen.harmless();
    assert!(seen.text.contains(&format!("id=\"{field}-said\"")), "{field}: {}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_without_owners_says_what_is_used_all_the_same() {
    let site = Site::start().await;

    let organisation = site.get("/organisations/default").await;
    assert!(organisation.page().contains(&format!("href=\"{QUOTAS}\"")), "{}", organisation.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_set_seen_with_what_is_used_of_it_and_taken_away() {
    let site = Site::start().await;
    owned(&site, "acme", OWNER).await;

    let all = site.post(QUOTA, &bounds("", ["10", "8", "16GiB", ""])).await;
    assert_eq!(all.to(), QUOTAS);
    let own = site.post(QUOTA, &bounds(OWNER, ["1", "500m", "", "5GiB"])).await;
    assert_eq!(own.to(), QUOTAS);
    site.get(&format!("{QUOTA}?owner={CODED}")).await.page();

    let clear = format!("{CLEAR}?owner={CODED}");
    site.get(&clear).await.page();
    assert_eq!(site.post(CLEAR, &[("owner", OWNER)]).await.to(), QUOTAS);
    assert_eq!(site.get(&clear).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.post(CLEAR, &[]).await.to(), QUOTAS);
    let seen = site.get(QUOTAS).await;
    assert!(!seen.page().contains("of 10"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_quota_is_said_at_its_field_and_the_rest_is_kept() {
    let site = Site::start().await;
    let fields = ["tenants", "cpu", "memory", "storage"];
    for (at, field) in fields.into_iter().enumerate() {
        let mut typed = ["11", "8", "16GiB", "500GiB"];
        typed[at] = HOSTILE;
        let seen = site.post(QUOTA, &bounds("anna", typed)).await;
        refused(&seen, field);
        assert!(field == "storage" || seen.text.contains("value=\"500GiB\""), "{}", seen.text);
    }
    let nobody = site.post(QUOTA, &bounds("no one", ["1", "", "", ""])).await;
    refused(&nobody, "owner");
    let asked = site.get(&format!("{QUOTA}?owner=%3Cb%3E+x")).await;
    refused(&asked, "owner");
    assert!(asked.text.contains("value=\"&#60;b&#62; x\""), "{}", asked.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_run_the_installation_sees_quotas_and_sets_none() {
    let site = Site::start().await.by_member("viewer").await;

    let seen = site.get(QUOTAS).await;
    assert!(seen.page().contains("Whoever runs the installation sets them."), "{}", seen.text);
    assert!(!seen.text.contains(&format!("{QUOTA}\"")), "{}", seen.text);
    let site = site.by_member("admin").await;
    for path in [QUOTA, CLEAR] {
        assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(
        site.post(QUOTA, &bounds("", ["1", "", "", ""])).await.status,
        StatusCode::FORBIDDEN
    );
}
