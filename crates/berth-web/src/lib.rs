//! The REST API over the engine, and the pages.
//!
//! # Invariants
//!
//! * A handler extracts, makes one engine call and presents the answer. Everything else is the
//!   engine's.
//! * Every route is in `routes.rs` with the right that it takes; nothing is reachable without one.
//! * Every failure is a problem document, and every answer carries a request id. What Berth itself
//!   got wrong is told to the log only.
//!
//! Deliberately absent: SQL, containers, decisions about tenants.

mod access;
mod api;
mod console;
mod context;
mod error;
mod extract;
mod guest;
mod if_match;
mod listener;
mod once;
mod openapi;
mod pages;
mod paging;
mod peer;
mod present;
pub mod reading;
mod request;
mod router;
mod routes;
mod server;
mod socket;
mod unread;

pub use console::{
    Console, ConsoleConfig, ConsoleError, ConsoleLimits, TlsError, TlsFiles, read_certificate,
    serve_console,
};
pub use openapi::document as openapi;
pub use routes::page_routes;
pub use server::{Configured, Web, WebError, serve, serve_unix};
pub use socket::ApiSocket;
