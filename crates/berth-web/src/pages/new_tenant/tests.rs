use berth_engine::request::{CreateTenant, TenantFilter};
use berth_engine_testkit::{ACTOR, ORG};
use http::{StatusCode, header};

use crate::pages::testing::{HOSTILE, Site, plain};

const NEW: &str = "/organisations/default/tenants/new";
const CHECK: &str = "/organisations/default/tenants/new/check";

fn tenant(name: &str) -> CreateTenant {
    CreateTenant { name: name.to_owned(), ..CreateTenant::default() }
}

async fn names(site: &Site) -> Vec<String> {
    let all = site.process.engine.tenants(&ACTOR, ORG, &TenantFilter::default()).await.unwrap();
    all.tenants.into_iter().map(|view| view.tenant.name.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_looked_at_and_what_comes_of_it_is_said() {
    let site = Site::start().await;
    let typed = [("name", "acme"), ("stage", "test"), ("admin_password", "three small herons")];

    let first = site.post_by_script(CHECK, &typed).await;
    assert!(!first.text.contains("Ready in about"), "{}", first.text);
    assert!(!first.text.contains("heron"), "{}", first.text);
    site.running(tenant("first")).await;
    let answer = site.post_by_script(CHECK, &typed).await;

    assert_eq!(answer.status, StatusCode::OK);
    insta::assert_snapshot!("answer", plain(&answer.text));
    assert_eq!(names(&site).await, ["first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_said_beside_it() {
    let site = Site::start().await;
    site.running(tenant("acme")).await;

    for path in [CHECK, NEW] {
        let seen = site.post(path, &[("name", "acme")]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            seen.text.contains("A tenant called <code>acme</code> already exists"),
            "{}",
            seen.text
        );
        assert!(seen.text.contains("aria-invalid=\"true\""), "{}", seen.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once_and_kept_as_it_was_typed() {
    let site = Site::start().await;
    let fields = [
        "name",
        "owner",
        "stage",
        "image",
        "modules",
        "language",
        "country",
        "company",
        "admin_login",
        "admin_password",
        "email",
        "time_zone",
        "cpu",
        "memory",
        "storage",
        "host",
        "addons",
        "tags",
        "notes",
        "expires",
    ];
    let typed: Vec<(&str, &str)> = fields.iter().map(|field| (*field, HOSTILE)).collect();

    for path in [NEW, CHECK] {
        let seen = site.post(path, &typed).await;
        seen.harmless();
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        let kept = seen.text.matches("&#60;b onclick").count();
        assert!(kept >= fields.len() - 2, "{kept} in {}", seen.text);
        for field in ["name", "image", "modules", "cpu", "memory", "storage", "host", "expires"] {
            let said =
                format!("id=\"{field}-said\" aria-live=\"polite\"><p class=\"msg msg--err\"");
            assert!(seen.text.contains(&said), "{field} in {}", seen.text);
        }
        let password = seen.text.split("id=\"admin_password\"").nth(1).unwrap();
        let input = password.split('>').next().unwrap();
        assert!(!input.contains("value="), "{input}");
    }
    site.post_by_script(CHECK, &typed).await.harmless();
    assert!(names(&site).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_nobody_knows_is_refused() {
    let site = Site::start().await;

    let seen = site.post(NEW, &[("name", "acme"), ("subnet", "1")]).await;

    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(names(&site).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_makes_one_tenant() {
    let site = Site::start().await;
    let typed = [("once", "k"), ("name", "acme"), ("company", "Acme & Söhne")];

    let (first, second) = tokio::join!(site.post(NEW, &typed), site.post(NEW, &typed));
    let third = site.post(NEW, &typed).await;

    assert_eq!((first.to(), second.to()), (third.to(), third.to()));
    assert_eq!(names(&site).await, ["acme"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_the_session_but_for_the_password() {
    let site = Site::start().await.by_nobody();
    let typed = [("name", "acme"), ("notes", HOSTILE), ("admin_password", "three small herons")];

    let door = site.post(NEW, &typed).await;
    assert_eq!(door.status, StatusCode::UNAUTHORIZED);
    door.harmless();
    assert!(door.text.contains("Your session is over") && !door.text.contains("heron"));
    let kept = field(&door.text, "again");
    let who = |password| {
        [("email", "olga@example.com"), ("password", password), ("to", NEW), ("again", &kept)]
    };

    let wrong = site.post("/sign-in", &who("wrong wrong wrong")).await;
    assert_eq!(
        (wrong.status, field(&wrong.text, "again")),
        (StatusCode::UNAUTHORIZED, kept.clone())
    );
    let inside = site.post("/sign-in", &who("three small herons")).await;
    inside.harmless();
    assert_eq!(inside.status, StatusCode::OK);
    assert!(inside.headers[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-berth="));
    assert!(inside.text.contains("action=\"/organisations/default/tenants/new/check\""));
    assert!(inside.text.contains("name=\"name\" value=\"acme\""), "{}", inside.text);
    assert!(inside.text.contains("&#60;b onclick"), "{}", inside.text);
    assert!(!inside.text.contains("heron"), "{}", inside.text);
}

/// The value of a hidden field, as a browser reads it.
fn field(page: &str, name: &str) -> String {
    let at = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    let value = at.split('"').next().unwrap();
    value.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_is_signed_out_says_so_and_leaves_the_form_as_it_is() {
    let site = Site::start().await.by_nobody();

    let told = site.post_by_script(CHECK, &[("name", "acme")]).await;

    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert_eq!(told.headers["hx-retarget"], "#toasts");
    assert!(told.text.contains("You are signed out"), "{}", told.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_no_host_lends_no_folder_of_it() {
    let site = Site::start().await.by_member("member").await;

    assert!(!site.get(NEW).await.text.contains("name=\"addons\""));
    let typed = [("name", "acme"), ("stage", "development"), ("addons", "/etc")];
    let seen = site.post(NEW, &typed).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(names(&site).await.is_empty());
}
