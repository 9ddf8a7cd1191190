//! A tenant's own pages: what they show, to whom, and what they do with what people typed.

use std::time::Duration;

use berth_domain::{Tag, TenantState, Timestamp};
use berth_engine::request::{AuditFilter, CreateTenant, NoteTenant, SetTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use berth_testkit::wait;
use http::{StatusCode, header};

use crate::pages::testing::{HOSTILE, Seen, Site, cut, plain};

const DEADLINE: Duration = Duration::from_secs(30);
const ONE: &str = "/organisations/default/tenants/acme";
const LOGS: &str = "/organisations/default/tenants/acme/logs";
const SETTINGS: &str = "/organisations/default/tenants/acme/settings";

/// One of whom everything says something that would do harm if it were not told as text.
fn acme() -> CreateTenant {
    let notes = NoteTenant {
        notes: Some(HOSTILE.to_owned()),
        owner: Some("<b>anna</b>".to_owned()),
        tag: vec!["eu".to_owned()],
        expires: Some("2099-12-31".to_owned()),
        storage: Some("10GiB".to_owned()),
        ..NoteTenant::default()
    };
    CreateTenant {
        name: "acme".to_owned(),
        company: Some(HOSTILE.to_owned()),
        email: Some("it@acme.example".to_owned()),
        notes,
        ..CreateTenant::default()
    }
}

/// The page of a tenant once everything is known of it that is found out behind it.
async fn settled(site: &Site) -> Seen {
    site.process.engine.reconcile_tenant(&ACTOR, ORG, "acme").await.unwrap();
    let is_settled = |text: &str| text.contains(">checked ") && !text.contains("not measured");
    wait::until(DEADLINE, async || is_settled(&site.get(ONE).await.text)).await;
    site.get(ONE).await
}

async fn say(site: &Site, lines: &[&str]) {
    site.says("acme", lines).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_tenant_says_first_what_is_wrong_and_what_helps() {
    let site = Site::start().await;
    site.running(acme()).await;
    site.break_down("acme").await;

    let page = site.get(ONE).await.page();

    assert!(page.find("note--err") < page.find("Containers"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_does_not_wait_for_an_engine_that_does_not_answer() {
    let site = Site::start().await;
    site.running(acme()).await;
    settled(&site).await;
    site.installation.runtime.set_reachable(false);

    let seen = site.get(ONE).await;

    assert!(seen.page().contains("Running"), "{}", seen.text);
    assert_eq!(site.part(&format!("{ONE}/health")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_stopped_says_so_and_nobody_asks_it_how_it_is() {
    let site = Site::start().await;
    site.running(acme()).await;
    site.change("acme", &TenantChange::Stop).await;

    let page = settled(&site).await.page();

    for text in ["Stopped", "It does not run, so that nobody asks it how it is."] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(!page.contains("Login page"), "{page}");
    assert!(page.contains("<button class=\"btn\" form=\"act\""), "it can be started: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_removed_for_good_from_its_settings() {
    let site = Site::start().await;
    site.running(acme()).await;
    site.change("acme", &TenantChange::Delete).await;

    let page = site.get(&format!("{ONE}/settings")).await.page();

    let (_, grave) = page.split_once("Dangerous").unwrap();
    assert!(grave.contains(&format!("href=\"{ONE}/delete-now\"")), "{grave}");
    assert!(grave.contains("It is gone for good, at once."), "{grave}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fills_too_much_says_how_much_and_where_the_limit_is_raised() {
    let site = Site::start().await;
    site.running(acme()).await;
    settled(&site).await;
    let known = site.process.engine.known_tenant(&ACTOR, ORG, "acme").await.unwrap();
    let tenant = known.tenant.tenant;
    let over = TenantState::OverLimit { since: site.process.engine.now() };
    site.installation.put_state(tenant.id, &tenant.state, &over).await;

    let page = site.get(ONE).await.page();

    let note = page.lines().find(|line| line.contains("note--warn")).unwrap();
    insta::assert_snapshot!("trouble_of_one_that_is_over_its_limit", note);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_which_nothing_stands_says_so() {
    let site = Site::start().await;
    site.running(acme()).await;

    assert!(site.get(LOGS).await.page().contains("Nothing was said yet."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_which_the_engine_keeps_the_rest_shows_what_there_is() {
    let site = Site::start().await;
    site.running(acme()).await;
    site.installation.runtime.set_reachable(false);

    let seen = site.get(LOGS).await;

    assert!(seen.page().contains("</html>"), "the page is whole");
    assert!(seen.text.contains("cannot be read"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_get_the_parts_that_change() {
    let site = Site::start().await;
    site.running(acme()).await;

    for (path, part) in [
        (format!("{ONE}?part=top"), "<div id=\"top\""),
        (ONE.to_owned(), "<div class=\"body\" id=\"live\""),
        (format!("{ONE}/health"), "<section class=\"panel\" id=\"health\""),
        (LOGS.to_owned(), "<div id=\"top\""),
        (SETTINGS.to_owned(), "<div id=\"top\""),
    ] {
        let seen = site.part(&path).await;
        assert!(seen.text.trim_start().starts_with(part), "{path}: {}", seen.text);
        assert!(!seen.text.contains("<html"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_how_it_is_and_nothing_else() {
    let site = Site::start().await;
    site.running(acme()).await;
    let site = site.by_member("viewer").await;

    let page = site.get(ONE).await.page();

    for absent in ["/logs", "/settings", "/password", "Sign-in data"] {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
    for path in [LOGS, SETTINGS] {
        assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(site.post(&format!("{ONE}/password"), &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_not_there_is_said_not_to_be() {
    let site = Site::start().await;

    for end in ["", "/health", "/logs", "/logs/live", "/settings"] {
        let seen = site.get(&format!("/organisations/default/tenants/nobody{end}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_shown_to_whoever_asks_for_it_and_that_is_written_down() {
    let site = Site::start().await;
    site.running(acme()).await;
    let known = site.process.engine.show_password(&ACTOR, ORG, "acme").await.unwrap();

    let seen = site.post(&format!("{ONE}/password"), &[]).await;

    assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
    let password = secrecy::ExposeSecret::expose_secret(&known.password).to_owned();
    assert!(
        seen.text.contains(&format!("<code id=\"password\">{password}</code>")),
        "{}",
        seen.text
    );
    insta::assert_snapshot!("password", cut(&site.main_of(&seen), "id=\"password\">", "<"));
    assert!(!site.get(ONE).await.text.contains(&password));
    let asked = AuditFilter { action: Some("password.show".to_owned()), ..AuditFilter::default() };
    let written = site.process.engine.audit(&ACTOR, Some(ORG), &asked).await.unwrap();
    assert_eq!(written.items.len(), 2, "{written:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_is_set_once_shown_once_and_refused_where_it_is_too_short() {
    let site = Site::start().await;
    site.running(acme()).await;
    let path = format!("{ONE}/password/new");
    let known = async || {
        let known = site.process.engine.show_password(&ACTOR, ORG, "acme").await.unwrap();
        secrecy::ExposeSecret::expose_secret(&known.password).to_owned()
    };
    let before = known().await;

    let refused = site.post(&path, &[("password", "short")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("new-password-said"), "{}", refused.text);
    assert!(!refused.text.contains("short\""), "what is typed as a password does not come back");
    assert_eq!(known().await, before);

    let sent = [("password", "three small herons"), ("once", "press")];
    let answer = site.post(&path, &sent).await;
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert!(
        answer.text.contains("<code id=\"password\">three small herons</code>"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("This is the password now."), "{}", answer.text);
    assert_eq!(known().await, "three small herons");

    let again = site.post(&path, &[("password", ""), ("once", "press")]).await;
    assert_ne!(again.status, StatusCode::OK, "a second press sets nothing: {}", again.text);
    assert_eq!(known().await, "three small herons");

    let made_up = site.post(&path, &[("password", "")]).await.text;
    let shown = made_up.split("<code id=\"password\">").nth(1).unwrap();
    assert_eq!(shown.split('<').next().unwrap(), known().await);
    assert_ne!(known().await, "three small herons");
}

/// The form as a browser would send it back.
fn form(page: &str) -> Vec<(String, String)> {
    let part = |text: &str, name: &str| -> Option<String> {
        let from = text.find(&format!("{name}=\""))? + name.len() + 2;
        Some(text[from..].split('"').next()?.to_owned())
    };
    let form = &page[page.find(&format!("<form method=\"post\" action=\"{SETTINGS}\"")).unwrap()..];
    let form = &form[..form.find("</form>").unwrap()];
    let mut fields = Vec::new();
    for input in form.split("<input").skip(1) {
        let input = &input[..input.find('>').unwrap()];
        let (name, value) = (part(input, "name").unwrap(), part(input, "value").unwrap());
        fields.push((name, unescaped(&value)));
    }
    let stage = form.split("<option").find(|option| option.contains(" selected")).unwrap();
    fields.push(("stage".to_owned(), part(stage, "value").unwrap()));
    let notes = &form[form.find("<textarea").unwrap()..];
    let notes = &notes[notes.find(">\n").unwrap() + 2..notes.find("</textarea>").unwrap()];
    fields.push(("notes".to_owned(), unescaped(notes)));
    fields
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

/// Sends it with some fields typed anew.
async fn send(site: &Site, fields: &[(String, String)], typed: &[(&str, &str)]) -> Seen {
    let of = |name: &str| typed.iter().find(|(other, _)| *other == name).map(|(_, text)| *text);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), of(name).unwrap_or(value))).collect();
    site.post(SETTINGS, &fields).await
}

fn modest() -> CreateTenant {
    let notes = NoteTenant { notes: Some("pays\nlate".to_owned()), ..acme().notes };
    CreateTenant { notes, ..acme() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_holds_at_once_and_is_said_to() {
    let site = Site::start().await;
    site.running(modest()).await;
    let page = site.get(SETTINGS).await;

    let typed = [("owner", "bea"), ("tags", "vip"), ("notes", "pays\r\nearly"), ("expires", "")];
    let seen = send(&site, &form(&page.text), &typed).await;

    assert_eq!(seen.to(), "/organisations/default/tenants/acme/settings?noted=1");
    assert!(site.get(seen.to()).await.page().contains("It is noted."));
    let view = site.process.engine.known_tenant(&ACTOR, ORG, "acme").await.unwrap();
    let details = view.tenant.tenant.details;
    assert_eq!(details.owner.unwrap().as_str(), "bea");
    assert_eq!(details.tags.as_slice().iter().map(Tag::as_str).collect::<Vec<_>>(), ["vip"]);
    assert_eq!(details.notes.unwrap().as_str(), "pays\nearly");
    assert_eq!(details.expires_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_limits_lead_to_the_operation_and_a_form_sent_twice_counts_once() {
    let site = Site::start().await;
    site.running(modest()).await;
    let fields = form(&site.get(SETTINGS).await.text);

    let first = send(&site, &fields, &[("pids", "300")]).await;
    let second = send(&site, &fields, &[("pids", "300")]).await;

    assert!(first.to().starts_with("/organisations/default/operations/op_"), "{}", first.to());
    assert_eq!(second.to(), first.to());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_is_said_at_its_field_and_everything_typed_is_kept() {
    let site = Site::start().await;
    site.running(modest()).await;
    let fields = form(&site.get(SETTINGS).await.text);

    let typed = [
        ("cpu", HOSTILE),
        ("memory", "1 banana"),
        ("pids", "many"),
        ("storage", "1MiB"),
        ("stage", "<b>"),
        ("owner", "a b"),
        ("expires", "yesterday"),
        ("tags", "Not One, also Not"),
        ("notes", "\u{7}"),
    ];
    let seen = send(&site, &fields, &typed).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.harmless();
    insta::assert_snapshot!("settings_with_everything_wrong", plain(&seen.text));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changed_meanwhile_is_said_and_nothing_is_lost() {
    let site = Site::start().await;
    site.running(modest()).await;
    let fields = form(&site.get(SETTINGS).await.text);
    let notes = NoteTenant { owner: Some("bea".to_owned()), ..NoteTenant::default() };
    let other = SetTenant { notes, ..SetTenant::default() };
    site.process.engine.set_tenant(&ACTOR, ORG, "acme", &other).await.unwrap();

    let seen = send(&site, &fields, &[("tags", "vip")]).await;

    assert_eq!(seen.status, StatusCode::CONFLICT);
    for text in [
        "Somebody else changed it meanwhile",
        "value=\"vip\"",
        "In force now: eu",
        "In force now: bea",
    ] {
        assert!(seen.text.contains(text), "{text} is not in {}", seen.text);
    }
    assert!(!seen.text.contains("In force now: pays"), "{}", seen.text);
    let again = send(&site, &form(&seen.text), &[("owner", "bea")]).await;
    assert_eq!(again.to(), "/organisations/default/tenants/acme/settings?noted=1");
}

const INFO: &str =
    "2026-05-04 10:00:00,123 7 INFO t_1 odoo.service.server: \u{1b}[32mready\u{1b}[0m";
const ERROR: &str =
    "2026-05-04 10:00:00,124 9 ERROR t_1 odoo.http: <b onclick=\"x\">\u{202e}gnp</b>";
const TRACE: &str = "Traceback (most recent call last):";
const END: &str = "KeyError: '<script>alert(1)</script>'";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_there_without_a_script_and_does_nothing() {
    let site = Site::start().await;
    site.running(acme()).await;
    say(&site, &[INFO, ERROR, TRACE, "  File \"/opt/x.py\", line 1", END]).await;

    let seen = site.get(&format!("{LOGS}?level=info&tail=100")).await;

    seen.page();
    for said in ["ready</span>", "&#60;b onclick=", "<pre>Traceback", "&#60;script&#62;alert(1)"] {
        assert!(seen.text.contains(said), "{said} is not in {}", seen.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_shows_what_was_searched_for() {
    let site = Site::start().await;
    site.running(acme()).await;
    say(&site, &[INFO, ERROR, TRACE, END]).await;

    let seen = site.get(&format!("{LOGS}?search=keyerror&level=error")).await;

    seen.harmless();
    assert!(seen.text.contains("<mark>KeyError</mark>: &#39;&#60;script&#62;"), "{}", seen.text);
    assert!(!seen.text.contains("odoo.service.server"), "{}", seen.text);
    assert!(
        seen.text.contains("logs/live?search=keyerror&#38;level=error&#38;after="),
        "{}",
        seen.text
    );
    let none = site.get(&format!("{LOGS}?search=%3Cb%20onclick%3D%22x%22%3Enothing")).await;
    none.harmless();
    assert!(none.text.contains("Nothing matches the filter."), "{}", none.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_of_a_log_is_said() {
    let site = Site::start().await;
    site.running(acme()).await;

    let seen = site.get(&format!("{LOGS}?since=%3Cb%20onclick%3D%22x%22%3E&level=loud")).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.harmless();
    for text in ["Since: ", "Level: "] {
        assert!(seen.text.contains(text), "{text} is not in {}", seen.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_a_file_too() {
    let site = Site::start().await;
    site.running(acme()).await;
    say(&site, &[INFO, ERROR]).await;

    let seen = site.get(&format!("{LOGS}/file?level=error")).await;

    assert_eq!(seen.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"acme.log\"");
    assert_eq!(seen.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let [line] = &seen.text.lines().collect::<Vec<_>>()[..] else { panic!("{}", seen.text) };
    let (at, said) = line.split_once(' ').unwrap();
    assert!(at.parse::<Timestamp>().is_ok(), "{line}");
    assert!(said.ends_with("ERROR t_1 odoo.http: <b onclick=\"x\">[U+202E]gnp</b>"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_later_comes_as_it_is_shown() {
    let site = Site::start().await;
    site.running(acme()).await;
    say(&site, &[INFO]).await;
    let page = site.get(LOGS).await.text;
    let from = page.find("hx-sse:connect=\"/organisations/default/tenants/").unwrap();
    let path = unescaped(page[from + "hx-sse:connect=\"".len()..].split('"').next().unwrap());

    let mut stream = site.stream(&path).await;
    say(&site, &[ERROR, TRACE, END, INFO]).await;
    let told = stream.until("ready").await;

    assert!(told.contains("data: <li class=\"log__fold\" data-l=\"err\">"), "{told}");
    assert!(told.contains("id: "), "{told}");
    assert_eq!(told.matches("odoo.http").count(), 1, "{told}");
    assert!(!told.contains("\u{202e}") && !told.contains("<script"), "{told}");
}
