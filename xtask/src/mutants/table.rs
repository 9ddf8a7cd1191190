//! The checks of who may do what, and what takes each away: a file for each crate that they are in.

mod domain;
mod engine;
mod store;
mod web;

use super::Mutant;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Mutant> {
    [domain::ALL, store::ALL, engine::ALL, web::ALL].into_iter().flatten()
}
