//! Whoever cannot see, or sees little, reads every page too.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::DEADLINE;
use crate::site::{FLEET, PASSWORD, Site};

/// Of telephones, tablets and screens, and where columns come and go.
const WIDTHS: [u32; 10] = [390, 700, 701, 960, 961, 1140, 1141, 1240, 1321, 1366];
/// How much of the page is hidden at its right.
const HIDDEN: &str = "
    const main = document.querySelector('.app > .main'), page = document.scrollingElement;
    return Math.max(page.scrollWidth - innerWidth, main ? main.scrollWidth - main.clientWidth : 0);";

/// The widest letters that are common, in place of those that this machine happens to have.
const WIDE_LETTERS: &str =
    "document.documentElement.style.setProperty('--sans', '\"DejaVu Sans\", sans-serif')";

/// At which widths something of the page that is open is hidden at its right.
async fn too_wide(site: &Site) -> Vec<String> {
    let mut faults = Vec::new();
    site.browser.script(WIDE_LETTERS).await;
    for width in WIDTHS {
        site.browser.view(width, 900).await;
        let hidden = site.browser.script(HIDDEN).await;
        if hidden.as_f64() > Some(0.0) {
            faults.push(format!("{hidden} pixels are hidden at a width of {width}"));
        }
    }
    site.browser.view(1440, 900).await;
    faults
}

