use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;

#[test]
fn the_routes_and_their_rights_are_this_table() {
    let mut table = String::new();
    for route in all() {
        writeln!(table, "{:<12} {:<6} {}", route.needs.as_str(), route.method, route.path).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_route_is_described_once() {
    let routes = all();
    let ids: BTreeSet<_> = routes.iter().map(|route| route.id).collect();

    assert_eq!(ids.len(), routes.len());
    assert!(routes.iter().all(|route| !route.id.is_empty() && !route.answers.is_empty()));
}

#[test]
fn no_route_takes_a_secret_in_its_query() {
    let document = crate::openapi::document().to_string();

    for word in ["\"name\":\"token\"", "\"name\":\"password\"", "\"name\":\"key\""] {
        assert!(!document.contains(word), "{word}");
    }
}

#[test]
fn a_path_with_a_secret_is_told_without_it() {
    for path in ["/join/ABCDE", "/join/ABCDE/", "/join/a/b", "/join/ABCDE>", "/join//"] {
        assert_eq!(told(path), "/join/{code}", "{path}");
    }
    for path in ["/join", "/join/", "/joint/x", "/people", "/api/v1/join/x"] {
        assert_eq!(told(path), path);
    }
}

#[test]
fn nobody_gets_as_far_as_these_routes_and_no_further() {
    let open: Vec<_> = all()
        .iter()
        .filter(|route| route.needs == Needs::Nobody)
        .map(|route| (route.method, route.path))
        .collect();

    assert_eq!(open, OPEN);
    assert!(is_open(&http::Method::GET, "/api/v1/health"));
    assert!(is_open(&http::Method::GET, "/api/v1/sign-in/providers/corp"));
    assert!(!is_open(&http::Method::GET, "/api/v1/sign-in/providers/"));
    assert!(!is_open(&http::Method::GET, "/api/v1/sign-in/providers/corp/"));
    assert!(!is_open(&http::Method::POST, "/api/v1/sign-in/providers/corp"));
    assert!(is_return(&http::Method::GET, "/api/v1/sign-in/providers/corp/callback"));
    assert!(!is_return(&http::Method::GET, "/api/v1/sign-in/providers/corp/callback/x"));
    assert!(!is_return(&http::Method::POST, "/api/v1/sign-in/providers/corp/callback"));
    assert!(!is_return(&http::Method::GET, "/api/v1/sign-in/providers/corp"));
    assert!(!is_open(&http::Method::POST, "/api/v1/health"));
    assert!(!is_open(&http::Method::GET, "/api/v1/health/"));
    assert!(is_open(&http::Method::POST, "/api/v1/claim"));
    assert!(!is_open(&http::Method::GET, "/api/v1/claim"));
    assert!(!is_open(&http::Method::POST, "/api/v1/claim/"));
}
