//! What is asked of a request before anybody looks at who sent it.
//!
//! # Invariants
//!
//! * A name that nobody configured is refused. So a page that a browser loaded from a stranger's name
//!   reaches nothing here, whatever that name resolves to by now.
//! * Who keeps showing what is no good token is told to wait. A good token is never told so: whoever
//!   shares an address with the guesser is not locked out, and 256 bits are not guessed.
//! * Until somebody claimed the installation only what that takes is answered, whatever is shown.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use berth_domain::Clock;
use berth_engine::Engine;
use berth_identity::throttle::{self, Account, Answer, Network, Throttle};
use http::uri::Authority;
use http::{HeaderMap, Request, Version, header};

use super::forwarded::Unnamed;
use super::{ConsoleConfig, forwarded};
use crate::error::ApiError;

/// What holds for requests over TCP.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(super) config: ConsoleConfig,
    pub(super) has_tls: bool,
    throttle: Mutex<Throttle>,
    unnamed: Unnamed,
    clock: Arc<dyn Clock>,
    /// Once somebody has, it stays so.
    claimed: AtomicBool,
}

impl Rules {
    pub(crate) fn new(config: ConsoleConfig, has_tls: bool, clock: Arc<dyn Clock>) -> Self {
        let throttle = Mutex::new(Throttle::new(throttle::Rules::default()));
        let claimed = AtomicBool::new(false);
        Self { config, has_tls, throttle, unnamed: Unnamed::default(), clock, claimed }
    }

    /// Fails until somebody claimed the installation.
    pub(crate) async fn demand_claim(&self, engine: &Engine) -> Result<(), ApiError> {
        if self.claimed.load(Ordering::Relaxed) {
            return Ok(());
        }
        if !engine.is_claimed().await? {
            return Err(ApiError::Unclaimed);
        }
        self.claimed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Returns the address that a request came from, or why it is refused. `peer` is who connected.
    pub(super) fn check<B>(&self, request: &Request<B>, peer: IpAddr) -> Result<IpAddr, ApiError> {
        if request.version() != Version::HTTP_11 {
            return Err(unreadable("only HTTP/1.1 is spoken here"));
        }
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(unreadable("exactly one `Host` is needed"));
        };
        let host = host.as_bytes();
        let target = request.uri().authority().map_or(host, |it| it.as_str().as_bytes());
        if !self.is_ours(host) || !self.is_ours(target) {
            return Err(ApiError::WrongHost);
        }
        self.warn_of_unnamed_proxy(peer, request.headers());
        Ok(forwarded::address(peer, request.headers(), &self.config.trusted_proxies))
    }

    fn warn_of_unnamed_proxy(&self, peer: IpAddr, headers: &HeaderMap) {
        if self.unnamed.is_news(peer, headers, &self.config.trusted_proxies) {
            tracing::warn!(
                %peer,
                "requests come from a proxy at `{peer}` that nobody named: the audit and the limits on \
                 guessing take everybody behind it for one. Add it to `console.trusted_proxies`"
            );
        }
    }

    /// Whether what is sent here is sealed on its way: by TLS of our own, or of a proxy in front.
    pub(crate) fn is_safe(&self) -> bool {
        self.has_tls || !self.config.trusted_proxies.is_empty()
    }

    fn is_ours(&self, host: &[u8]) -> bool {
        let Ok(authority) = Authority::try_from(host) else { return false };
        if authority.as_str().contains('@') {
            return false;
        }
        let name = authority.host().to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        let literal = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        literal.unwrap_or(name).parse::<IpAddr>().is_ok()
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.config.names.iter().any(|own| own.as_str() == name)
    }

    /// Notes that what somebody showed is no good token, and says what they are told.
    pub(crate) fn refused(&self, from: IpAddr, shown: &str) -> ApiError {
        let caller =
            throttle::Caller { account: Account::of("bearer", shown), network: Network::of(from) };
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        match throttle.ask(&caller, self.clock.now()) {
            Answer::Go => ApiError::BadToken,
            Answer::Wait(wait) => ApiError::TooOften { wait },
        }
    }
}

fn unreadable(detail: &str) -> ApiError {
    ApiError::Unreadable { detail: detail.to_owned(), problems: Vec::new() }
}

#[cfg(test)]
mod tests;
