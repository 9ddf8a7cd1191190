//! Licences of everything that goes into a build.
//!
//! # Invariants
//!
//! * An expression that cannot be read is a problem, never an assumption.

use super::graph::Graph;

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Every package whose licence does not allow what we do with it.
pub(crate) fn problems(graph: &Graph) -> Vec<String> {
    let judge = |expression: Option<&str>| match expression {
        None => Some("states no licence".to_owned()),
        Some(text) => match allows(text) {
            Some(true) => None,
            Some(false) => Some(format!("is under `{text}`, which is not on the list")),
            None => Some(format!("states the licence `{text}`, which cannot be read")),
        },
    };
    let packages = graph.packages.iter();
    packages
        .filter_map(|package| {
            let problem = judge(package.license.as_deref())?;
            Some(format!("{} {} {problem}: use another package", package.name, package.version))
        })
        .collect()
}

/// Whether the SPDX expression can be met by the list; `None` if it is malformed.
fn allows(expression: &str) -> Option<bool> {
    // The slash is Cargo's old way to write OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words };
    let verdict = parser.any()?;
    parser.words.is_empty().then_some(verdict)
}

struct Parser<'a> {
    words: &'a [&'a str],
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn skip(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    fn any(&mut self) -> Option<bool> {
        let mut verdict = self.all()?;
        while self.skip("OR") {
            verdict |= self.all()?;
        }
        Some(verdict)
    }

    fn all(&mut self) -> Option<bool> {
        let mut verdict = self.one()?;
        while self.skip("AND") {
            verdict &= self.one()?;
        }
        Some(verdict)
    }

    fn one(&mut self) -> Option<bool> {
        let word = self.next()?;
        if word == "(" {
            let verdict = self.any()?;
            return self.skip(")").then_some(verdict);
        }
        if ["OR", "AND", "WITH", ")"].contains(&word) {
            return None;
        }
        let name = if self.skip("WITH") {
            format!("{word} WITH {}", self.next()?)
        } else {
            word.to_owned()
        };
        Some(ALLOWED.contains(&name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowed_alternative_is_enough_and_every_part_is_needed() {
        assert_eq!(allows("MIT OR GPL-3.0-only"), Some(true));
        assert_eq!(allows("MIT AND GPL-3.0-only"), Some(false));
        assert_eq!(allows("ISC AND (GPL-3.0-only OR Apache-2.0)"), Some(true));
        assert_eq!(allows("MIT/Apache-2.0"), Some(true));
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        assert_eq!(allows("Apache-2.0 WITH LLVM-exception"), Some(true));
        assert_eq!(allows("MIT WITH LLVM-exception"), Some(false));
    }

    #[test]
    fn a_malformed_expression_is_not_guessed_at() {
        for malformed in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT"] {
            assert_eq!(allows(malformed), None, "{malformed}");
        }
    }
}
