//! Where messages end up in tests: a web server and a mail server of a page each, on loopback.
//!
//! # Invariants
//!
//! * What arrived is kept in order, whole, as it came over the wire.
//! * Nobody is served after a sink was dropped.

mod mail;
mod web;

pub use mail::{Letter, MailSink};
pub use web::{Arrival, Reply, WebSink};
