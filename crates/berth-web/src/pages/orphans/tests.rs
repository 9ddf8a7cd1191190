//! What belongs to nobody: seen, chosen, removed after a question, or made a tenant again.

use std::path::PathBuf;

use berth_engine::request::{CreateTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Site};

const ALL: &str = "/orphans";
const REMOVE: &str = "/orphans/remove";
const ADOPT: &str = "/orphans/adopt";

/// Leaves the folders of tenants without rows behind.
fn leave(site: &Site, names: &[&str]) -> Vec<PathBuf> {
    let tenants = site.installation.home().join("tenants");
    let folders = names.iter().map(|name| tenants.join(name));
    folders.inspect(|folder| std::fs::create_dir_all(folder).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_nobody_is_listed_and_removed_after_a_question() {
    let site = Site::start().await;
    let left = leave(&site, &["t_0123456789", "t_abcdef0123"]);
    site.post("/orphans/look", &[]).await.to();
    let chosen = ("orphan", "folder/tenants/t_0123456789");

    let asked = site.get(&format!("{REMOVE}?orphan=folder%2Ftenants%2Ft_0123456789")).await;
    asked.page();
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

/// Leaves database, role and folder of a tenant behind, of which nobody knows any more. Returns its orphan.
async fn lose(site: &Site) -> String {
    site.running(CreateTenant { name: "lost".to_owned(), ..CreateTenant::default() }).await;
    site.change("lost", &TenantChange::Archive).await;
    let tenant = site.process.engine.tenant(&ACTOR, ORG, "lost").await.unwrap().tenant;
    site.installation.lose(tenant.id).await;
    format!("database/{}", tenant.id.object_name())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_of_what_is_left_of_one_and_everything_that_is_wrong_is_said_before() {
    let site = Site::start().await;
    let orphan = lose(&site).await;
    site.post("/orphans/look", &[]).await.to();
    let link = format!("{ADOPT}?orphan={}", orphan.replace('/', "%2F"));
    assert!(site.get(ALL).await.text.contains(&format!("href=\"{link}\"")));
    site.get(&link).await.page();

    let wrong = [
        ("orphan", orphan.as_str()),
        ("name", HOSTILE),
        ("organisation", "default"),
        ("stage", HOSTILE),
        ("host", HOSTILE),
        ("image", HOSTILE),
        ("addons", HOSTILE),
    ];
    let seen = site.post(ADOPT, &wrong).await;
    seen.harmless();
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
    insta::assert_snapshot!("adopt_with_everything_wrong", site.main_of(&seen));

    let right = [
        ("orphan", orphan.as_str()),
        ("name", "found"),
        ("organisation", "default"),
        ("once", "k"),
    ];
    let begun = site.post(ADOPT, &right).await;
    let id = begun.to().strip_prefix("/organisations/default/operations/").unwrap().to_owned();
    let ended = site.rest(&id).await;
    assert_eq!(ended.error, None);
    assert_eq!(
        site.post(ADOPT, &right).await.to(),
        begun.to(),
        "a second press makes no second one"
    );
    let found = site.process.engine.tenant(&ACTOR, ORG, "found").await.unwrap().tenant;
    assert_eq!(found.state.label(), "archived");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_adopted_and_said_where_it_was_asked_for() {
    let site = Site::start().await;
    let typed = |organisation| {
        [("orphan", "database/t_00000000ff"), ("name", "found"), ("organisation", organisation)]
    };

    let nothing = site.post(ADOPT, &typed("default")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["There is no folder", "there is no database", "there is no role"] {
        assert!(nothing.text.contains(part), "{part} in {}", nothing.text);
    }
    let nowhere = site.post(ADOPT, &typed("nowhere")).await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nowhere.text.contains("No organisation is called"), "{}", nowhere.text);
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
    for path in [ALL, REMOVE, ADOPT] {
        assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [REMOVE, ADOPT] {
        assert_eq!(site.post(path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
