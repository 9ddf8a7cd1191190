//! Tokens on the wire.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A token of a program, without what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Token {
    pub id: String,
    /// The service account that it was made for.
    pub account: String,
    /// Rights: `read`, `operate`, `administer`, `logs`, `exec`, `psql`, `secrets`, `export`, `audit`,
    /// `members`, `metrics`, `installation`.
    pub scope: Vec<String>,
    pub created_at: Timestamp,
    pub created_by: String,
    /// `null`: it stays good until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// Whether that time is over.
    pub expired: bool,
    /// To within a minute or so. `null`: never.
    pub last_used_at: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenCreated {
    pub token: Token,
    /// What to send as `Authorization: Bearer`. Shown this once.
    pub secret: String,
}

impl fmt::Debug for TokenCreated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCreated").field("token", &self.token).finish_non_exhaustive()
    }
}

/// A token to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenCreate {
    /// The service account that it is for: a name of up to 40 characters of a-z, 0-9, `.`, `_` and `-`.
    pub account: String,
    /// Rights with commas between; `viewer`, `member` and `admin` stand for all of theirs.
    pub scope: String,
    /// `90d`, a day (its end, UTC), a time, or `never`. Default: 90 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}
