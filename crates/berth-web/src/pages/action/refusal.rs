//! Why something cannot be done to a tenant, for a page.

use std::error::Error as _;

use berth_engine::EngineError;

use crate::pages::words::capitalised;

/// Why not, and what has the tenant instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// In sentences.
    pub(crate) text: String,
    /// The operation that stands in the way.
    pub(crate) operation: Option<String>,
}

impl Refusal {
    pub(crate) fn of(error: &EngineError) -> Self {
        let text = match error {
            EngineError::Illegal { source, .. } => source.to_string(),
            EngineError::Busy { kind, .. } => kind.clone(),
            EngineError::Invalid(problems) => {
                problems.0.iter().map(|it| it.message.clone()).collect::<Vec<_>>().join("; ")
            }
            error => match error.source() {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            },
        };
        let operation = match error {
            EngineError::Busy { operation, .. } => Some(operation.to_string()),
            _ => None,
        };
        Self { text: format!("{}.", capitalised(&text)), operation }
    }
}
