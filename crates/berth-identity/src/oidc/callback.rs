//! What the browser brings back from a provider.

use std::borrow::Cow;
use std::fmt;

use secrecy::SecretString;

/// How long a query may be.
const LONGEST: usize = 8 * 1024;

/// The answer of a provider, as it stands in the query of our redirect address. Nothing of it is proven.
pub struct Callback {
    pub(super) state: String,
    pub(super) issuer: Option<String>,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Code(SecretString),
    /// A word of RFC 6749, or anything else that somebody put there.
    Refused(String),
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(..)")
    }
}

/// The query is not the answer of a provider. It is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCallback {
    #[error("the provider's answer is longer than {LONGEST} bytes")]
    TooLong,
    #[error("the provider's answer says `{0}` twice")]
    Twice(&'static str),
    #[error("the provider's answer has no state")]
    NoState,
    #[error("the provider's answer has neither a code nor an error, or both")]
    NoOutcome,
}

impl Callback {
    /// Reads a query, without its question mark.
    pub fn from_query(query: &str) -> Result<Self, InvalidCallback> {
        if query.len() > LONGEST {
            return Err(InvalidCallback::TooLong);
        }
        let [state, issuer, code, error] =
            ["state", "iss", "code", "error"].map(|name| only(query, name));
        let state = state?.ok_or(InvalidCallback::NoState)?;
        let outcome = match (code?, error?) {
            (Some(code), None) => Outcome::Code(code.into()),
            (None, Some(error)) => Outcome::Refused(error),
            _ => return Err(InvalidCallback::NoOutcome),
        };
        Ok(Self { state, issuer: issuer?, outcome })
    }
}

/// The one value of that name, if it is not empty.
fn only(query: &str, name: &'static str) -> Result<Option<String>, InvalidCallback> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let mut values = pairs.filter(|(key, _)| key == name).map(|(_, value)| value);
    let first = values.next();
    if values.next().is_some() {
        return Err(InvalidCallback::Twice(name));
    }
    Ok(first.map(Cow::into_owned).filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn error(query: &str) -> InvalidCallback {
        Callback::from_query(query).map(drop).unwrap_err()
    }

    #[test]
    fn a_code_and_a_refusal_are_read() {
        let callback =
            Callback::from_query("code=a%2Bb&state=xyz&iss=https%3A%2F%2Fa.example&more=1");

        let callback = callback.unwrap();
        assert_eq!(callback.state, "xyz");
        assert_eq!(callback.issuer.as_deref(), Some("https://a.example"));
        assert!(matches!(callback.outcome, Outcome::Code(code) if code.expose_secret() == "a+b"));
        let refused = Callback::from_query("error=access_denied&state=xyz").unwrap();
        assert!(matches!(refused.outcome, Outcome::Refused(why) if why == "access_denied"));
    }

    #[test]
    fn whatever_is_doubtful_is_refused() {
        assert_eq!(error(""), InvalidCallback::NoState);
        assert_eq!(error("code=a"), InvalidCallback::NoState);
        assert_eq!(error("code=a&state="), InvalidCallback::NoState);
        assert_eq!(error("state=a"), InvalidCallback::NoOutcome);
        assert_eq!(error("state=a&code="), InvalidCallback::NoOutcome);
        assert_eq!(error("state=a&code=b&error=c"), InvalidCallback::NoOutcome);
        assert_eq!(error("state=a&state=b&code=c"), InvalidCallback::Twice("state"));
        assert_eq!(error("state=a&code=b&code=c"), InvalidCallback::Twice("code"));
        assert_eq!(error(&format!("state=a&code={}", "b".repeat(9000))), InvalidCallback::TooLong);
    }

    #[test]
    fn it_is_not_shown() {
        let callback = Callback::from_query("code=secret&state=xyz").unwrap();

        assert_eq!(format!("{callback:?}"), "Callback(..)");
    }
}
