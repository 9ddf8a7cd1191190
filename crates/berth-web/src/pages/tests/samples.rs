//! Every page in its samples: where all is well, where something is broken, where there is nothing yet, and where
//! every text that somebody typed would do harm if it were not shown as text.
//!
//! Which pages there are is read from the table of routes. A new one is sampled without a word here, unless it
//! has something of a new kind in its address, or a query without which it shows nothing: see [`query`]. What has
//! no sample somewhere is told in [`left_out`], with the reason.

mod grounds;
mod silence;

use http::StatusCode;

use super::super::testing::uncounted;
use super::ground::Ground;
use crate::routes::{self, Route};

/// Where a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Running,
    Broken,
    Empty,
    Hostile,
}

/// Routes without a sample of their own, wherever it would be, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("home_page", "it sends on"),
    ("sign_in_page", "whoever is known is sent on from there: see `answers`"),
    ("claim_page", "it is there before anybody is known: see `answers`"),
    ("live_stream", "it has no end"),
    ("tenant_logs_stream", "it has no end"),
    ("tenant_logs_file", "it is a file"),
    ("tenant_backup_file", "it is a file"),
    ("asset", "it is a file"),
    ("unlink_person_page", "nobody is linked without a provider"),
];

/// Pages that ask before something is done to a thing, or show one form, and look the same whether all is well
/// or not.
const SAME_WHERE_BROKEN: [&str; 34] = [
    "account_page",
    "adopt_orphan_page",
    "clear_quota_page",
    "configuration_page",
    "delete_organisation_page",
    "delete_schedule_page",
    "delete_webhook_page",
    "disable_person_page",
    "enable_person_page",
    "install_modules_page",
    "join_link_page",
    "join_page",
    "member_sessions_page",
    "new_schedule_page",
    "new_tenant_page",
    "organisation_page",
    "organisations_page",
    "palette_page",
    "person_sessions_page",
    "remove_member_page",
    "remove_orphans_page",
    "remove_upload_page",
    "reset_person_page",
    "revoke_installation_token_page",
    "revoke_invitation_page",
    "revoke_operator_invitation_page",
    "revoke_token_page",
    "set_schedule_page",
    "uninstall_modules_page",
    "upgrade_modules_page",
    "webhooks_page",
    "all_people_page",
    "people_page",
    "quota_page",
];

impl Where {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Broken => "broken",
            Self::Empty => "empty",
            Self::Hostile => "hostile",
        }
    }

    /// Why a route has no sample here. `None`: it has one.
    fn left_out(self, route: &Route) -> Option<&'static str> {
        if let Some((_, why)) = LEFT_OUT.iter().find(|(id, _)| *id == route.id) {
            return Some(why);
        }
        // What is done to many is asked about in the same words, whatever it is.
        if route.id.ends_with("_many_page") && route.id != "stop_many_page" && self != Self::Running
        {
            return Some("it is like `stop_many_page`");
        }
        match self {
            Self::Broken if SAME_WHERE_BROKEN.contains(&route.id) => Some("it is the same"),
            Self::Empty if is_about_one(route) => Some("there is none of it"),
            _ => None,
        }
    }
}

/// Whether it is about one thing, other than a tenant.
fn is_about_one(route: &Route) -> bool {
    let names = route
        .path
        .split('/')
        .filter(|part| part.starts_with('{'))
        .skip_while(|part| *part == "{org}");
    let is_of_tenant = route.path.contains("/tenants/{name}");
    let is_chosen =
        ["remove_orphans_page", "adopt_orphan_page", "clear_quota_page"].contains(&route.id);
    is_chosen || (names.count() > 0 && !is_of_tenant)
}

