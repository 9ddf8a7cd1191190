//! What Odoo 16 to 19 wants: configuration, passwords, one-shot runs, statements, probes.
//!
//! # Invariants
//!
//! * No container, no connection, no process: texts, argument lists and [`berth_domain::Statement`]s
//!   go out, answers come in. The only files that are looked at are those of a filestore or of an
//!   archive that is handed in ([`health::blobs`], [`archive`]).
//! * What differs between versions is asked from the image ([`probe`]) or from the database
//!   ([`schema`]), never derived from a version number.
//! * No secret is part of an argument list.

pub mod archive;
pub mod catalogue;
pub mod conf;
pub mod filestore;
pub mod health;
pub mod identity;
pub mod install;
pub mod log_line;
pub mod manifest;
pub mod modules;
pub mod neutralize;
pub mod password;
pub mod portrait;
pub mod probe;
pub mod readback;
pub mod rework;
pub mod schema;
pub mod session;
pub mod sizing;
pub mod warm;

/// One row of an answer; `None` is `NULL`.
pub type Row = Vec<Option<String>>;

/// The port of Odoo's HTTP service in every container.
pub const HTTP_PORT: u16 = 8069;
/// The port of the gevent process, which serves `/websocket` when there are workers.
pub const GEVENT_PORT: u16 = 8072;
/// Where a tenant's data directory is mounted.
pub const DATA_DIR: &str = "/var/lib/odoo";

fn cell(row: &Row, index: usize) -> Option<&str> {
    row.get(index).and_then(|cell| cell.as_deref())
}

fn number(row: &Row, index: usize) -> i64 {
    cell(row, index).and_then(|text| text.parse().ok()).unwrap_or(0)
}
