//! One message, as it is kept and sent.

use serde::{Deserialize, Serialize};

/// What a webhook gets as its body, and a mail is made of. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The same however often it is sent.
    pub id: String,
    /// `tenant.broken`.
    pub kind: String,
    /// When it happened, RFC 3339.
    pub time: String,
    pub organisation: String,
    pub tenant: Option<String>,
    pub operation: Option<String>,
    /// One line: `acme is broken`.
    pub title: String,
    /// One sentence: why.
    pub message: String,
    /// What can be done about it.
    pub hint: Option<String>,
    /// The command that looks at it, or helps.
    pub command: Option<String>,
    /// Under which the tenant is reached.
    pub url: Option<String>,
}

/// How long a text of a message may be.
const MOST: usize = 1000;

impl Message {
    /// What is kept, and what a webhook gets.
    ///
    /// # Panics
    ///
    /// Never: it is plain data.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain data has a JSON form")
    }

    /// The message with every text on one line.
    #[must_use]
    pub(super) fn tidy(self) -> Self {
        Self {
            tenant: self.tenant.as_deref().map(one_line),
            title: one_line(&self.title),
            message: one_line(&self.message),
            hint: self.hint.as_deref().map(one_line),
            command: self.command.as_deref().map(one_line),
            url: self.url.as_deref().map(one_line),
            ..self
        }
    }
}

/// Control characters and line ends become blanks.
fn one_line(text: &str) -> String {
    let is_end = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}');
    let text: String = text.chars().map(|c| if is_end(c) { ' ' } else { c }).take(MOST).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
