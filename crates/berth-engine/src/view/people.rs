//! Who may do what, and who did what.

use berth_domain::access::Grants;
use berth_domain::{Actor, Token, TokenId};
pub use berth_store::audit::AuditEntry;
use secrecy::SecretString;

/// Who did what, newest first, as far as it can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// Whether there is nothing older. One that cannot be read is no end.
    pub is_last: bool,
}

/// A token, and whether its time is over by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    pub token: Token,
    pub is_expired: bool,
}

/// A token that was just made, with what it says, which is not shown again.
#[derive(Debug)]
pub struct NewToken {
    pub token: TokenView,
    pub secret: SecretString,
}

/// Whoever showed a token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub token: TokenId,
    pub actor: Actor,
    pub grants: Grants,
}
