//! Use cases of Berth, the operations they become and the driver that runs those.
//!
//! # Invariants
//!
//! * Every use case names its actor and its organisation.
//! * A change of a tenant is an operation, written in the transaction that decides it; nothing is
//!   touched before everything asked for is known to be valid.
//! * A step has succeeded when its effect was read back.
//!
//! Deliberately absent: HTTP, HTML, SQL, Docker, clap.

mod admission;
mod deadlines;
mod door;
mod engine;
pub mod error;
#[cfg(feature = "failpoints")]
pub mod failpoint;
mod health;
mod housekeeping;
mod locks;
mod operation;
mod orphans;
mod parts;
mod paths;
mod plan;
mod reconciler;
pub mod request;
mod routes;
mod sagas;
mod secret;
mod settings;
mod setup_token;
mod usecase;
pub mod view;

pub use door::Door;
pub use engine::{Engine, Epoch, Pulse, Role, Routes, Setup};
pub use error::{EngineError, Kind};
pub use paths::Paths;
pub use settings::{ClusterChoice, Settings, Sockets, TenantDefaults};
pub use usecase::SetOutcome;
