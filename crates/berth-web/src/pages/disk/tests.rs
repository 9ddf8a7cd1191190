//! The disks, as they were counted.

use http::StatusCode;

use crate::pages::testing::Site;

#[tokio::test(flavor = "multi_thread")]
async fn what_fills_the_disks_is_shown_as_it_was_counted_and_counted_again_when_asked() {
    let site = Site::start().await;
    let before = site.get("/disk").await;
    assert!(before.page().contains("Nobody has counted yet"), "{}", before.text);

    assert_eq!(site.post("/disk/count", &[]).await.to(), "/disk");

    let seen = site.get("/disk").await;
    let home = site.installation.home().display().to_string();
    for said in [
        "Counted ",
        "<b>The home folder</b>",
        &home,
        "<td>Control database</td>",
        "berth orphans list",
    ] {
        assert!(seen.text.contains(said), "{said} in {}", seen.text);
    }
    let site = site.by_member("admin").await;
    assert_eq!(site.get("/disk").await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.post("/disk/count", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disks_are_shown_while_the_container_engine_does_not_answer() {
    let site = Site::start().await;
    site.post("/disk/count", &[]).await.to();
    site.installation.runtime.set_reachable(false);

    assert!(site.get("/disk").await.page().contains("Counted "));
}
