//! Which page had a browser send a request.
//!
//! # Invariants
//!
//! * What a cookie lets in and changes something, or opens a WebSocket, is known to come from a page of
//!   the host that it is sent to.
//! * Whatever a page of somebody else has a browser send is refused, cookie or not.

use http::{HeaderMap, HeaderName, Method, header};

use crate::error::ApiError;

/// As browsers say it (W3C, Fetch Metadata Request Headers).
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// From a page of the host that it is sent to.
    Own,
    /// From a page of somebody else.
    Other,
    /// Nothing says that it comes from a page: a program, or somebody who typed an address.
    Unknown,
}

/// Refuses what comes with a cookie from elsewhere, or might and matters.
pub(super) fn refuse_other_pages(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let only_reads =
        matches!(*method, Method::GET | Method::HEAD) && !headers.contains_key(header::UPGRADE);
    match page(headers) {
        Page::Own => Ok(()),
        Page::Unknown if only_reads => Ok(()),
        Page::Unknown | Page::Other => Err(ApiError::OtherSite),
    }
}

/// Refuses what is known to come from elsewhere.
pub(super) fn refuse_strange_pages(headers: &HeaderMap) -> Result<(), ApiError> {
    if page(headers) == Page::Other { Err(ApiError::OtherSite) } else { Ok(()) }
}

/// Whether a page of the host sent it that it is sent to.
pub(crate) fn is_own_page(headers: &HeaderMap) -> bool {
    page(headers) == Page::Own
}

/// Whether somebody came by a link of another page to a page that they look at. Browsers leave the
/// session's cookie out then (`SameSite=Strict`), and nothing may be shown or done before they ask from
/// a page of our own.
pub(crate) fn is_arrival(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::GET
        && by_site(headers) == Page::Other
        && headers.contains_key(&DEST)
        && refuse_embedded(headers).is_ok()
        && !headers.contains_key(header::ORIGIN)
}

/// Refuses what is known to be no page that somebody goes to: a picture, a frame, a script that asks.
pub(crate) fn refuse_embedded(headers: &HeaderMap) -> Result<(), ApiError> {
    let is = |name: &HeaderName, wanted: &str| {
        headers.get_all(name).iter().all(|value| value.as_bytes() == wanted.as_bytes())
    };
    if is(&DEST, "document") && is(&MODE, "navigate") { Ok(()) } else { Err(ApiError::OtherSite) }
}

fn page(headers: &HeaderMap) -> Page {
    match (by_site(headers), by_origin(headers)) {
        (Page::Other, _) | (_, Page::Other) => Page::Other,
        (Page::Own, _) | (_, Page::Own) => Page::Own,
        (Page::Unknown, Page::Unknown) => Page::Unknown,
    }
}

fn by_site(headers: &HeaderMap) -> Page {
    let mut all = headers.get_all(SITE).iter();
    match (all.next().map(http::HeaderValue::as_bytes), all.next()) {
        (None, _) | (Some(b"none"), None) => Page::Unknown,
        (Some(b"same-origin"), None) => Page::Own,
        (Some(_), _) => Page::Other,
    }
}

/// `Origin` against `Host`: a page cannot choose either.
fn by_origin(headers: &HeaderMap) -> Page {
    let mut all = headers.get_all(header::ORIGIN).iter();
    let (origin, second) = (all.next(), all.next());
    let Some(origin) = origin else { return Page::Unknown };
    let origin = origin.to_str().unwrap_or_default();
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match (authority, host) {
        (Some(authority), Some(host))
            if second.is_none()
                && !authority.is_empty()
                && authority.eq_ignore_ascii_case(host) =>
        {
            Page::Own
        }
        _ => Page::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "berth.example.com:8070".parse().unwrap());
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    const OWN: (&str, &str) = ("origin", "https://berth.example.com:8070");
    const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

    #[test]
    fn a_change_by_cookie_comes_from_a_page_of_our_own_or_not_at_all() {
        let is_let_in =
            |pairs: &[(&'static str, &str)]| refuse_other_pages(&Method::POST, &of(pairs)).is_ok();

        assert!(is_let_in(&[OWN]));
        assert!(is_let_in(&[SAME]));
        assert!(is_let_in(&[OWN, SAME]));
        for pairs in [
            &[][..],
            &[("origin", "https://evil.example.com")],
            &[("origin", "https://berth.example.com")],
            &[("origin", "https://berth.example.com:8070.evil.example")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "berth.example.com:8070")],
            &[OWN, OWN],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site")],
            &[OWN, ("sec-fetch-site", "cross-site")],
            &[SAME, ("origin", "https://evil.example.com")],
        ] {
            assert!(!is_let_in(pairs), "{pairs:?}");
        }
    }

    #[test]
    fn only_a_page_that_somebody_goes_to_is_come_back_to() {
        let is_let_in = |pairs: &[(&'static str, &str)]| refuse_embedded(&of(pairs)).is_ok();
        let (document, navigate) = (("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate"));

        assert!(is_let_in(&[]));
        assert!(is_let_in(&[document, navigate, ("sec-fetch-site", "cross-site")]));
        for pairs in [
            &[("sec-fetch-dest", "image")][..],
            &[("sec-fetch-dest", "iframe"), navigate],
            &[document, ("sec-fetch-mode", "no-cors")],
            &[document, ("sec-fetch-dest", "empty")],
        ] {
            assert!(!is_let_in(pairs), "{pairs:?}");
        }
    }

    #[test]
    fn somebody_arrives_by_a_link_and_nothing_else_does() {
        let (document, navigate) = (("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate"));
        let cross = ("sec-fetch-site", "cross-site");
        let arrives =
            |method: &Method, pairs: &[(&'static str, &str)]| is_arrival(method, &of(pairs));

        assert!(arrives(&Method::GET, &[document, navigate, cross]));
        assert!(arrives(&Method::GET, &[document, navigate, ("sec-fetch-site", "same-site")]));
        assert!(!arrives(&Method::POST, &[document, navigate, cross]));
        for pairs in [
            &[][..],
            &[cross],
            &[document, navigate, SAME],
            &[document, navigate, ("sec-fetch-site", "none")],
            &[("sec-fetch-dest", "iframe"), navigate, cross],
            &[document, ("sec-fetch-mode", "no-cors"), cross],
            &[document, navigate, cross, ("origin", "https://evil.example.com")],
        ] {
            assert!(!arrives(&Method::GET, pairs), "{pairs:?}");
        }
    }

    #[test]
    fn a_websocket_is_a_change_and_reading_is_not() {
        let get =
            |pairs: &[(&'static str, &str)]| refuse_other_pages(&Method::GET, &of(pairs)).is_ok();

        assert!(get(&[]));
        assert!(get(&[OWN]));
        assert!(!get(&[("sec-fetch-site", "cross-site")]));
        assert!(!get(&[("upgrade", "websocket")]));
        assert!(!get(&[("upgrade", "websocket"), ("origin", "https://evil.example.com")]));
        assert!(get(&[("upgrade", "websocket"), OWN]));
    }

    #[test]
    fn without_a_cookie_programs_are_let_through_and_strange_pages_are_not() {
        assert!(refuse_strange_pages(&of(&[])).is_ok());
        assert!(refuse_strange_pages(&of(&[OWN])).is_ok());
        assert!(refuse_strange_pages(&of(&[("origin", "https://evil.example.com")])).is_err());
        assert!(refuse_strange_pages(&of(&[("sec-fetch-site", "cross-site")])).is_err());
    }
}
