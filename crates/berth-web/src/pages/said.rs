//! What is said of a form that was not right.

use berth_domain::Problems;
use berth_engine::{EngineError, PeopleError};

use super::words::capitalised;
use crate::error::ApiError;

/// What was wrong with what was typed in a form.
#[derive(Debug, Default, Clone)]
pub(super) struct Said {
    /// About all of it.
    pub(super) whole: Option<String>,
    /// About one field, by its name.
    pub(super) fields: Vec<(String, String)>,
}

impl Said {
    /// What a failure means for a form. A failure of Berth itself is none of the form's.
    pub(super) fn of(error: EngineError) -> Result<Self, ApiError> {
        match error {
            EngineError::Invalid(problems) => Ok(Self::about(&problems)),
            EngineError::People(
                error @ (PeopleError::NotLetIn
                | PeopleError::SecondFactor
                | PeopleError::BadCode
                | PeopleError::SignInFirst
                | PeopleError::Claimed
                | PeopleError::Wait(_)),
            ) => Ok(Self { whole: Some(in_full(&error.into())), fields: Vec::new() }),
            error => Err(error.into()),
        }
    }

    pub(super) fn about(problems: &Problems) -> Self {
        let said = |problem: &berth_domain::Problem| {
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
