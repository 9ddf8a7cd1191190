//! The door to tenants: routing from a watched table.
//!
//! A visitor's `Host` is looked up in the newest [`RouteTable`] and the request goes on, over
//! HTTP/1.1, to the tenant that has it; or the visitor gets a page that says why not.
//!
//! # Invariants
//!
//! * A request reaches the tenant that its one `Host` names, or none.
//! * A tenant sees nothing that a visitor wrote into a header which a proxy is believed to write,
//!   and never Berth's probe header.
//! * The database manager and the database service of Odoo are unreachable, however the address is
//!   spelled.
//! * What decides is pure: `framing`, `target`, `guarded`, `rpc_call`, `visitor`, `headers`,
//!   `page`. What acts holds no rule.
//! * Nothing is unbounded: connections, headers, bodies, waiting, idle time, log lines.
//!
//! Deliberately absent: who owns tenants and why a route is in its state (the engine), TLS.

mod access_log;
mod admission;
mod body;
mod config;
mod connection;
mod cookies;
mod edge;
mod error;
mod exchange;
mod framing;
mod gate;
mod guarded;
mod headers;
mod login;
mod metrics;
mod pace;
mod page;
mod probe;
pub mod reading;
mod record;
mod request_id;
mod rpc_call;
mod seldom;
mod shared;
mod socket;
mod table;
pub mod table_file;
mod target;
mod tenant_socket;
mod tenants;
mod traffic;
mod tunnel;
mod turns;
mod upload;
mod upstream;
mod visitor;
mod workers;

pub use config::{EdgeConfig, EdgeLimits};
pub use edge::Edge;
pub use error::EdgeError;
pub use login::{LOGIN_PATH, LoginLinks};
pub use metrics::EdgeMetrics;
pub use probe::{PROBE_HEADER, ProbeSecret};
pub use table::{Route, RouteState, RouteTable, Upstream};
pub use traffic::Traffic;
pub use turns::Turns;
