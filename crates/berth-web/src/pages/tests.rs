//! Every page: what it shows, to whom, and what it does with what people typed.

mod ground;
mod hostile;
mod samples;

use std::time::Duration;

use berth_engine::request::{CreateTenant, NoteTenant};
use berth_runtime::fake::ExecAnswer;
use berth_runtime::{ExecOutput, Exit};
use berth_testkit::wait;
use http::{StatusCode, header};

use super::testing::{HOSTILE, Site, cut, plain, steady};

const DEADLINE: Duration = Duration::from_secs(30);
const FLEET: &str = "/organisations/default/tenants";
const OPERATIONS: &str = "/organisations/default/operations";

fn tenant(name: &str) -> CreateTenant {
    CreateTenant { name: name.to_owned(), ..CreateTenant::default() }
}

/// One of whom everything says something that would do harm if it were not told as text.
fn hostile(name: &str) -> CreateTenant {
    let notes = NoteTenant { notes: Some(HOSTILE.to_owned()), ..NoteTenant::default() };
    CreateTenant { company: Some(HOSTILE.to_owned()), notes, ..tenant(name) }
}

/// What stands around every page, once as operators see it and once as everybody else does.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_tenants_have_the_name_of_their_organisation_above_them_for_whoever_is_no_operator()
 {
    let site = Site::named(HOSTILE).await;
    let tags = HOSTILE.replace('\u{202e}', "");
    site.post("/organisations/default", &[("title", &tags)]).await.to();
    insta::assert_snapshot!("shell", steady(&site.get(FLEET).await.page()));

    let site = site.by_member("admin").await;
    insta::assert_snapshot!("shell_of_portal", steady(&site.get(FLEET).await.page()));
    site.running(hostile("acme")).await;
    let is_measured = async || !site.get(FLEET).await.text.contains("not measured");
    wait::until(DEADLINE, is_measured).await;

    for (name, path) in [
        ("portal_fleet", FLEET.to_owned()),
        ("portal_tenant_settings", format!("{FLEET}/acme/settings")),
        ("portal_operations", OPERATIONS.to_owned()),
        ("portal_people", "/organisations/default/people".to_owned()),
        ("portal_organisation", "/organisations/default".to_owned()),
        ("portal_quotas", "/organisations/default/quotas".to_owned()),
        ("portal_account", "/account".to_owned()),
    ] {
        insta::assert_snapshot!(name, site.main_of(&site.get(&path).await));
    }
    let site = site.by_member("viewer").await;
    insta::assert_snapshot!("viewer_fleet", site.main_of(&site.get(FLEET).await));
    insta::assert_snapshot!(
        "viewer_forbidden",
        site.main_of(&site.get(&format!("{FLEET}/new")).await)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_finds_doors_and_what_went_wrong_at_them() {
    let mut site = Site::start().await.by_nobody();
    insta::assert_snapshot!("sign_in", site.main_of(&site.get("/sign-in?to=%2Faccount").await));
    let provider = "/api/v1/sign-in/providers/corp/callback?state=1";
    insta::assert_snapshot!("elsewhere", site.main_of(&site.go(provider).await));
    site.from = "cross-site";
    let arrived = site.go("/account").await;
    insta::assert_snapshot!("arrival", plain(&arrived.text));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_comes_when_the_session_is_over_is_sent_after_signing_in_again() {
    let site = Site::start().await.by_nobody();
    let path = "/organisations/default/schedules/nightly/set";
    let typed = [("cron", HOSTILE), ("password", "three small herons")];

    let door = site.post(path, &typed).await;
    insta::assert_snapshot!("sign_in_again", site.main_of(&door));
    let toast = site.post_by_script(path, &typed).await;
    insta::assert_snapshot!("toast_signed_out", site.main_of(&toast));

    let kept = serde_urlencoded::to_string([("cron", HOSTILE)]).unwrap();
    let who = [
        ("email", "olga@example.com"),
        ("password", "three small herons"),
        ("to", path),
        ("again", &kept),
    ];
    let again = site.post("/sign-in", &who).await;
    insta::assert_snapshot!("again", site.main_of(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_not_to_be() {
    let site = Site::start().await;

    insta::assert_snapshot!("nowhere", site.main_of(&site.get("/nowhere").await));
    let nobody = site.get(&format!("{FLEET}/nobody")).await;
    insta::assert_snapshot!("no_such_tenant", site.main_of(&nobody));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_nothing_matches_says_so_and_what_it_was() {
    let site = Site::start().await;
    site.running(tenant("acme")).await;

    let query = "?text=%3Cb%20onclick%3D%22x%22%3E%E2%80%AEgnp&owner=&stage=&state=&sort=";
    let seen = site.get(&format!("{FLEET}{query}")).await;

    seen.harmless();
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.text.contains("No tenant is like that"), "{}", seen.text);
    assert!(seen.text.contains("&#60;b onclick"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_the_part_that_changes() {
    let site = Site::start().await;

    let part = site.part(FLEET).await;

    assert!(part.text.trim_start().starts_with("<div id=\"live\""), "{}", part.text);
    assert!(!part.text.contains("<html"), "{}", part.text);
    // What is around the list changes with it, and is sent beside it.
    for id in ["strip", "count", "count-tenants", "count-operations"] {
        let beside = format!("id=\"{id}\"");
        let line = part.text.lines().find(|line| line.contains(&beside)).unwrap_or_default();
        assert!(line.contains("hx-swap-oob"), "{id} is not in {}", part.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_known_is_sent_to_the_door_and_back() {
    let site = Site::start().await.by_nobody();

    let seen = site.get("/organisations/default/tenants?state=broken").await;
    assert_eq!(seen.to(), "/sign-in?to=%2Forganisations%2Fdefault%2Ftenants%3Fstate%3Dbroken");
    let part = site.part(FLEET).await;
    assert_eq!(part.status, StatusCode::NO_CONTENT);
    assert!(part.headers["hx-redirect"].to_str().unwrap().starts_with("/sign-in?to="));

    let door = site.get(seen.to()).await;
    assert!(
        door.page().contains("name=\"to\" value=\"/organisations/default/tenants?state=broken\"")
    );
    let to = ("to", "/organisations/default/tenants?state=broken");
    let who = [("email", "olga@example.com"), ("password", "three small herons"), to];
    let inside = site.post("/sign-in", &who).await;
    assert_eq!(inside.to(), to.1);
    assert!(inside.headers[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-berth="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_and_the_address_kept() {
    let site = Site::start().await.by_nobody();

    let who = [("email", "olga@example.com"), ("password", "wrong wrong wrong")];
    let seen = site.post("/sign-in", &who).await;

    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    assert!(seen.text.contains("value=\"olga@example.com\""), "{}", seen.text);
    assert!(!seen.text.contains("wrong wrong"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_claimed_is_claimed_first() {
    let site = Site::unclaimed().await;

    assert_eq!(site.get("/").await.to(), "/claim");
    assert_eq!(site.get("/sign-in").await.to(), "/claim");
    insta::assert_snapshot!("claim", site.main_of(&site.get("/claim").await));

    let typed = [("code", "nothing"), ("email", HOSTILE), ("name", HOSTILE), ("password", "short")];
    let seen = site.post("/claim", &typed).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.harmless();
    insta::assert_snapshot!("claim_with_everything_wrong", site.main_of(&seen));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_runs_nothing_but_its_own_files_and_is_kept_by_nobody() {
    let site = Site::start().await;

    let seen = site.get(FLEET).await;

    let policy = seen.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for rule in
        ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
    {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_database_that_is_away_is_told_with_what_to_do() {
    let site = Site::start().await;
    site.installation.store.close().await;

    for path in [FLEET, "/sign-in", "/account"] {
        let seen = site.get(path).await;
        assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", seen.text);
        assert_eq!(seen.headers[header::RETRY_AFTER], "5", "{path}");
        assert!(seen.text.contains("control database does not answer"), "{path}: {}", seen.text);
        assert!(seen.text.contains("its server runs"), "{path}: {}", seen.text);
        // What a driver says is for the log.
        assert!(!seen.text.contains("pool"), "{path}: {}", seen.text);
    }
    assert_eq!(site.get(crate::pages::assets::at("berth.css")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_the_fleet_and_a_stranger_sees_nothing_of_it() {
    let site = Site::start().await.by_member("viewer").await;

    assert_eq!(site.get(FLEET).await.status, StatusCode::OK);
    let strange = site.get("/organisations/other/tenants").await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    strange.harmless();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_opened_by_a_link_that_the_audit_tells_of() {
    let site = Site::start().await;
    site.running(tenant("acme")).await;
    site.installation.runtime.answer_execs(|_, _| {
        let said = "berth-session s3ss10n\n".as_bytes().into();
        let exit = Exit { code: 0, out_of_memory: false };
        ExecAnswer::Ends(vec![ExecOutput::Out(said), ExecOutput::Exit(exit)])
    });
    let path = format!("{FLEET}/acme/open-as-admin");

    site.get(&path).await.page();
    let opening = site.post(&path, &[]).await;
    assert_eq!(opening.status, StatusCode::OK, "{}", opening.text);
    let start = "0;url=http://acme.localhost:8069/_berth/login/";
    assert!(opening.text.contains(start), "{}", opening.text);
    insta::assert_snapshot!("opening", cut(&plain(&opening.text), "/_berth/login/", "\""));
    assert_eq!(opening.headers[header::REFERRER_POLICY], "no-referrer");
    let site = site.by_member("viewer").await;
    assert_eq!(site.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
}
