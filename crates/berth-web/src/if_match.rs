//! `If-Match` (RFC 9110, section 13.1.1): only if it still is what the caller has seen.
//!
//! # Invariants
//!
//! * A condition is never passed over in silence: what a route does not look at, it refuses.

use axum::extract::MatchedPath;
use axum::http::request::Parts;
use berth_engine::request::Known;
use http::{HeaderMap, Method, header};

use crate::error::ApiError;

/// What stands behind the name of a tenant in the path of a change.
const CHANGES: [&str; 9] = [
    "/start",
    "/stop",
    "/restart",
    "/rename",
    "/suspend",
    "/resume",
    "/archive",
    "/unarchive",
    "/restore-deleted",
];

/// Whether a route looks at `If-Match`.
pub(crate) fn is_taken(method: &str, path: &str) -> bool {
    let is_change = method == Method::PATCH || method == Method::DELETE;
    if path == "/api/v1/organisations/{org}" {
        return is_change;
    }
    match path.strip_prefix("/api/v1/organisations/{org}/tenants/{name}") {
        Some("") => is_change,
        Some(change) => method == Method::POST && CHANGES.contains(&change),
        None => false,
    }
}

/// Reads the condition of a request. `None`: it has none.
pub(crate) fn read(parts: &Parts) -> Result<Option<Known>, ApiError> {
    if !parts.headers.contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if !is_taken(parts.method.as_str(), path) {
        return Err(refused("only changes of tenants and organisations take `If-Match`"));
    }
    match known(&parts.headers) {
        Some(known) => Ok(Some(known)),
        None => Err(refused("`If-Match` takes `*` or what `ETag` says, in quotation marks")),
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::Unreadable { detail: detail.to_owned(), problems: Vec::new() }
}

/// Reads all lines of the header as one list. `None`: they are none.
pub(crate) fn known(headers: &HeaderMap) -> Option<Known> {
    let mut all = Vec::new();
    for line in headers.get_all(header::IF_MATCH) {
        let line = line.to_str().ok()?.trim();
        if line == "*" {
            return Some(Known::Anything);
        }
        tags(line, &mut all)?;
    }
    Some(Known::OneOf(all))
}

/// Adds the strong ones of a list of entity tags. Weak ones are never the same as anything here.
fn tags(mut rest: &str, all: &mut Vec<String>) -> Option<()> {
    loop {
        let strong = rest.strip_prefix("W/").is_none();
        let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (tag, behind) = quoted.split_once('"')?;
        if !tag.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        if strong {
            all.push(tag.to_owned());
        }
        match behind.trim_start() {
            "" => return Some(()),
            behind => rest = behind.strip_prefix(',')?.trim_start(),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::routes;

    fn read_lines(lines: &[&str]) -> Option<Known> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::IF_MATCH, HeaderValue::from_str(line).unwrap());
        }
        known(&headers)
    }

    #[test]
    fn lists_of_tags_are_read_in_every_usual_spelling() {
        let of =
            |tags: &[&str]| Some(Known::OneOf(tags.iter().map(|&tag| tag.to_owned()).collect()));

        assert_eq!(read_lines(&["\"a\""]), of(&["a"]));
        assert_eq!(read_lines(&["\"a\" ,\t\"b,c\"", "\"d\""]), of(&["a", "b,c", "d"]));
        assert_eq!(read_lines(&["W/\"a\", \"b\""]), of(&["b"]));
        assert_eq!(read_lines(&["W/\"a\""]), of(&[]));
        assert_eq!(read_lines(&[" * "]), Some(Known::Anything));
        assert_eq!(read_lines(&["\"\""]), of(&[""]));
    }

    #[test]
    fn what_is_no_list_of_tags_is_not_taken_for_one() {
        for line in
            ["", "a", "\"a", "a\"", "\"a\" \"b\"", "\"a\",", "w/\"a\"", "*, \"a\"", "\"a b\"", ","]
        {
            assert_eq!(read_lines(&[line]), None, "{line}");
        }
    }

    #[test]
    fn every_change_of_a_tenant_or_an_organisation_takes_it_and_nothing_else_does() {
        let all = routes::all();
        let taking = all.iter().filter(|route| is_taken(route.method, route.path));
        let taking: Vec<&str> = taking.map(|route| route.id).collect();

        assert_eq!(taking.len(), CHANGES.len() + 4, "{taking:?}");
        assert!(
            [
                "set_tenant",
                "delete_tenant",
                "restore_deleted_tenant",
                "set_organisation",
                "delete_organisation",
            ]
            .iter()
            .all(|id| taking.contains(id))
        );
    }
}
