//! Whoever cannot see, or sees little, reads every page too.

use serde_json::{Value, json};

use crate::site::{FLEET, Site};

/// Looks at a page in both themes.
async fn is_for_everybody(site: &Site, path: &str) {
    site.go(path).await;
    for theme in ["light", "dark"] {
        site.browser.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        let barriers = site.browser.barriers().await;
        assert!(barriers.is_empty(), "{path}, {theme}: {barriers:#?}");
    }
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doors_are_for_everybody() {
    let site = Site::unclaimed().await;
    for path in ["/claim", "/join", "/nothing"] {
        site.go(path).await;
        let barriers = site.browser.barriers().await;
        assert!(barriers.is_empty(), "{path}: {barriers:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody() {
    let site = Site::open().await;
    is_for_everybody(&site, FLEET).await;
    site.tenant(&json!({ "name": "acme", "stage": "production", "owner": "anna" })).await;
    site.tenant(&json!({ "name": "globex", "stage": "staging", "notes": "<b>'\"&amp;" })).await;
    site.failing("undone").await;
    let operations = site.app.ours("GET", "/operations", &Value::Null).await.json();
    let id = operations["items"][0]["id"].as_str().unwrap().to_owned();

    for path in pages(&id) {
        is_for_everybody(&site, &path).await;
    }
}

/// Every page that there is, with something on it.
fn pages(operation: &str) -> Vec<String> {
    let of_organisation = ["/tenants", "/tenants?state=broken", "/operations"]
        .map(|path| format!("/organisations/default{path}"));
    let mut pages = of_organisation.to_vec();
    pages.push(format!("/organisations/default/operations/{operation}"));
    pages.push("/organisations/default/tenants/acme/open-as-admin".to_owned());
    pages
}
