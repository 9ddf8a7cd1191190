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
