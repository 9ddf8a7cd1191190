//! Links that sign somebody in to a tenant.
//!
//! # Invariants
//!
//! * A link is good for one tenant, for a short time and for one use, whatever became of that.
//! * Looking at it uses nothing up: programs that preview links only look. It is used by a `POST`.
//! * Its key is written nowhere, not even in the access log: whoever reads it could be faster.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use berth_domain::TenantId;
use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

use crate::page::{self, About, LoginPage, Manner};

/// Where links begin. Nothing of Odoo is served there.
pub const LOGIN_PATH: &str = "/_berth/login/";
/// Where somebody goes on who was signed in: each version of Odoo opens its client there.
const CLIENT: HeaderValue = HeaderValue::from_static("/web");
/// How long a browser keeps the session, as Odoo says it: a week (`odoo/http.py`, `SESSION_LIFETIME`).
const KEPT_SECONDS: u32 = 604_800;
/// How many may be open at once. The oldest goes first.
const MOST: usize = 1_000;

/// Links that are open. Clones are the same.
#[derive(Clone, Default)]
pub struct LoginLinks(Arc<Mutex<BTreeMap<String, Link>>>);

/// What a link leads to.
struct Link {
    tenant: TenantId,
    /// The session, as Odoo knows it.
    session: SecretString,
    until: Instant,
}

impl fmt::Debug for LoginLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginLinks").field("open", &self.links().len()).finish()
    }
}

impl LoginLinks {
    /// Opens a link with this key, which nobody can guess, to a session of a tenant.
    pub fn open(&self, key: &str, (tenant, session): (TenantId, SecretString), life: Duration) {
        let now = Instant::now();
        let mut links = self.links();
        links.retain(|_, link| link.until > now);
        let oldest = links.iter().min_by_key(|(_, link)| link.until).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest.filter(|_| links.len() >= MOST) {
            links.remove(&oldest);
        }
        links.insert(key.to_owned(), Link { tenant, session, until: now + life });
    }

    /// Uses a link up. Returns the session that it led to, if it was good for this tenant.
    #[must_use]
    pub fn take(&self, key: &str, tenant: TenantId) -> Option<SecretString> {
        let mut links = self.links();
        if !is_good(links.get(key), tenant) {
            return None;
        }
        links.remove(key).map(|link| link.session)
    }

    fn is_good(&self, key: &str, tenant: TenantId) -> bool {
        is_good(self.links().get(key), tenant)
    }

    fn links(&self) -> MutexGuard<'_, BTreeMap<String, Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_good(link: Option<&Link>, tenant: TenantId) -> bool {
    link.is_some_and(|link| link.tenant == tenant && link.until > Instant::now())
}

/// The key of a link, if a path is one.
pub(crate) fn key_in(path: &str) -> Option<&str> {
    path.strip_prefix(LOGIN_PATH)
}

/// A target as it may be written down.
pub(crate) fn hidden(target: &PathAndQuery) -> PathAndQuery {
    match key_in(target.path()) {
        Some(_) => PathAndQuery::from_static("/_berth/login/-"),
        None => target.clone(),
    }
}

/// Answers at a link: shows what it is good for, or signs the visitor in.
pub(crate) fn answer(
    links: &LoginLinks,
    (method, key): (&Method, &str),
    (tenant, is_https): (TenantId, bool),
    (manner, about): (&Manner, About<'_>),
) -> Response<Bytes> {
    match *method {
        Method::GET | Method::HEAD if links.is_good(key, tenant) => {
            page::login(LoginPage::Offer, manner, about)
        }
        Method::POST => match links.take(key, tenant) {
            Some(session) => signed_in(&session, is_https)
                .unwrap_or_else(|| page::login(LoginPage::Over, manner, about)),
            None => page::login(LoginPage::Over, manner, about),
        },
        Method::GET | Method::HEAD => page::login(LoginPage::Over, manner, about),
        _ => {
            let mut refused = page::login(LoginPage::Over, manner, about);
            *refused.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            refused
        }
    }
}

/// `None`: the session is none that fits into a cookie.
fn signed_in(session: &SecretString, is_https: bool) -> Option<Response<Bytes>> {
    let secure = if is_https { "; Secure" } else { "" };
    let session = session.expose_secret();
    let cookie = format!(
        "session_id={session}; Max-Age={KEPT_SECONDS}; Path=/; HttpOnly; SameSite=Lax{secure}"
    );
    let mut cookie = HeaderValue::from_str(&cookie).ok()?;
    cookie.set_sensitive(true);
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, CLIENT);
    headers.insert(SET_COOKIE, cookie);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(links: &LoginLinks, key: &str, tenant: TenantId) -> Option<String> {
        links.take(key, tenant).map(|session| session.expose_secret().to_owned())
    }

    fn tenant(number: u32) -> TenantId {
        format!("tnt_{number:032x}").parse().unwrap()
    }

    #[test]
    fn a_link_is_good_once_and_for_its_tenant_only() {
        let links = LoginLinks::default();
        links.open("key", (tenant(1), "sid".into()), Duration::from_mins(1));

        assert_eq!(session(&links, "key", tenant(2)), None);
        assert_eq!(session(&links, "other", tenant(1)), None);
        assert_eq!(session(&links, "key", tenant(1)).as_deref(), Some("sid"));
        assert_eq!(session(&links, "key", tenant(1)), None);
    }

    #[test]
    fn a_link_that_is_over_is_good_for_nothing_and_forgotten() {
        let links = LoginLinks::default();
        links.open("old", (tenant(1), "sid".into()), Duration::ZERO);

        assert_eq!(session(&links, "old", tenant(1)), None);
        links.open("new", (tenant(1), "sid".into()), Duration::from_mins(1));
        assert_eq!(links.links().keys().collect::<Vec<_>>(), ["new"]);
    }

    #[test]
    fn of_too_many_the_oldest_is_forgotten() {
        let links = LoginLinks::default();
        for number in 0..=MOST {
            let life = Duration::from_secs(100 + u64::try_from(number).unwrap());
            links.open(&number.to_string(), (tenant(1), "sid".into()), life);
        }

        assert_eq!(links.links().len(), MOST);
        assert!(links.take("0", tenant(1)).is_none());
        assert!(links.take("1", tenant(1)).is_some());
    }

    #[test]
    fn a_key_is_written_down_nowhere() {
        let hidden = |path: &str| hidden(&path.parse().unwrap()).to_string();

        assert_eq!(hidden("/_berth/login/0a1b?x=y"), "/_berth/login/-");
        assert_eq!(hidden("/web/login?db=x"), "/web/login?db=x");
    }
}
