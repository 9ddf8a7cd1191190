//! The cookies that hold a session, and a sign-in that is under way at a provider.
//!
//! # Invariants
//!
//! * Its name begins with `__Host-`: browsers take it over HTTPS or from a loopback name only, for this
//!   host only, and no page of a neighbouring host can set one (RFC 6265bis, section 4.1.3.2).
//! * Scripts do not see it, and no other site has a browser send that of a session. The other one is sent
//!   when a provider sends the browser back, and is good for nothing else.

use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

const NAME: &str = "__Host-berth";
const AWAY: &str = "__Host-berth-sign-in";
/// How long somebody may be away, in seconds.
const LONGEST: u32 = 10 * 60;

/// What the browser holds. Of two with our name the first counts: one that is not good lets nobody in.
pub(super) fn shown(headers: &HeaderMap) -> Option<SecretString> {
    named(headers, NAME)
}

/// What it holds of a sign-in at a provider.
pub(crate) fn shown_away(headers: &HeaderMap) -> Option<SecretString> {
    named(headers, AWAY)
}

fn named(headers: &HeaderMap, wanted: &str) -> Option<SecretString> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.into())
}

/// Has the browser hold a secret for so many seconds.
pub(crate) fn held(secret: &SecretString, seconds: i64) -> HeaderValue {
    let secret = secret.expose_secret();
    let text =
        format!("{NAME}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
    let mut value = HeaderValue::from_str(&text).expect("a secret is base64");
    value.set_sensitive(true);
    value
}

/// Has the browser hold what it must come back from a provider with.
pub(crate) fn away(sealed: &SecretString) -> HeaderValue {
    let sealed = sealed.expose_secret();
    let text =
        format!("{AWAY}={sealed}; Path=/; Max-Age={LONGEST}; Secure; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::from_str(&text).expect("what is sealed is base64");
    value.set_sensitive(true);
    value
}

/// Has the browser forget that.
pub(crate) fn cleared_away() -> HeaderValue {
    const GONE: &str = "__Host-berth-sign-in=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax";
    HeaderValue::from_static(GONE)
}

/// Has the browser forget it.
pub(crate) fn cleared() -> HeaderValue {
    const GONE: &str = "__Host-berth=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict";
    HeaderValue::from_static(GONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::COOKIE, value.parse().unwrap());
        }
        shown(&headers).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn the_cookie_is_found_among_others_by_its_whole_name() {
        assert_eq!(read(&["a=1; __Host-berth=secret; b=2"]).as_deref(), Some("secret"));
        assert_eq!(read(&["a=1", "__Host-berth=secret"]).as_deref(), Some("secret"));
        for others in ["", "berth=x", "__Host-berth2=x", "x__Host-berth=x", "__host-berth=x", "a"] {
            assert_eq!(read(&[others]), None, "{others}");
        }
    }

    #[test]
    fn a_sign_in_that_is_under_way_is_no_session() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "__Host-berth-sign-in=v1:key:abc".parse().unwrap());

        assert!(shown(&headers).is_none());
        assert_eq!(shown_away(&headers).unwrap().expose_secret(), "v1:key:abc");
        let set = away(&"v1:key:abc".into());
        assert!(set.is_sensitive());
        assert_eq!(
            set.to_str().unwrap(),
            "__Host-berth-sign-in=v1:key:abc; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"
        );
        assert!(cleared_away().to_str().unwrap().starts_with(&format!("{AWAY}=; ")));
    }

    #[test]
    fn what_is_set_is_kept_from_scripts_and_from_other_sites() {
        let set = held(&"abc".into(), 60);

        assert!(set.is_sensitive());
        assert_eq!(
            set.to_str().unwrap(),
            "__Host-berth=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict"
        );
        assert!(cleared().to_str().unwrap().starts_with(&format!("{NAME}=; ")));
    }
}
