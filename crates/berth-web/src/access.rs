//! Who calls, and with what grants.

mod cookie;
mod site;

use std::net::IpAddr;

use berth_domain::access::Grants;
use berth_domain::{Actor, TokenId};
use berth_engine::Engine;
use berth_engine::view::{Bearer, Credential, SignedIn};
use http::{HeaderMap, Method, header};
use secrecy::SecretString;

use crate::error::ApiError;

pub(crate) use cookie::{away, cleared, cleared_away, held, shown_away};
pub(crate) use site::{is_arrival, is_own_page, refuse_embedded};

/// Where a request comes from over TCP: the listener leaves it in the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remote(pub(crate) IpAddr);

/// Who calls, and what they were given.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) grants: Grants,
    /// The token that they showed.
    pub(crate) token: Option<TokenId>,
    /// The session that they showed.
    pub(crate) me: Option<SignedIn>,
}

/// Finds out who calls, as far as headers say: by a token, or by the cookie of a session. `None`: they
/// show nothing of themselves, and are known by the connection or not at all.
///
/// Whoever shows something that is no good is nobody, and that is an error. What comes with a cookie
/// must come from a page of our own: any page may have a browser send it (SECURITY: `SameSite=Strict`
/// and this).
pub(crate) async fn by_headers(
    engine: &Engine,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Caller>, ApiError> {
    match Shown::by(headers) {
        Shown::Nothing => {
            site::refuse_strange_pages(headers)?;
            Ok(None)
        }
        Shown::Crooked => Err(ApiError::BadToken),
        Shown::Token(token) => {
            let bearer = engine.bearer(&token).await?;
            bearer.map(|bearer| Some(Caller::from(bearer))).ok_or(ApiError::BadToken)
        }
        Shown::Session(secret) => {
            site::refuse_other_pages(method, headers)?;
            let me = engine.signed_in(&secret).await?;
            me.map(|me| Some(Caller::from(me))).ok_or(ApiError::BadSession)
        }
    }
}

impl Caller {
    /// The user at the other end of a Unix socket. `None` when they may not speak at all: only root
    /// and the user that Berth runs as may, and both run the installation.
    pub(crate) fn local(uid: u32, own: u32) -> Option<Self> {
        (uid == 0 || uid == own).then_some(Self {
            actor: Actor::Local { uid },
            grants: Grants::Operator,
            token: None,
            me: None,
        })
    }

    /// What may be taken from them while they stay. `None`: nothing, they are the operator of the host.
    pub(crate) fn credential(&self) -> Option<Credential> {
        let session = self.me.as_ref().map(|me| Credential::Session(me.session));
        self.token.map(Credential::Token).or(session)
    }
}

impl From<SignedIn> for Caller {
    fn from(me: SignedIn) -> Self {
        Self { actor: me.person.actor(), grants: me.grants.clone(), token: None, me: Some(me) }
    }
}

impl From<Bearer> for Caller {
    fn from(Bearer { token, actor, grants }: Bearer) -> Self {
        Self { actor, grants, token: Some(token), me: None }
    }
}

/// What a request shows of itself (RFC 6750, RFC 6265). A token counts before a cookie: whoever sends
/// one means it.
#[derive(Debug)]
pub(crate) enum Shown {
    /// Neither: whoever it is, is known by the connection or not at all.
    Nothing,
    Token(SecretString),
    Session(SecretString),
    /// Something else. It counts for nothing, and nobody else is taken for whoever sent it.
    Crooked,
}

impl Shown {
    pub(crate) fn by(headers: &HeaderMap) -> Self {
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        match (all.next(), all.next()) {
            (None, _) => cookie::shown(headers).map_or(Self::Nothing, Self::Session),
            (Some(value), None) => value
                .to_str()
                .ok()
                .and_then(|text| text.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map_or(Self::Crooked, |(_, token)| Self::Token(token.trim().into())),
            (Some(_), Some(_)) => Self::Crooked,
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn only_root_and_the_servers_own_user_may_speak() {
        assert!(Caller::local(0, 1000).is_some());
        assert!(Caller::local(1000, 1000).is_some());
        assert!(Caller::local(1001, 1000).is_none());
        assert!(Caller::local(1001, 0).is_none());
    }

    #[test]
    fn a_token_is_read_from_one_header_and_anything_else_there_counts_for_nothing() {
        let shown = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            match Shown::by(&headers) {
                Shown::Nothing => "nothing".to_owned(),
                Shown::Token(token) => token.expose_secret().to_owned(),
                Shown::Session(_) => "session".to_owned(),
                Shown::Crooked => "crooked".to_owned(),
            }
        };

        assert_eq!(shown(&[]), "nothing");
        assert_eq!(shown(&["Bearer berth_1"]), "berth_1");
        assert_eq!(shown(&["bearer  berth_1"]), "berth_1");
        for values in [
            &[""][..],
            &["Bearer"],
            &["berth_1"],
            &["Basic YW5uYTpzM2NyZXQ="],
            &["Bearer berth_1", "Bearer berth_1"],
            &["\u{e9} berth_1"],
        ] {
            assert_eq!(shown(values), "crooked", "{values:?}");
        }
    }
}
