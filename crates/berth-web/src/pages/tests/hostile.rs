//! Every field of every form, with texts of people who want something else to happen.
//!
//! Which forms there are is read from the table of routes, and what can be typed into each is asked of the
//! routes themselves. A new form is tried without a word here, unless it has a field of a new name or answers
//! in a way of its own: then this fails until [`right`] says so.
//!
//! The control database is on PostgreSQL, which takes fewer texts than SQLite.

mod kept;
mod right;

use std::collections::BTreeSet;

use berth_engine::request::{CreateTenant, NoteTenant};
use berth_testkit::hostile;
use http::StatusCode;

use super::super::testing::{HOSTILE, Seen};
use super::ground::{Ground, LINES};
use crate::routes::{self, Route};
use right::{beside, comes_without_form};

/// A field that no form has.
const UNKNOWN: &str = "no_such_field";
/// What every form may answer: where its effect is seen, or itself with what is wrong.
const USUAL: [u16; 3] = [303, 409, 422];
/// What every page may answer to a query: itself, or what cannot be asked of it.
const ASKED: [u16; 6] = [200, 303, 400, 404, 409, 422];

/// What is asked for in the place of names that stand in addresses.
const NAMES: [&str; 6] = [HOSTILE, "\u{0}", "a\u{0}b", "..", "%2f/", "'; DROP TABLE tenant; --"];

/// What is typed into a field: what is no name only where a name is asked for, everything else everywhere.
fn texts(field: &str) -> BTreeSet<&'static str> {
    let is_name = ["name", "host", "tenant", "confirm", "text", "q"].contains(&field);
    let names = if is_name { &hostile::NAMES[..] } else { &[] };
    let all = [names, &hostile::WORDS, &hostile::MARKUP, &[HOSTILE, "", "\u{0}", "a\u{0}b"]];
    all.concat().into_iter().collect()
}

fn pages(method: &str) -> Vec<Route> {
    let mut pages = routes::all();
    pages.retain(|route| route.is_page && route.method == method);
    // Whoever signed out can send nothing more.
    pages.sort_by_key(|route| route.id == "sign_out_form");
    pages
}

/// Whether it is about tenants, and not about people and who they are.
fn is_of_tenants(route: &Route) -> bool {
    ["/tenants", "/many", "/operations"].iter().any(|part| route.path.contains(part))
}

/// The fields that a refusal of an unknown one names.
fn fields(refusal: &Seen) -> Vec<String> {
    if refusal.status != StatusCode::BAD_REQUEST {
        return Vec::new();
    }
    let unknown = format!("unknown field <code>{UNKNOWN}</code>");
    let (_, rest) = refusal.text.split_once(&unknown).unwrap();
    let said = rest.lines().next().unwrap();
    let names = said.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next());
    names.map(str::to_owned).collect()
}

/// What is wrong with an answer to a text: Berth failed, or something of it is more than text.
fn harm(seen: &Seen, text: &str) -> Option<&'static str> {
    if seen.status.as_u16() >= 500 {
        return Some("Berth failed");
    }
    let is_markup = text.contains(['<', '>', '"', '\'']);
    let does_something = |c: char| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || (c.is_control() && !matches!(c, '\n' | '\t'))
    };
    if !seen.is_html() {
        return None;
    }
    if is_markup && seen.text.contains(text) {
        return Some("it is not shown as text");
    }
    seen.text.contains(does_something).then_some("a character does something")
}

/// Sends one form with one text in one field, and everything else right. Returns what is wrong.
async fn send(
    ground: &Ground,
    (route, known): (&Route, &[String]),
    (field, text): (&str, &str),
) -> Option<String> {
    let path = ground.path(route);
    let fields = ground.form((route, &path), known, (field, text)).await;
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let seen = ground.site.post(&path, &fields).await;
    let status = seen.status.as_u16();
    let wrong = match status {
        422 if comes_without_form(route.id, field) => None,
        422 => kept::fault(&seen.text, &path, (field, text)),
        303 => harm(&ground.site.get(seen.to()).await, text).map(str::to_owned),
        status if USUAL.contains(&status) || beside(route.id).contains(&status) => None,
        _ => Some("it is not answered so".to_owned()),
    };
    let wrong = wrong.or_else(|| harm(&seen, text).map(str::to_owned))?;
    Some(format!("{}: {field} = {text:?}: {status}: {wrong}", route.id))
}

/// Sends every form with every text in every field. Returns what is wrong.
async fn send_everything(ground: &Ground, forms: &[Route]) -> Vec<String> {
    let mut faults = Vec::new();
    for route in forms {
        let path = ground.path(route);
        let known = fields(&ground.site.post(&path, &[(UNKNOWN, "1")]).await);
        for field in &known {
            for text in texts(field) {
                faults.extend(send(ground, (route, &known), (field, text)).await);
            }
        }
        // The key by which a form is known again.
        for text in ["", "a b", "\u{0}", HOSTILE, &"a".repeat(300)] {
            faults.extend(send(ground, (route, &known), ("once", text)).await);
        }
    }
    faults
}

