use std::time::Duration;

use berth_domain::operation::OperationKind;
use berth_engine::request::{CreateTenant, OperationFilter, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use berth_testkit::wait;
use http::StatusCode;

use crate::pages::testing::{Seen, Site};

const DEADLINE: Duration = Duration::from_secs(30);
const TENANTS: &str = "/organisations/default/tenants";
const MANY: &str = "/organisations/default/many";

async fn site(names: &[&str]) -> Site {
    let site = Site::start().await;
    for name in names {
        site.running(CreateTenant { name: (*name).to_owned(), ..CreateTenant::default() }).await;
    }
    site
}

/// How often something was begun.
async fn begun(site: &Site, kind: OperationKind) -> usize {
    let kind = Some(kind.as_str().to_owned());
    let filter = OperationFilter { kind, ..OperationFilter::default() };
    site.process.engine.operations(&ACTOR, ORG, &filter).await.unwrap().operations.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_to_a_tenant_is_said_before_and_begun_once() {
    let site = site(&["acme"]).await;
    let stop = format!("{TENANTS}/acme/stop");

    site.get(&stop).await.page();
    let first = site.post(&stop, &[("once", "a")]).await;
    let second = site.post(&stop, &[("once", "a")]).await;

    assert_eq!(first.to(), second.to());
    assert_eq!(begun(&site, OperationKind::TenantStop).await, 1);
    site.rest(first.to().rsplit('/').next().unwrap()).await;
    let refused = site.get(&stop).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text.contains("A tenant that is stopped cannot be stopped."),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("formaction=\"/organisations/default/tenants/acme/start\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_brought_back_takes_the_name_typed() {
    let site = site(&["acme"]).await;
    let purge = format!("{TENANTS}/acme/delete-now");

    let is_measured = async || !site.get(&purge).await.text.contains("never measured");
    wait::until(DEADLINE, is_measured).await;
    let asked = site.get(&purge).await.page();
    for said in
        ["<h2 id=\"lost-h\">What is lost</h2>", "for good", "There is no way back from this."]
    {
        assert!(asked.contains(said), "{said} in {asked}");
    }
    for typed in ["", "acm", "ACME", "acme2"] {
        let refused = site.post(&purge, &[("confirm", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(refused.text.contains("Type the name of the tenant"), "{}", refused.text);
        if typed == "ACME" {
            insta::assert_snapshot!("delete_now_refused", site.main_of(&refused));
        }
    }
    assert_eq!(begun(&site, OperationKind::TenantPurge).await, 0);

    let removed = site.post(&purge, &[("confirm", " acme ")]).await;
    assert!(removed.to().starts_with("/organisations/default/operations/op_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_that_is_none_is_said_beside_it() {
    let site = site(&["acme", "bolt"]).await;
    let rename = format!("{TENANTS}/acme/rename");

    for (typed, said) in [("<b>X", "not allowed in a tenant name"), ("bolt", "bolt")] {
        let refused = site.post(&rename, &[("name", typed), ("host", "")]).await;
        refused.harmless();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        if typed == "bolt" {
            insta::assert_snapshot!("rename_refused", site.main_of(&refused));
        }
        assert!(
            refused.text.contains("name-said") && refused.text.contains(said),
            "{}",
            refused.text
        );
        assert!(
            refused.text.contains("value=\"&#60;b&#62;X\"") || typed == "bolt",
            "{}",
            refused.text
        );
    }
    let renamed = site.post(&rename, &[("name", "acme-two"), ("host", "")]).await;
    site.rest(renamed.to().rsplit('/').next().unwrap()).await;
    assert_eq!(site.get(&format!("{TENANTS}/acme-two/stop")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_stays_is_told_what_was_begun_and_what_was_refused() {
    let site = site(&["acme"]).await;
    let restart = format!("{TENANTS}/acme/restart");

    let told = site.post_by_script(&restart, &[("once", "a")]).await;
    insta::assert_snapshot!("toast_begun", site.main_of(&told));
    let id = told.text.split("/operations/").nth(1).unwrap().split('"').next().unwrap();
    site.rest(id).await;

    let refused = site.post_by_script(&format!("{TENANTS}/acme/resume"), &[("once", "b")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.headers["hx-retarget"], "#toasts");
    insta::assert_snapshot!("toast_refused", site.main_of(&refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_only_look_is_offered_nothing_and_begins_nothing() {
    let site = site(&["acme"]).await.by_member("viewer").await;

    let fleet = site.get(TENANTS).await;
    assert!(!fleet.text.contains("class=\"pick\"") && !fleet.text.contains("acme/stop"));
    assert!(!fleet.text.contains("tenants/new"), "{}", fleet.text);
    for action in ["start", "stop", "restart", "suspend", "delete", "delete-now", "rename"] {
        let path = format!("{TENANTS}/acme/{action}");
        assert_eq!(site.get(&path).await.status, StatusCode::FORBIDDEN, "{action}");
        let sent = site.post(&path, &[("confirm", "acme")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_offered_what_members_may() {
    let site = site(&["acme"]).await.by_member("member").await;

    let fleet = site.get(TENANTS).await;

    assert!(fleet.text.contains("acme/stop") && fleet.text.contains("acme/restart"));
    for other in ["acme/delete", "acme/rename", "acme/suspend", "many/delete"] {
        assert!(!fleet.text.contains(other), "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_changed_at_once_and_each_by_itself() {
    let site = site(&["acme", "bolt", "core"]).await;
    site.change("bolt", &TenantChange::Stop).await;
    let chosen = [("tenant", "acme"), ("tenant", "bolt"), ("tenant", "nobody"), ("tenant", "core")];

    let query = "tenant=acme&tenant=bolt&tenant=nobody&tenant=core";
    site.get(&format!("{MANY}/stop?{query}")).await.page();
    let mut form = chosen.to_vec();
    form.push(("once", "a"));
    let first = site.post(&format!("{MANY}/stop"), &form).await;
    let second = site.post(&format!("{MANY}/stop"), &form).await;

    assert_eq!(first.to(), second.to());
    // One of them was stopped before.
    assert_eq!(begun(&site, OperationKind::TenantStop).await, 3);
    for part in first.to().split('&').filter_map(|part| part.strip_prefix("begun=")) {
        site.rest(part).await;
    }
    insta::assert_snapshot!("many_begun", site.main_of(&site.get(first.to()).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_chosen_is_nothing_to_do() {
    let site = site(&[]).await;

    let asked = site.get(&format!("{MANY}/stop")).await;

    assert!(asked.page().contains("No tenant is chosen"));
    let hostile = site.get(&format!("{MANY}/stop?tenant=%3Cb%20onclick%3D%22x%22%3E")).await;
    assert!(hostile.page().contains("&#60;b onclick"));
    let unknown = site.get(&format!("{MANY}/begun?action=%3Cb%3E")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// Whether a box that is on a page is ticked.
fn is_ticked(seen: &Seen, id: &str) -> bool {
    let boxes = seen.text.split("<input type=\"checkbox\"").skip(1);
    let mut tags = boxes.map(|rest| rest.split('>').next().unwrap());
    let tag = tags.find(|tag| tag.contains(&format!(" id=\"{id}\"")));
    tag.unwrap_or_else(|| panic!("{id} is not in {}", seen.text)).contains(" checked")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_page_are_chosen_without_scripts() {
    let site = site(&["acme", "bolt"]).await;

    let none = site.get(TENANTS).await;
    let all = site.get(&format!("{TENANTS}?picked=all")).await;

    let boxes = ["pick-all", "pick-acme", "pick-bolt"];
    assert_eq!(boxes.map(|id| is_ticked(&none, id)), [false; 3]);
    assert_eq!(boxes.map(|id| is_ticked(&all, id)), [true; 3]);
    let part = site.part(&format!("{TENANTS}?picked=all")).await;
    assert!(
        part.text.contains("hx-get=\"/organisations/default/tenants?picked=all\""),
        "{}",
        part.text
    );
}
