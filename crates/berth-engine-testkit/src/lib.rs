//! An engine and what stands around it: containers in memory, a throw-away PostgreSQL server, a
//! control database of either kind.
//!
//! An [`Installation`] is what outlives a process: the home, the control database, the containers.
//! A [`Process`] is one engine at work on it, which can be killed and started again.
//!
//! # Invariants
//!
//! * Development only: no crate has this as a normal dependency.
//! * Whatever cannot be set up ends the test with its reason.
//! * Nothing is shared between installations but the PostgreSQL server of the test process.

mod doors;
mod image;
mod installation;
mod messages;
pub mod odoo;
mod process;
mod rows;
mod settings;

use berth_domain::Actor;

pub use doors::{ClosedDoor, OpenDoor, SeenConsole};
pub use image::{capabilities, digest, know, reference, unlearn};
pub use installation::{Control, Installation};
pub use messages::FakeMessenger;
pub use process::Process;
pub use settings::{console, external, settings};

/// Whoever runs the tests, on the socket.
pub const ACTOR: Actor = Actor::Local { uid: 0 };
/// The organisation that every installation has.
pub const ORG: &str = "default";
