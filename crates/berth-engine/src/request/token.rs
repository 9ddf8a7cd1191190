//! Tokens of programs.

/// A token to be made. Texts are as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateToken {
    /// The service account that it is for.
    pub account: String,
    /// Rights with commas between; a role stands for all of its own.
    pub scope: String,
    /// `90d`, a day (its end), a time, or `never`. Default: 90 days.
    pub expires: Option<String>,
}
