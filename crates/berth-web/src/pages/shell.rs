//! What stands around the content of a page.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use berth_domain::access::{Grants, Place, Right, decide};
use berth_engine::view::{Overview, SignedIn};
use http::{HeaderMap, header};

use crate::access::Caller;
use crate::context::{Context, Named, WebState};
use crate::error::ApiError;

/// What stands around a page of somebody who is not signed in.
#[derive(Debug)]
pub(crate) struct Plain {
    /// `light` or `dark`; empty: as the system has it.
    pub(crate) theme: &'static str,
    /// The name of this server, as the browser calls it.
    pub(crate) host: String,
    /// Browsers keep no session of what comes over an open network in the clear.
    pub(crate) is_in_the_clear: bool,
}

/// Whoever looks at a page.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) context: Context,
    pub(crate) plain: Plain,
    me: Option<SignedIn>,
    grants: Grants,
    place: Option<Place>,
    /// By which a form of this page is known again that is sent twice.
    pub(crate) once: String,
}

/// Which entry of the menu a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nav {
    Fleet,
    Operations,
}

/// What stands around a page of an organisation.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) plain: Plain,
    pub(crate) title: String,
    /// `fleet` or `operations`.
    pub(crate) nav: &'static str,
    pub(crate) organisation: String,
    /// The others that whoever looks belongs to.
    pub(crate) others: Vec<String>,
    /// Who looks: a name and its initials.
    pub(crate) person: Option<(String, String)>,
    pub(crate) tenants: u64,
    /// At work or waiting.
    pub(crate) operations: u64,
    pub(crate) may_operate: bool,
    /// By which a form of this page is known again that is sent twice.
    pub(crate) once: String,
    pub(crate) version: &'static str,
}

impl Seat {
    /// Whether whoever looks may do more than look.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.place.is_some_and(|place| decide(&self.grants, right, place).is_allowed())
    }

    /// Gathers what stands around a page.
    pub(crate) async fn shell(
        self,
        overview: &Overview,
        (nav, title): (Nav, String),
    ) -> Result<Shell, ApiError> {
        let may_operate = self.may(Right::Operate);
        let mut others = Vec::new();
        if let Some(me) = &self.me {
            let roles = self.context.engine.who_am_i(me).await?.roles;
            others.extend(roles.into_keys().filter(|name| *name != overview.organisation));
        }
        let named = |me: SignedIn| {
            let name = me.person.name.to_string();
            let initials = initials(&name);
            (name, initials)
        };
        Ok(Shell {
            plain: self.plain,
            title,
            nav: match nav {
                Nav::Fleet => "fleet",
                Nav::Operations => "operations",
            },
            organisation: overview.organisation.clone(),
            others,
            person: self.me.map(named),
            tenants: overview.tenants.values().sum(),
            operations: overview.at_work + overview.waiting,
            may_operate,
            once: self.once,
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

/// `Elin Strand` → `ES`.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = [words.first(), words.last().filter(|_| words.len() > 1)];
    let first = |word: &&str| word.chars().next().map(|first| first.to_uppercase().to_string());
    ends.into_iter().flatten().filter_map(first).collect()
}

impl FromRequestParts<WebState> for Seat {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        let context = Context::from_request_parts(parts, state).await?;
        let Ok(plain) = Plain::from_request_parts(parts, state).await;
        let caller = parts.extensions.get::<Caller>().ok_or(ApiError::Forbidden)?;
        Ok(Self {
            context,
            plain,
            me: caller.me.clone(),
            once: state.ids.uuid().simple().to_string(),
            grants: caller.grants.clone(),
            place: parts.extensions.get::<Named>().map(|named| named.place),
        })
    }
}

impl FromRequestParts<WebState> for Plain {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        let is_tcp_without_tls = state.console.as_ref().is_some_and(|rules| !rules.is_safe());
        Ok(Self {
            theme: theme(&parts.headers),
            is_in_the_clear: is_tcp_without_tls && !is_loopback(&host),
            host,
        })
    }
}

/// What somebody chose on an earlier page.
pub(crate) fn theme(headers: &HeaderMap) -> &'static str {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).map(str::trim);
    match pairs.find_map(|pair| pair.strip_prefix("berth-theme=")) {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    }
}

/// Names under which browsers trust a server without TLS (W3C, Secure Contexts, section 3.1).
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.chars().all(|digit| digit.is_ascii_digit()) { name } else { host }
    });
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_two_letters() {
        assert_eq!(
            ["Elin Strand", "Jo", "  ", "Ana de la Vega"].map(initials),
            ["ES", "J", "", "AV"]
        );
    }

    #[test]
    fn browsers_trust_loopback_names_without_tls() {
        for host in
            ["localhost", "localhost:8070", "a.localhost:8070", "127.0.0.1:8070", "[::1]:8070"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "berth.example.com", "localhost.example.com:80", "10.0.0.1:8070", "xlocalhost"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_theme_is_one_of_two_words() {
        let of = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            theme(&headers)
        };

        assert_eq!(of("a=b; berth-theme=dark"), "dark");
        assert_eq!(of("berth-theme=light"), "light");
        assert_eq!(of("berth-theme=\"><script>"), "");
        assert_eq!(of("xberth-theme=dark"), "");
    }
}