/// What a page is asked, which shows nothing else.
fn query(ground: &Ground, route: &Route) -> String {
    let begun = &ground.operation;
    match route.id {
        "many_begun_page" => {
            format!("?action=stop&begun={begun}&begun={}&refused=core", ground.told)
        }
        "install_modules_page" => "?module=calendar&module=appointment".to_owned(),
        "upgrade_modules_page" | "uninstall_modules_page" => "?module=crm".to_owned(),
        "tenant_modules_page" if !ground.lost.is_empty() => "?state=all".to_owned(),
        "remove_orphans_page" => format!("?orphan={}", grounds::FOLDER.replace('/', "%2F")),
        "adopt_orphan_page" => format!("?orphan={}", ground.lost.replace('/', "%2F")),
        "quota_page" | "clear_quota_page" => format!("?owner={}", grounds::OWNER_CODED),
        id if id.ends_with("_many_page") => "?tenant=acme&tenant=core&tenant=nobody".to_owned(),
        _ => String::new(),
    }
}

/// The address of a page. What is done to a tenant is asked about one to which it can be done, where there is one.
fn path(ground: &Ground, (route, at): (&Route, Where)) -> String {
    let end = route.path.rsplit('/').next().unwrap_or_default();
    let tenant = match end {
        "start" => "core",
        "resume" => "dusk",
        "unarchive" => "elm",
        "restore-deleted" => "fern",
        _ => "acme",
    };
    let tenant = if matches!(at, Where::Running | Where::Hostile) { tenant } else { "acme" };
    let path = ground.path(route).replace("/tenants/bolt", &format!("/tenants/{tenant}"));
    // The first one is always there.
    let path = match route.id {
        "delete_organisation_page" if at != Where::Empty => path.replace("/default/", "/bolt/"),
        _ => path,
    };
    format!("{path}{}", query(ground, route))
}

fn pages() -> impl Iterator<Item = Route> {
    routes::all().into_iter().filter(|route| route.is_page && route.method == "GET")
}

/// Has each of these pages be as it was.
async fn sample(ground: &Ground, at: Where, is_wanted: impl Fn(&Route) -> bool) {
    let mut faults = Vec::new();
    for route in pages().filter(|route| at.left_out(route).is_none() && is_wanted(route)) {
        let path = path(ground, (&route, at));
        let seen = ground.site.get(&path).await;
        assert!(seen.is_html(), "{path}: {}", seen.status);
        let is_shown = matches!(seen.status, StatusCode::OK | StatusCode::CONFLICT);
        assert!(is_shown || at == Where::Empty, "{path}: {} {}", seen.status, seen.text);
        let name = format!("{}_{}", route.id, at.as_str());
        let main = ground.site.main_of(&seen);
        let is_of_machine = ["disk_page", "doctor_page", "settings_page"].contains(&route.id);
        let main = if is_of_machine { uncounted(&main) } else { main };
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, main);
        });
        let shown = machine_words(&seen.text).map(|it| format!("{path} shows backticks: {it}"));
        faults.extend(shown);
        faults.extend(twice(&seen.text).iter().map(|id| format!("{path} has the id {id} twice")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A line of a page in which something stands between backticks, outside of what is shown as it was written.
fn machine_words(page: &str) -> Option<&str> {
    page.lines().find(|line| line.contains('`') && !line.contains("<pre"))
}

/// The ids that stand on a page more than once.
fn twice(page: &str) -> Vec<&str> {
    let ids = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    let pairs = ids.windows(2).filter(|pair| pair[0] == pair[1]);
    pairs.map(|pair| pair[0]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_what_runs() {
    let ground = grounds::running().await;

    sample(&ground, Where::Running, |_| true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_what_is_broken() {
    let ground = grounds::broken().await;

    sample(&ground, Where::Broken, |_| true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_where_there_is_nothing_yet() {
    let is_of_tenant = |route: &Route| route.path.contains("/tenants/{name}");
    let ground = grounds::empty().await;
    sample(&ground, Where::Empty, |route| !is_of_tenant(route)).await;

    grounds::begin(&ground).await;
    sample(&ground, Where::Empty, is_of_tenant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_texts_that_would_do_harm() {
    let ground = grounds::hostile().await;

    sample(&ground, Where::Hostile, |_| true).await;
}

#[test]
fn what_is_left_out_is_there() {
    let ids: Vec<&str> = pages().map(|route| route.id).collect();

    for id in LEFT_OUT.iter().map(|(id, _)| id).chain(&SAME_WHERE_BROKEN) {
        assert!(ids.contains(id), "there is no page {id}");
    }
}
