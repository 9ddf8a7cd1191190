//! The container engine says nothing, and pages are there all the same.

use std::time::Duration;

use berth_engine_testkit::{digest, unlearn};
use tokio::time::timeout;

use super::super::super::testing::Site;
use super::{Where, grounds, pages, path};

/// More than any page takes, and less than anybody waits for an engine.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a container says or holds is asked of it, by whoever downloads it.
const ASKED_OF_IT: [&str; 2] = ["tenant_backup_file", "tenant_logs_file"];

/// As after an upgrade of Berth, which then asks the image anew.
async fn forget_the_image(site: &Site) {
    let reference = site.installation.settings.odoo_image.clone();
    let now = site.process.engine.now();
    unlearn(&site.installation.store, reference, digest('a'), now).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_waits_for_an_engine_that_does_not_answer() {
    let ground = grounds::running().await;
    let site = &ground.site;
    site.installation.runtime.set_silent(true);
    forget_the_image(site).await;
    let mut waiting = Vec::new();

    for route in pages().filter(|route| !ASKED_OF_IT.contains(&route.id)) {
        let path = path(&ground, (&route, Where::Running));
        if timeout(PATIENCE, site.first_of(&path)).await.is_err() {
            waiting.push(path);
        }
    }

    assert!(waiting.is_empty(), "{waiting:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_of_an_image_that_nobody_asked_yet_are_said_not_to_be_known() {
    let ground = grounds::running().await;
    let site = &ground.site;
    site.installation.runtime.set_silent(true);
    forget_the_image(site).await;
    let modules = "/organisations/default/tenants/acme/modules";

    let listed = site.main_of(&site.get(modules).await);
    let asked = site.main_of(&site.get(&format!("{modules}/upgrade?module=crm")).await);

    for (page, said) in [(listed, "cannot be read now."), (asked, "This cannot be done now.")] {
        assert!(page.contains(said), "{page}");
        assert!(page.contains("What the image of acme has is not known yet"), "{page}");
    }
}
