//! An installation on an engine and a disk of its own, and what happens to each operation when one of
//! them goes away in the middle: a case is one fault during one operation.
//!
//! # Invariants
//!
//! * While the cause lasts the operation says what it waits for, and nobody else notices more than they
//!   must. When the cause is gone it ends by itself.
//! * Afterwards everything belongs to somebody and everybody has what is theirs.

mod case;
mod change;
mod fault;
mod island;
mod matrix;

pub use case::case;
pub use change::Change;
pub use fault::Fault;
pub use island::Island;
pub use matrix::{Matrix, run};
