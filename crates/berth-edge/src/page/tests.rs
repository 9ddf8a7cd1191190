use std::collections::BTreeSet;

use base64::Engine as _;

use super::*;

const REFUSALS: [Refusal; 17] = [
    Refusal::BadRequest,
    Refusal::UnknownHost,
    Refusal::Closed,
    Refusal::TooLarge,
    Refusal::CallTooLarge,
    Refusal::NotACall,
    Refusal::TooSlow,
    Refusal::Starting,
    Refusal::Busy,
    Refusal::Stopped,
    Refusal::Failed,
    Refusal::Suspended,
    Refusal::Expired,
    Refusal::NotAnswering,
    Refusal::BadAnswer,
    Refusal::NoAnswer,
    Refusal::Crowded,
];

fn manner(lines: &[(HeaderName, &str)]) -> Manner {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    Manner::of(&headers)
}

fn page(refusal: Refusal, manner: &Manner, language: Option<&str>) -> Response<String> {
    let host: HostName = "acme.localhost".parse().unwrap();
    let language: Option<Language> = language.map(|language| language.parse().unwrap());
    let id = HeaderValue::from_static("abc-1");
    let about = About { host: Some(&host), language: language.as_ref(), request_id: &id };
    render(refusal, manner, about).map(|body| String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn every_page_stands_alone_and_runs_nothing() {
    for refusal in REFUSALS {
        let page = page(refusal, &manner(&[]), None);
        let body = page.body();

        for needed in ["<html lang=\"en\" dir=\"ltr\">", "width=device-width", "<title>", "abc-1"] {
            assert!(body.contains(needed), "{refusal:?} {needed}");
        }
        for banned in ["<script", "http://", "https://", "url(", "@import", " style=", "erth"] {
            assert!(!body.contains(banned), "{refusal:?} {banned}");
        }
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert_eq!(page.headers()["x-request-id"], "abc-1");
    }
}

#[test]
fn the_policy_names_the_style_by_its_hash() {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, STYLE.as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);

    assert!(POLICY.contains(&format!("style-src 'sha256-{hash}'")), "{hash}");
}

#[test]
fn only_pages_that_will_change_reload_themselves() {
    let reloading: Vec<Refusal> = REFUSALS
        .into_iter()
        .filter(|refusal| page(*refusal, &manner(&[]), None).body().contains("refresh"))
        .collect();

    assert_eq!(reloading, [Refusal::Starting, Refusal::Busy]);
    let starting = page(Refusal::Starting, &manner(&[]), None);
    assert_eq!(starting.headers()["retry-after"], "2");
}

#[test]
fn the_tenants_language_comes_before_the_browsers() {
    let cases = [
        (Some("de_DE"), "fr", "de"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (None, "ja, es;q=0.5, nl;q=0.7", "nl"),
        (None, "pt-BR", "pt"),
        (None, "ar-EG, en;q=0.9", "ar"),
        (None, "ja", "en"),
        (Some("pt_BR"), "nl-BE", "pt"),
        (Some("ja_JP"), "nl-BE", "nl"),
        (Some("sr@latin"), ";;q=x,,", "en"),
    ];
    for (tenant, browser, expected) in cases {
        let page = page(Refusal::Stopped, &manner(&[(ACCEPT_LANGUAGE, browser)]), tenant);
        assert_eq!(page.headers()["content-language"], expected, "{tenant:?} {browser}");
        assert!(page.body().contains(&format!("<html lang=\"{expected}\" dir=")));
    }
}

#[test]
fn each_language_has_its_own_words_for_everything() {
    for refusal in REFUSALS {
        let titles: BTreeSet<&str> =
            PageLanguage::ALL.into_iter().map(|language| words(language, refusal).title).collect();
        assert_eq!(titles.len(), PageLanguage::ALL.len(), "{refusal:?}");
    }
}

/// What a visitor reads, and what a browser is told beside it.
fn read(refusal: Refusal, language: PageLanguage) -> String {
    let manner = manner(&[(ACCEPT_LANGUAGE, language.tag())]);
    let page = page(refusal, &manner, None);
    let (status, headers) = (page.status().as_u16(), page.headers().clone());
    let retry = headers.get(RETRY_AFTER).map_or("-", |value| value.to_str().unwrap());
    let cache = headers[CACHE_CONTROL].to_str().unwrap();
    let body = page.into_body();
    let (_, shown) = body.split_once("<main>").unwrap();
    let mut text = String::new();
    let mut is_markup = false;
    for ch in shown.chars() {
        match ch {
            '<' => is_markup = true,
            '>' if is_markup => {
                is_markup = false;
                text.push('\n');
            }
            ch if !is_markup => text.push(ch),
            _ => {}
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("{status}, retry after {retry}, {cache}\n  {}\n", lines.join("\n  "))
}

#[test]
fn each_page_in_each_language_is_this() {
    for language in PageLanguage::ALL {
        let pages: Vec<String> = REFUSALS
            .into_iter()
            .map(|refusal| format!("{}: {}", refusal.code(), read(refusal, language)))
            .collect();

        insta::assert_snapshot!(language.tag(), pages.join("\n"));
    }
}

#[test]
fn a_page_is_small_and_written_from_the_side_its_language_begins_on() {
    for (language, direction) in [("de_DE", "ltr"), ("ar_001", "rtl")] {
        let page = page(Refusal::Suspended, &manner(&[]), Some(language));

        assert!(page.body().contains(&format!("dir=\"{direction}\"><head>")));
        assert!(page.body().len() < 4096, "{}", page.body().len());
        insta::assert_snapshot!(format!("whole_{direction}"), page.body());
    }
}

#[test]
fn programs_get_a_problem_that_odoos_own_client_takes_for_an_error() {
    for lines in [(ACCEPT, "application/json"), (REQUESTED_WITH, "XMLHttpRequest")] {
        let page = page(Refusal::Stopped, &manner(&[lines]), None);
        assert_eq!(page.headers()["content-type"], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(page.body()).unwrap();

        assert_eq!(problem["status"], 503);
        assert_eq!(problem["code"], "stopped");
        assert_eq!(problem["request_id"], "abc-1");
        assert!(problem["error"]["data"]["name"].is_string());
    }
}

#[test]
fn escaping_leaves_no_markup() {
    assert_eq!(escape(r#"<b a="1" c='2'>&"#), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}
