//! What belongs to nobody: seen, chosen, removed after a question.

use std::path::PathBuf;

use http::StatusCode;

use crate::pages::testing::{HOSTILE, Site};

const ALL: &str = "/orphans";
const REMOVE: &str = "/orphans/remove";

/// Leaves the folders of tenants without rows behind.
fn leave(site: &Site, names: &[&str]) -> Vec<PathBuf> {
    let tenants = site.installation.home().join("tenants");
    let folders = names.iter().map(|name| tenants.join(name));
    folders.inspect(|folder| std::fs::create_dir_all(folder).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_in_which_nothing_lies_about_says_so() {
    let site = Site::start().await;
    assert_eq!(site.post("/orphans/look", &[]).await.to(), ALL);

    insta::assert_snapshot!("none", site.get(ALL).await.page());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_nobody_is_listed_and_removed_after_a_question() {
    let site = Site::start().await;
    let left = leave(&site, &["t_0123456789", "t_abcdef0123"]);
    site.post("/orphans/look", &[]).await.to();
    insta::assert_snapshot!("orphans", site.get(ALL).await.page());
    let chosen = ("orphan", "folder/tenants/t_0123456789");

    let asked = site.get(&format!("{REMOVE}?orphan=folder%2Ftenants%2Ft_0123456789")).await;
    insta::assert_snapshot!("remove", asked.page());
    assert!(left[0].exists(), "looking removes nothing");
    let removed = site.post(REMOVE, &[chosen, ("once", "k")]).await;
    assert_eq!(removed.to(), "/orphans?removed=1");
    assert_eq!((left[0].exists(), left[1].exists()), (false, true));
    let again = site.post(REMOVE, &[chosen, ("once", "k")]).await;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "it is gone: nothing else is removed"
    );
    assert!(left[1].exists());

    let seen = site.get(removed.to()).await;
    assert!(seen.page().contains("1 thing belongs to nobody"), "{}", seen.text);
    assert!(seen.text.contains("1 thing is gone for good"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_among_them_is_not_removed_and_said_where_it_was_chosen() {
    let site = Site::start().await;
    let left = leave(&site, &["t_0123456789"]);
    site.post("/orphans/look", &[]).await.to();

    for chosen in [&[][..], &[("orphan", HOSTILE)], &[("orphan", "folder/tenants/t_9876543210")]] {
        let query = serde_urlencoded::to_string(chosen).unwrap();
        for seen in [site.get(&format!("{REMOVE}?{query}")).await, site.post(REMOVE, chosen).await]
        {
            seen.harmless();
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
            assert!(seen.text.contains("role=\"alert\""), "{}", seen.text);
        }
    }
    assert!(left[0].exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_look_is_shown_while_the_container_engine_does_not_answer_and_to_operators_only() {
    let site = Site::start().await;
    leave(&site, &["t_0123456789"]);
    site.post("/orphans/look", &[]).await.to();
    site.installation.runtime.set_reachable(false);
    assert!(site.get(ALL).await.page().contains("t_"), "it was seen before");
    site.post("/orphans/look", &[]).await.to();
    assert!(site.get(ALL).await.page().contains("Not all of it was looked at."));

    let site = site.by_member("admin").await;
    for path in [ALL, REMOVE] {
        assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(site.post(REMOVE, &[]).await.status, StatusCode::FORBIDDEN);
}