/// Opens every page, and asks for it with every text in every part of the query. Returns what is wrong.
async fn ask_everything(ground: &Ground, pages: &[Route]) -> Vec<String> {
    let mut faults = look_at_everything(ground, pages).await;
    for route in pages {
        let path = ground.path(route);
        for field in fields(&ground.site.get(&format!("{path}?{UNKNOWN}=1")).await) {
            for text in texts(&field) {
                let query = serde_urlencoded::to_string([(&field, text)]).unwrap();
                let seen = ground.site.get(&format!("{path}?{query}")).await;
                let status = seen.status.as_u16();
                let is_usual = ASKED.contains(&status);
                let wrong = harm(&seen, text).or((!is_usual).then_some("it is not answered so"));
                faults.extend(wrong.map(|wrong| format!("{path}?{query}: {status}: {wrong}")));
            }
        }
    }
    faults
}

/// Opens every page. Returns what is wrong.
async fn look_at_everything(ground: &Ground, pages: &[Route]) -> Vec<String> {
    let mut faults = Vec::new();
    for route in pages {
        let path = ground.path(route);
        let seen = ground.site.get(&path).await;
        let wrong = texts("name").into_iter().find_map(|text| harm(&seen, text));
        faults.extend(wrong.map(|wrong| format!("{path}: {}: {wrong}", seen.status)));
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_that_is_typed_into_a_form_about_tenants_does_harm() {
    let ground = Ground::prepare().await;
    let (mut forms, mut pages) = (pages("POST"), pages("GET"));
    forms.retain(is_of_tenants);
    pages.retain(is_of_tenants);

    let mut faults = send_everything(&ground, &forms).await;
    let details =
        NoteTenant { notes: Some(hostile::MARKUP[..6].join(" ")), ..NoteTenant::default() };
    let wish = CreateTenant {
        name: "core".to_owned(),
        company: Some(HOSTILE.to_owned()),
        notes: details,
        ..CreateTenant::default()
    };
    ground.site.running(wish).await;
    faults.extend(ask_everything(&ground, &pages).await);

    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_that_is_typed_into_a_form_about_people_does_harm() {
    let mut ground = Ground::prepare().await;
    let (mut forms, mut pages) = (pages("POST"), pages("GET"));
    forms.retain(|route| !is_of_tenants(route));
    pages.retain(|route| !is_of_tenants(route));

    let mut faults = ask_everything(&ground, &pages).await;
    faults.extend(send_everything(&ground, &forms).await);
    ground.site.sign_in().await;
    faults.extend(look_at_everything(&ground, &pages).await);

    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_of_a_log_does_harm_on_its_page_or_as_it_comes() {
    let ground = Ground::prepare().await;
    let logs = "/organisations/default/tenants/acme/logs";
    let page = ground.site.get(logs).await;
    let (_, rest) =
        page.text.split_once("hx-sse:connect=\"/organisations/default/tenants/").unwrap();
    let live = rest.split('"').next().unwrap().replace("&#38;", "&");
    let mut stream = ground.site.stream(&format!("/organisations/default/tenants/{live}")).await;

    let lines = [&hostile::WORDS[..], &hostile::MARKUP, &LINES, &["that was all"]].concat();
    ground.site.says("acme", &lines).await;
    let told = Seen { text: stream.until("that was all").await.to_owned(), ..page };
    let page = ground.site.get(logs).await;

    for text in texts("name").into_iter().chain(LINES) {
        assert_eq!((harm(&told, text), harm(&page, text)), (None, None), "{text:?}");
    }
    assert!(page.text.contains("that was all"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_in_the_place_of_a_name_in_an_address_does_harm() {
    let ground = Ground::prepare().await;
    let mut faults = Vec::new();

    for route in pages("GET").iter().chain(&pages("POST")) {
        for text in NAMES {
            for path in ground.paths_with(route, text) {
                let seen = match route.method {
                    "GET" => ground.site.get(&path).await,
                    _ => ground.site.post(&path, &[]).await,
                };
                let status = seen.status.as_u16();
                let is_found = !matches!(status, 303 | 400 | 404 | 409 | 422);
                let wrong = harm(&seen, text).or(is_found.then_some("there is none of that name"));
                faults.extend(wrong.map(|wrong| format!("{path}: {status}: {wrong}")));
            }
        }
    }

    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_that_comes_when_the_session_is_over_is_kept_but_for_its_secrets() {
    let ground = Ground::prepare().await;
    let mut wanted = Vec::new();
    for route in
        pages("POST").into_iter().filter(|route| !routes::is_open(&http::Method::POST, route.path))
    {
        let path = ground.path(&route);
        let known = match route.id {
            // It would end the session.
            "sign_out_form" => Vec::new(),
            _ => fields(&ground.site.post(&path, &[(UNKNOWN, "1")]).await),
        };
        wanted.push((path, known));
    }
    let site = ground.site.by_nobody();

    for (path, known) in wanted {
        let typed: Vec<(&str, &str)> =
            known.iter().map(|field| (field.as_str(), "<b>heron</b>")).collect();
        let seen = site.post(&path, &typed).await;

        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{path}: {}", seen.text);
        let kept = seen.text.split("name=\"again\" value=\"").nth(1).unwrap_or_default();
        let kept = kept.split('"').next().unwrap_or_default();
        for field in &known {
            let is_secret =
                ["password", "code", "secret", "token"].iter().any(|it| field.contains(it));
            let is_kept = kept.contains(&format!("{field}=%3Cb%3Eheron"));
            assert_eq!(is_kept, !is_secret, "{path}: {field} in {kept}");
        }
        assert!(!seen.text.contains("<b>heron"), "{}", seen.text);
    }
}
