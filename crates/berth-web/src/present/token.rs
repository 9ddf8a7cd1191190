//! Tokens.

use berth_api::v1 as api;
use berth_domain::Token;
use berth_engine::view::{NewToken, TokenView};
use secrecy::ExposeSecret as _;

pub(crate) fn token(TokenView { token, is_expired }: TokenView) -> api::Token {
    let Token { id, account, scope, created_at, created_by, expires_at, last_used_at, .. } = token;
    api::Token {
        id: id.to_string(),
        account: account.to_string(),
        scope: scope.rights().map(|right| right.as_str().to_owned()).collect(),
        created_at,
        created_by: created_by.to_string(),
        expires_at,
        expired: is_expired,
        last_used_at,
    }
}

pub(crate) fn new_token(NewToken { token: made, secret }: NewToken) -> api::TokenCreated {
    api::TokenCreated { token: token(made), secret: secret.expose_secret().to_owned() }
}
