//! Everything that is wrong with what somebody asked for, at once.

use std::fmt;

/// One thing that is wrong, in the words of whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is about, as the caller spells it: `name`, `modules`, `limits.memory`.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it. `None` when the message already says it.
    pub hint: Option<String>,
}

/// A list of problems, in the order in which the fields were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: &str, message: impl fmt::Display) {
        self.0.push(Problem { field: field.to_owned(), message: message.to_string(), hint: None });
    }

    pub fn add_with_hint(&mut self, field: &str, message: impl fmt::Display, hint: &str) {
        let hint = Some(hint.to_owned());
        self.0.push(Problem { field: field.to_owned(), message: message.to_string(), hint });
    }

    /// Keeps the value of `parsed`, or notes why there is none.
    pub fn check<T, E: fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error)).ok()
    }

    /// Keeps the one of `known` that is called `text`, or notes which there are.
    pub fn one_of<T: Copy>(
        &mut self,
        field: &str,
        text: &str,
        known: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let found = known.iter().copied().find(|one| name(*one) == text);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|one| name(*one)).collect();
            let text: String = text.chars().take(40).flat_map(char::escape_default).collect();
            self.add(field, format!("there is no `{text}`: use {}", listed(&names)));
        }
        found
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{}: {}", problem.field, problem.message)?;
        }
        Ok(())
    }
}

/// `a, b or c`.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, known: &[&'static str]) -> (Option<&'static str>, String) {
        let mut problems = Problems::default();
        let found = problems.one_of("state", text, known, |name| name);
        (found, problems.to_string())
    }

    #[test]
    fn what_is_not_known_is_told_what_is() {
        let known = ["queued", "running", "done"];

        assert_eq!(said("running", &known), (Some("running"), String::new()));
        let (found, problem) = said("bogus", &known);
        assert_eq!(found, None);
        assert_eq!(problem, "state: there is no `bogus`: use queued, running or done");
    }

    #[test]
    fn hostile_words_are_shown_short_and_escaped() {
        let (_, problem) = said(&format!("\n{}", "x".repeat(500)), &["done"]);

        assert_eq!(problem, format!("state: there is no `\\n{}`: use done", "x".repeat(39)));
    }
}
