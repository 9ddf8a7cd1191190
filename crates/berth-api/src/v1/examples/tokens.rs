//! How programs show who they are.

use super::at;
use crate::v1::{Token, TokenCreate, TokenCreated};

/// A token that was used a moment ago.
#[must_use]
pub fn token() -> Token {
    Token {
        id: "tok_0198c0de000070008000000000008001".to_owned(),
        account: "ci".to_owned(),
        scope: vec!["read".to_owned(), "operate".to_owned(), "logs".to_owned()],
        created_at: at(0),
        created_by: "local:0".to_owned(),
        expires_at: Some(at(90 * 24 * 3600)),
        expired: false,
        last_used_at: Some(at(60)),
    }
}

#[must_use]
pub fn token_create() -> TokenCreate {
    TokenCreate {
        account: "ci".to_owned(),
        scope: "member".to_owned(),
        expires: Some("90d".to_owned()),
    }
}

#[must_use]
pub fn token_created() -> TokenCreated {
    let token = Token { last_used_at: None, ..token() };
    TokenCreated { token, secret: "berth_example-not-a-real-one".to_owned() }
}
