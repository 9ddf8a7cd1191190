//! The cookie that holds a session.
//!
//! # Invariants
//!
//! * Its name begins with `__Host-`: browsers take it over HTTPS or from a loopback name only, for this
//!   host only, and no page of a neighbouring host can set one (RFC 6265bis, section 4.1.3.2).
//! * Scripts do not see it, and no other site has a browser send it.

use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};

const NAME: &str = "__Host-berth";

/// What the browser holds. Of two with our name the first counts: one that is not good lets nobody in.
pub(super) fn shown(headers: &HeaderMap) -> Option<SecretString> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
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
