//! The sum over all `test result:` lines, and what failed said.

use std::fmt;

/// How many lines are kept of what a test said that failed.
const LINES: usize = 24;
/// How many characters are kept of each.
const WIDTH: usize = 1500;

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    failures: Vec<Failure>,
    /// Whether the lines that come next are the last failure's.
    is_told: bool,
}

/// A test that failed, and the first lines of what it said. A run prints far more than anybody reads
/// twice, so it is said once more at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    name: String,
    said: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "failed test: {}", self.name)?;
        self.said.iter().try_for_each(|line| write!(formatter, "\n    {line}"))
    }
}

impl Summary {
    pub(crate) fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Adds what `line` states, if it is a test binary's result, or tells of a failure.
    pub(crate) fn add(&mut self, line: &str) {
        self.listen(line);
        self.count(line);
    }

    /// Failures are told in blocks: `---- NAME stdout ----`, or without `stdout` by our own harness.
    fn listen(&mut self, line: &str) {
        let title = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" ----"));
        if let Some(title) = title {
            let name = title.strip_suffix(" stdout").unwrap_or(title).to_owned();
            self.failures.push(Failure { name, said: Vec::new() });
            self.is_told = true;
            return;
        }
        if ["failures:", "stack backtrace:"].contains(&line.trim())
            || line.starts_with("test result:")
        {
            self.is_told = false;
        }
        if let Some(failure) = self.failures.last_mut()
            && self.is_told
            && !line.trim().is_empty()
            && failure.said.len() < LINES
        {
            failure.said.push(line.chars().take(WIDTH).collect());
        }
    }

    fn count(&mut self, line: &str) {
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
        assert_eq!(summary.failures(), []);
    }

    #[test]
    fn what_failed_is_said_again_without_its_backtrace() {
        let mut summary = Summary::default();
        let output = "running 3 tests\ntest a::b ... FAILED\n\nfailures:\n\n---- a::b stdout ----\n\n\
                      thread 'a::b' panicked at src/a.rs:1:2:\nno\nstack backtrace:\n   0: begin\n\n\
                      ---- c::d ----\nnot at rest\n\n\nfailures:\n    a::b\n    c::d\n\n\
                      test result: FAILED. 1 passed; 2 failed; 0 ignored";

        output.lines().for_each(|line| summary.add(line));

        let said: Vec<String> = summary.failures().iter().map(ToString::to_string).collect();
        let first = "failed test: a::b\n    thread 'a::b' panicked at src/a.rs:1:2:\n    no";
        assert_eq!(said, [first, "failed test: c::d\n    not at rest"]);
        assert_eq!((summary.passed, summary.failed), (1, 2));
    }
}
