//! Throw-away PostgreSQL, throw-away homes of Berth, settable clocks, counted ids, a browser, a
//! provider of identities, a proxy that hangs, and conditions to wait for.
//!
//! # Invariants
//!
//! * Development only: no crate has this as a normal dependency.
//! * What a test process starts ends with it, also when it is killed.
//! * Every wait has a deadline and says what it waited for.

pub mod chaos;
pub mod clock;
pub mod crash;
pub mod daemon;
pub mod dice;
pub mod disk;
pub mod durable;
pub mod engine;
pub mod home;
pub mod hostile;
pub mod http;
pub mod idp;
pub mod ids;
pub mod interrupt;
pub mod outage;
pub mod postgres;
mod program;
pub mod setup;
pub mod sink;
pub mod soak;
pub mod socket_proxy;
pub mod sqlite;
pub mod stories;
pub mod tls;
pub mod wait;
pub mod webdriver;

pub use clock::{FixedClock, SystemClock};
pub use ids::{RandomIds, SequentialIds};
