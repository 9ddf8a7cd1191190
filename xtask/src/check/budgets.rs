//! How long a file may be and what it may be called.

use super::sources::Source;

/// Production lines from which a file is mentioned, and from which it is refused.
const NOTED: usize = 300;
const REFUSED: usize = 500;

/// Names that say nothing about what a file does.
const EMPTY_NAMES: [&str; 7] = ["mod", "util", "utils", "helpers", "common", "misc", "manager"];

/// What there is to say about one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) problems: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Judges a file; anything but Rust passes.
pub(crate) fn judge(source: &Source) -> Verdict {
    let mut verdict = Verdict::default();
    if !source.is_rust() {
        return verdict;
    }
    let path = &source.path;
    if EMPTY_NAMES.contains(&source.stem()) {
        verdict.problems.push(format!("{path}: the name says nothing; call it what it does"));
    }
    if is_test(path) {
        return verdict;
    }
    let lines = production_lines(&source.text);
    if lines > REFUSED {
        verdict.problems.push(format!("{path}: {lines} lines of {REFUSED} at most; split it"));
    } else if lines > NOTED {
        verdict.notes.push(format!("{path}: {lines} lines of {NOTED}"));
    }
    verdict
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Lines outside `#[cfg(test)]` blocks.
fn production_lines(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            count += 1;
            continue;
        }
        // The item may end on its first line, else at a brace in the first column.
        let is_whole = lines.next().is_none_or(|item| item.ends_with(';') || item.ends_with("{}"));
        if !is_whole {
            lines.by_ref().find(|line| line.starts_with('}'));
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, lines: usize) -> Source {
        Source { path: path.to_owned(), text: "line\n".repeat(lines) }
    }

    #[test]
    fn tests_do_not_count() {
        let text =
            "one\n#[cfg(test)]\nmod tests;\ntwo\n#[cfg(test)]\nmod more {\n    x\n}\nthree\n";

        assert_eq!(production_lines(text), 3);
        assert_eq!(judge(&source("crates/a/tests/it/main.rs", 900)), Verdict::default());
    }

    #[test]
    fn long_files_are_noted_and_longer_ones_refused() {
        assert_eq!(judge(&source("a.rs", 300)), Verdict::default());
        assert_eq!(judge(&source("a.rs", 301)).notes, ["a.rs: 301 lines of 300"]);
        assert_eq!(judge(&source("a.rs", 501)).problems.len(), 1);
    }

    #[test]
    fn names_that_say_nothing_are_refused() {
        assert_eq!(judge(&source("crates/a/src/utils.rs", 1)).problems.len(), 1);
        assert_eq!(judge(&source("crates/a/src/backoff.rs", 1)), Verdict::default());
    }
}
