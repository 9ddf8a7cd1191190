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
mod asker;
mod checkup;
mod deadlines;
mod disk;
mod door;
mod engine;
pub mod error;
#[cfg(feature = "failpoints")]
pub mod failpoint;
mod health;
pub mod host_routes;
mod housekeeping;
mod last_look;
mod locks;
pub mod logs;
mod messenger;
mod notices;
mod once;
mod operation;
mod orphans;
mod page;
mod parts;
mod paths;
mod plan;
mod providers;
mod reconciler;
pub mod request;
mod revision;
mod routes;
mod sagas;
mod secret;
mod settings;
mod source;
mod statistics;
mod storage;
mod usecase;
pub mod view;

pub use asker::Asker;
pub use door::{Certificate, ConsoleDoor, ConsoleSeen, Door};
pub use engine::{Engine, Epoch, Pulse, Role, Routes, Setup};
pub use error::{EngineError, ForeignError, Kind, PeopleError};
pub use logs::LogsKept;
pub use messenger::{Letter, Messenger, Undelivered, Webhook};
pub use notices::MessageCounts;
pub use once::Once;
pub use paths::Paths;
pub use providers::{Providers, SignInProvider};
pub use revision::Revision;
pub use settings::{
    ClusterChoice, ConsoleSettings, ServerSize, Settings, Sockets, TenantDefaults, UploadRules,
};
pub use usecase::{Recalled, SetOutcome};
