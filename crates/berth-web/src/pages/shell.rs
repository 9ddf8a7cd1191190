//! What stands around the content of a page.

mod gather;

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use berth_domain::PersonId;
use berth_domain::access::{
    Grants, Place, Post, Right, Role, Scope, decide, may_appoint, may_give,
};
use berth_engine::view::{Overview, SignedIn};
use http::{HeaderMap, header};

use crate::context::{Context, Named, Visit, WebState};
use crate::error::ApiError;
pub(crate) use gather::Rail;

/// What stands around a page of somebody who is not signed in.
#[derive(Debug)]
pub(crate) struct Plain {
    /// `light` or `dark`; empty: as the system has it.
    pub(crate) theme: &'static str,
    /// The name of this server, as the browser calls it.
    pub(crate) host: String,
    /// Where this server is, as far as browsers know: `https://berth.example.com`.
    pub(crate) origin: String,
    /// Browsers keep no session of what comes over an open network in the clear.
    pub(crate) is_in_the_clear: bool,
}

/// Whoever looks at a page of an organisation, or of the installation.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) context: Context,
    pub(crate) plain: Plain,
    /// By which a form of this page is known again that is sent twice.
    pub(crate) once: String,
    looker: Looker,
    place: Option<Place>,
}

/// Whoever looks at a page about their own account, which is of no organisation.
#[derive(Debug)]
pub(crate) struct OwnSeat {
    pub(crate) visit: Visit,
    plain: Plain,
    looker: Looker,
}

/// Who looks, and what they may.
#[derive(Debug)]
struct Looker {
    me: Option<SignedIn>,
    grants: Grants,
    once: String,
}

/// Which entry of the menu a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nav {
    Fleet,
    Operations,
    Schedules,
    People,
    Audit,
    Organisation,
    Account,
    /// Those of the installation, which share one entry and have tabs of their own.
    Settings,
    Configuration,
    Organisations,
    Accounts,
    InstallationAudit,
    Checks,
    Disk,
    Orphans,
}

/// What stands around a page of an organisation.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) plain: Plain,
    pub(crate) title: String,
    /// `fleet`, `operations` and so on: the entry of the menu that is meant.
    pub(crate) nav: &'static str,
    /// The tab among those of the installation. Empty: it is none of them.
    pub(crate) tab: &'static str,
    pub(crate) rail: Rail,
    /// Empty: whoever looks belongs nowhere.
    pub(crate) organisation: String,
    /// What people call it, and the letter that stands for it.
    pub(crate) called: String,
    pub(crate) mark: String,
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
        self.place.is_some_and(|place| decide(&self.looker.grants, right, place).is_allowed())
    }

    /// Whether whoever looks may make somebody this here, or take it from them.
    pub(crate) fn may_appoint(&self, role: Role) -> bool {
        let Some(Place::Organisation(organisation)) = self.place else { return false };
        may_appoint(&self.looker.grants, Post::In(organisation, role)).is_ok()
    }

    /// The rights that whoever looks may give to a token here.
    pub(crate) fn may_give(&self) -> Vec<Right> {
        let within = match self.place {
            Some(Place::Organisation(organisation)) => Some(organisation),
            _ => None,
        };
        let may = |right: &Right| {
            let scope = Scope::new([*right]);
            scope.is_some_and(|scope| may_give(&self.looker.grants, &scope, within).is_ok())
        };
        Right::ALL.iter().copied().filter(may).collect()
    }

    /// Whether whoever looks runs the installation.
    pub(crate) fn is_operator(&self) -> bool {
        decide(&self.looker.grants, Right::Installation, Place::Installation).is_allowed()
    }

    /// Whether that is whoever looks.
    pub(crate) fn is_me(&self, person: PersonId) -> bool {
        self.looker.me.as_ref().is_some_and(|me| me.person.id == person)
    }

    /// Gathers what stands around a page.
    pub(crate) async fn shell(
        self,
        overview: &Overview,
        named: (Nav, String),
    ) -> Result<Shell, ApiError> {
        let Self { context, plain, looker, place, .. } = self;
        looker.shell(&context.engine, (plain, place), Some(overview), named).await
    }

    /// The same for a page of the installation.
    pub(crate) async fn shell_of_installation(
        self,
        named: (Nav, String),
    ) -> Result<Shell, ApiError> {
        let Self { context, plain, looker, .. } = self;
        looker.shell_at_home(&context.engine, (plain, &context.actor), named).await
    }
}

impl OwnSeat {
    /// Gathers what stands around a page about one's own account.
    pub(crate) async fn shell(self, named: (Nav, String)) -> Result<Shell, ApiError> {
        let Self { visit, plain, looker } = self;
        let actor = visit.me()?.person.actor();
        looker.shell_at_home(&visit.engine, (plain, &actor), named).await
    }
}

impl FromRequestParts<WebState> for Seat {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        let context = Context::from_request_parts(parts, state).await?;
        let Ok(plain) = Plain::from_request_parts(parts, state).await;
        let looker = Looker::of(parts, state)?;
        let place = parts.extensions.get::<Named>().map(|named| named.place);
        Ok(Self { context, plain, once: looker.once.clone(), looker, place })
    }
}

impl FromRequestParts<WebState> for OwnSeat {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let Ok(plain) = Plain::from_request_parts(parts, state).await;
        Ok(Self { visit, plain, looker: Looker::of(parts, state)? })
    }
}

impl FromRequestParts<WebState> for Plain {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        let is_tcp_without_tls = state.console.as_ref().is_some_and(|rules| !rules.is_safe());
        let scheme = if is_tcp_without_tls { "http" } else { "https" };
        Ok(Self {
            theme: theme(&parts.headers),
            origin: format!("{scheme}://{host}"),
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
