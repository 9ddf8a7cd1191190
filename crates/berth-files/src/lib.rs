//! Tenants as files say they are to be: the text of such a file, read and written (docs/FILES.md).
//!
//! # Invariants
//!
//! * A mistake hides no other in the same file, and each has its place.
//! * What is written reads as what it was.
//!
//! Deliberately absent: which files there are, and what tenants there are (`berth`, the server).

mod parse;
mod written;

use std::collections::HashMap;

use berth_api::v1 as api;
use berth_config::{Mistake, Place};

pub use parse::{organisation, parse};
pub use written::{toml, wish};

/// A tenant, and where each thing about it is written.
#[derive(Debug)]
pub struct Described {
    pub wish: api::TenantWish,
    pub place: Place,
    /// By the name of the field.
    pub places: HashMap<&'static str, Place>,
}

impl Described {
    /// What the server found wrong, at the place where it is written.
    #[must_use]
    pub fn mistake(&self, problem: &api::FieldProblem) -> Mistake {
        let place = self.places.get(problem.field.as_str()).unwrap_or(&self.place);
        let key = match problem.field.as_str() {
            "" => self.wish.name.clone(),
            field => format!("{}.{field}", self.wish.name),
        };
        let (message, hint) = (problem.message.clone(), problem.hint.clone());
        Mistake { place: place.clone(), key, message, hint }
    }
}
