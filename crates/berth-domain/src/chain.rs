//! Errors as one line of text.

use std::error::Error;

/// Renders an error and its causes: `cannot reach the server: connection refused`.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{says}")]
    struct Broken {
        says: &'static str,
        source: Option<Box<Broken>>,
    }

    #[test]
    fn every_cause_is_told_outermost_first() {
        let end = Broken { says: "connection refused", source: None };
        let middle = Broken { says: "cannot reach the server", source: Some(Box::new(end)) };
        let error = Broken { says: "cannot open the database", source: Some(Box::new(middle)) };

        let text = chain(&error);

        assert_eq!(text, "cannot open the database: cannot reach the server: connection refused");
    }
}