/// Looks at a page in both themes, and on a telephone. Returns what is in somebody's way there, and what went wrong.
async fn faults(site: &Site, path: &str) -> BTreeSet<String> {
    site.go(path).await;
    let mut faults = BTreeSet::new();
    for theme in ["light", "dark"] {
        site.browser.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        let barriers = site.browser.barriers().await;
        faults.extend(barriers.iter().map(|barrier| format!("{path}, {theme}: {barrier}")));
    }
    site.browser.view(390, 844).await;
    faults.extend(in_the_way(site, &format!("{path}, on a telephone")).await);
    faults.extend(too_wide(site).await.iter().map(|fault| format!("{path}: {fault}")));
    let complaints = site.browser.complaints().await;
    faults.extend(complaints.iter().map(|complaint| format!("{path}: {complaint}")));
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doors_are_for_everybody() {
    let site = Site::unclaimed().await;
    for path in ["/claim", "/join", "/join/nothing", "/nothing"] {
        site.go(path).await;
        let barriers = site.browser.barriers().await;
        assert!(barriers.is_empty(), "{path}: {barriers:#?}");
    }
}

/// What is in somebody's way on the page as it is now.
async fn in_the_way(site: &Site, state: &str) -> Vec<String> {
    let barriers = site.browser.barriers().await;
    barriers.iter().map(|barrier| format!("{state}: {barrier}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_and_what_is_wrong_is_for_everybody() {
    let site = Site::claimed().await;
    site.go("/sign-in").await;
    let mut found = in_the_way(&site, "sign-in").await;
    let site = site.sign_in().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.browser.wait_for("#t-acme", DEADLINE).await;
    site.click("#m-acme summary").await;
    found.extend(in_the_way(&site, "a menu").await);
    site.click("#m-acme [formaction$='/restart']").await;
    site.browser.wait_for("#toasts .toast:not([hidden])", DEADLINE).await;
    found.extend(in_the_way(&site, "a toast").await);
    site.click(".omni").await;
    site.browser.wait_for("dialog[open]", DEADLINE).await;
    found.extend(in_the_way(&site, "the palette").await);
    site.go(&format!("{FLEET}/new")).await;
    site.click("main .btn--primary").await;
    site.browser.wait_for("[aria-invalid]", DEADLINE).await;
    found.extend(in_the_way(&site, "a form with something wrong").await);

    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_is_for_everybody() {
    let site = Site::claimed().await;
    site.tenant(&json!({ "name": "acme", "owner": "anna" })).await;
    let invite = json!({ "email": "jo@example.com", "role": "admin" });
    let invited = site.app.ours("POST", "/invitations", &invite).await.json();
    site.go(&format!("/join/{}", invited["code"].as_str().unwrap())).await;
    let mut found: BTreeSet<String> =
        in_the_way(&site, "an invitation").await.into_iter().collect();
    for (field, text) in [("#name", "Jo"), ("#password", PASSWORD)] {
        let field = site.browser.wait_for(field, DEADLINE).await;
        site.browser.type_into(&field, text).await;
    }
    site.click("button[type=submit]").await;
    site.browser.wait_for("#live", DEADLINE).await;

    for path in [
        "/tenants",
        "/tenants/acme",
        "/operations",
        "/schedules",
        "/people",
        "/audit",
        "",
        "/import",
    ] {
        found.extend(faults(&site, &format!("/organisations/default{path}")).await);
    }
    assert!(site.browser.find(".portal__top").await.is_some(), "it is a portal");

    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody() {
    let site = Site::open().await;
    let mut found = faults(&site, FLEET).await;
    site.tenant(&json!({ "name": "acme", "stage": "production", "owner": "anna" })).await;
    site.tenant(&json!({ "name": "globex", "stage": "staging", "notes": "<b>'\"&amp;" })).await;
    let longest = ("a-tenant-whose-name-is-as-long-as-may-be", "a.rather.long.name@example.com");
    site.tenant(&json!({ "name": longest.0, "owner": longest.1 })).await;
    site.failing("undone").await;
    let hook = json!({ "url": "https://hooks.example.com/a/rather/long/path/to/post/messages/to" });
    assert_eq!(site.app.ours("POST", "/webhooks", &hook).await.status, 201);
    let quota = json!({ "tenants": 2, "memory": "2GiB" });
    assert_eq!(site.app.ours("PUT", "/quota", &quota).await.status, 200);
    let nightly = json!({
        "name": "nightly", "action": "restart", "tenants": ["acme"], "cron": "30 3 * * *",
    });
    let made = site.app.ours("POST", "/schedules", &nightly).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let operations = site.app.ours("GET", "/operations", &Value::Null).await.json();
    let id = operations["items"][0]["id"].as_str().unwrap().to_owned();

    // Looked at once, so that there is something on their pages.
    for path in ["/doctor", "/disk", "/orphans"] {
        assert_eq!(site.app.call("GET", path, &Value::Null).await.status, 200, "{path}");
    }
    for path in pages(&id) {
        found.extend(faults(&site, &path).await);
    }

    assert!(found.is_empty(), "{found:#?}");
}

/// Those that are of no organisation.
const OF_INSTALLATION: &[&str] = &[
    "/account",
    "/people",
    "/people/elin@example.com/reset",
    "/audit",
    "/settings",
    "/settings/configuration",
    "/doctor",
    "/disk",
    "/orphans",
    "/orphans/adopt?orphan=database%2Ft_0123456789",
    "/organisations",
];

/// Every page that there is, with something on it.
fn pages(operation: &str) -> Vec<String> {
    let of_tenant = [
        "",
        "/logs",
        "/settings",
        "/modules?state=all",
        "/backup",
        "/shell",
        "/reconcile",
        "/modules/install?module=calendar",
        "/modules/uninstall?module=contacts",
        "/charts",
        "/open-as-admin",
        "/stop",
        "/suspend",
        "/rename",
        "/archive",
        "/delete",
        "/delete-now",
    ];
    let of_organisation = [
        "/tenants",
        "/tenants?state=broken",
        "/tenants/new",
        "/operations",
        "/schedules",
        "/schedules/nightly",
        "/schedules/nightly/set",
        "/schedules/nightly/run",
        "/schedules/nightly/delete",
        "/new-schedule",
        "/import",
        "/people",
        "/audit",
        "/palette",
        "/webhooks",
        "/webhooks/hooks.example.com",
        "/webhooks/hooks.example.com/delete",
        "/quotas",
        "/quota",
        "/quota?owner=anna",
        "",
        "/many/stop?tenant=acme&tenant=globex",
    ];
    let mut pages: Vec<String> = OF_INSTALLATION.iter().map(|path| (*path).to_owned()).collect();
    pages.extend(of_organisation.map(|path| format!("/organisations/default{path}")));
    pages.extend(of_tenant.map(|path| format!("{FLEET}/acme{path}")));
    pages.push(format!("/organisations/default/operations/{operation}"));
    pages
}
