//! Who calls, and with what grants.

use std::net::IpAddr;

use berth_domain::access::Grants;
use berth_domain::{Actor, TokenId};
use berth_engine::view::Bearer;
use http::{HeaderMap, header};
use secrecy::SecretString;

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
}

impl Caller {
    /// The user at the other end of a Unix socket. `None` when they may not speak at all: only root
    /// and the user that Berth runs as may, and both run the installation.
    pub(crate) fn local(uid: u32, own: u32) -> Option<Self> {
        (uid == 0 || uid == own).then_some(Self {
            actor: Actor::Local { uid },
            grants: Grants::Operator,
            token: None,
        })
    }
}

impl From<Bearer> for Caller {
    fn from(Bearer { token, actor, grants }: Bearer) -> Self {
        Self { actor, grants, token: Some(token) }
    }
}

/// What a request shows of itself (RFC 6750).
#[derive(Debug)]
pub(crate) enum Shown {
    /// No `Authorization`: whoever it is, is known by the connection or not at all.
    Nothing,
    Token(SecretString),
    /// Something else. It counts for nothing, and nobody else is taken for whoever sent it.
    Crooked,
}

impl Shown {
    pub(crate) fn by(headers: &HeaderMap) -> Self {
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        match (all.next(), all.next()) {
            (None, _) => Self::Nothing,
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
