//! What was wrong with what was typed into a form.

use berth_domain::{Problem, Problems};
use berth_engine::{EngineError, Kind, PeopleError};

use super::words::capitalised;
use crate::error::ApiError;

/// What is said at a form that comes back.
#[derive(Debug, Default, Clone)]
pub(super) struct Said {
    /// About all of it.
    pub(super) whole: Option<String>,
    /// About one field, by its name.
    pub(super) fields: Vec<(String, String)>,
}

impl Said {
    /// What a failure means for a form. One of Berth itself, and of what the form is about, is none of
    /// the form's.
    pub(super) fn of(error: EngineError) -> Result<Self, ApiError> {
        match error {
            EngineError::Invalid(problems) => Ok(Self::about(&problems)),
            error => match error.kind() {
                Kind::Stranger
                | Kind::HalfKnown
                | Kind::TooMany
                | Kind::Conflict
                | Kind::Forbidden => Ok(Self { whole: Some(in_full(&error)), fields: Vec::new() }),
                _ => Err(error.into()),
            },
        }
    }

    /// The same of a form in which somebody who is known proves once more who they are: what is not
    /// right then stands in one field.
    pub(super) fn of_proof(
        error: EngineError,
        (field, text): (&str, &str),
    ) -> Result<Self, ApiError> {
        match error {
            EngineError::People(PeopleError::NotLetIn) => {
                let fields = vec![(field.to_owned(), text.to_owned())];
                Ok(Self { whole: None, fields })
            }
            error => Self::of(error),
        }
    }

    pub(super) fn about(problems: &Problems) -> Self {
        let said = |problem: &Problem| {
            let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            (problem.field.clone(), format!("{}{hint}", problem.message))
        };
        Self { whole: None, fields: problems.0.iter().map(said).collect() }
    }

    /// Nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_none() && self.fields.is_empty()
    }

    /// What was said about a field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, said)| said.as_str())
    }
}

/// A sentence, and what to do about it.
fn in_full(error: &EngineError) -> String {
    let text = capitalised(&error.to_string());
    match error.hint() {
        Some(hint) => format!("{text}. {}.", capitalised(&hint)),
        None => format!("{text}."),
    }
}
