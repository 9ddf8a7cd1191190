//! Saying that rows cannot be read.
//!
//! # Invariants
//!
//! * Whoever looks every second says it once for each row, and again when it was well meanwhile.

use std::collections::BTreeSet;

use berth_store::StoreError;

/// What was said already.
#[derive(Debug, Default)]
pub(super) struct Unreadable(BTreeSet<String>);

impl Unreadable {
    pub(super) fn say(&mut self, what: &str, errors: &[StoreError]) {
        for error in self.news(errors) {
            tracing::error!(error, "{what} cannot be read");
        }
    }

    fn news(&mut self, errors: &[StoreError]) -> Vec<String> {
        let found: BTreeSet<String> = errors.iter().map(ToString::to_string).collect();
        let news = found.difference(&self.0).cloned().collect();
        self.0 = found;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_cannot_be_read_is_said_once() {
        let odd =
            || StoreError::Inconsistent { table: "schedule", row: "sch_1".to_owned(), why: "odd" };
        let mut said = Unreadable::default();

        let counts =
            [vec![odd()], vec![odd()], vec![], vec![odd()]].map(|errors| said.news(&errors).len());

        assert_eq!(counts, [1, 0, 0, 1]);
    }
}
