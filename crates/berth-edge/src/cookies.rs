//! Cookies of the console, which tenants neither see nor set.
//!
//! Browsers tell cookies apart by host and not by port. A tenant under a name of the console would be
//! sent the session of whoever is signed in there, and could put another one in its place.

use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};

/// How names of the console's cookies begin.
const OWN: &[u8] = b"__Host-berth";

/// Takes the console's cookies out of a request.
pub(crate) fn keep_from_tenant(headers: &mut HeaderMap) {
    keep_out(headers, &COOKIE, |line| {
        let pairs = line.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let others: Vec<&[u8]> = pairs.filter(|pair| !is_own(pair)).collect();
        others.join(&b"; "[..])
    });
}

/// Takes them out of an answer.
pub(crate) fn keep_from_visitor(headers: &mut HeaderMap) {
    keep_out(headers, &SET_COOKIE, |line| if is_own(line) { Vec::new() } else { line.to_vec() });
}

/// Puts in the place of each line what is left of it. Most have nothing to be taken out.
fn keep_out(headers: &mut HeaderMap, name: &HeaderName, left: impl Fn(&[u8]) -> Vec<u8>) {
    if !headers.get_all(name).iter().any(|line| may_have_own(line.as_bytes())) {
        return;
    }
    let lines: Vec<Vec<u8>> =
        headers.get_all(name).iter().map(|line| left(line.as_bytes())).collect();
    headers.remove(name);
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        let line = HeaderValue::from_bytes(&line).expect("parts of a header value are one");
        headers.append(name, line);
    }
}

fn may_have_own(line: &[u8]) -> bool {
    line.windows(OWN.len()).any(|part| part.eq_ignore_ascii_case(OWN))
}

/// Whether a cookie, as in `name=value`, is the console's.
fn is_own(cookie: &[u8]) -> bool {
    let cookie = cookie.trim_ascii_start();
    cookie.get(..OWN.len()).is_some_and(|name| name.eq_ignore_ascii_case(OWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(name: &HeaderName, lines: &[&str], keep: fn(&mut HeaderMap)) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        keep(&mut headers);
        headers.get_all(name).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_tenant_is_not_sent_who_is_signed_in_to_the_console() {
        for (lines, expected) in [
            (&["session_id=1; tz=UTC"][..], &["session_id=1; tz=UTC"][..]),
            (&["__Host-berth=x; session_id=1"], &["session_id=1"]),
            (&["a=1;__host-BERTH=x ;b=2"], &["a=1; b=2"]),
            (&["__Host-berth=x", "session_id=1"], &["session_id=1"]),
            (&["__Host-berth"], &[]),
            (&["note=about __Host-berth; b=2"], &["note=about __Host-berth; b=2"]),
        ] {
            assert_eq!(left(&COOKIE, lines, keep_from_tenant), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_tenant_signs_nobody_in_to_the_console() {
        let lines = ["session_id=1; Path=/", " __Host-berth=x; Path=/; Secure", "__Host-berth2=y"];

        assert_eq!(left(&SET_COOKIE, &lines, keep_from_visitor), ["session_id=1; Path=/"]);
    }
}
