//! The checks of who may do what, and what takes each away: a file for each crate that they are in.

mod domain;
mod engine;
mod organisation;
mod people;
mod store;
mod unattended;
mod web;

use anyhow::Result;

use super::removal::Removal;

/// All of them.
pub(super) fn all() -> Result<Vec<Removal>> {
    let tables = [domain::ALL, store::ALL, engine::ALL, unattended::ALL, people::ALL, web::ALL];
    let mut all: Vec<Removal> =
        tables.into_iter().flatten().map(Removal::of).collect::<Result<_>>()?;
    all.extend(organisation::all()?);
    Ok(all)
}
