//! The sum over all `test result:` lines.

use std::fmt;

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Summary {
    /// Adds what `line` states, if it is a test binary's result.
    pub(crate) fn add(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else { return };
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            match (words.next().and_then(|count| count.parse::<u64>().ok()), words.next()) {
                (Some(count), Some("passed")) => self.passed += count,
                (Some(count), Some("failed")) => self.failed += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_are_summed() {
        let mut summary = Summary::default();

        summary.add("running 3 tests");
        summary.add("test result: ok. 3 passed; 0 failed; 0 ignored; finished in 0.01s");
        summary.add("test result: FAILED. 4 passed; 2 failed; 0 ignored; finished in 1.20s");

        assert_eq!(summary.to_string(), "7 passed, 2 failed");
    }
}
