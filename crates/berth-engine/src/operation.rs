//! Durable changes: how one is described, and the driver that carries them out.
//!
//! # Invariants
//!
//! * What to do next comes from `berth_domain::saga::next` and the journal, nowhere else.
//! * `Started` is in the journal before a step's effect, its outcome after the effect was read back.
//! * Every write about an operation names the epoch it was claimed in. A driver of an older epoch
//!   changes nothing any more.

pub(crate) mod context;
pub(crate) mod driver;
pub(crate) mod journal;
pub(crate) mod reporter;
pub(crate) mod step;

pub(crate) use context::Context;
pub(crate) use step::{Needs, Saga, Step, StepError};
