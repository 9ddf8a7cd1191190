//! Clusters, databases and roles of tenants.
//!
//! A [`Server`] is one PostgreSQL server reached as its administrator; [`managed`] runs one in a
//! container; a [`TenantDb`] is one database reached as the role that owns it.
//!
//! # Invariants
//!
//! * Databases and roles are called by [`berth_domain::ObjectName`]s only, and every identifier is
//!   quoted in one place (`quote`), so no person's text ever becomes SQL.
//! * The administrator never runs a query inside a tenant's database: whoever owns a database can
//!   plant functions, views and triggers there that run with the rights of whoever touches them
//!   (PostgreSQL, "Functions, triggers and row-level security"). Tables are read and written as the
//!   tenant's own role; the administrator only runs commands on catalogues.
//! * A password never stands in an SQL text, an argument list or an environment: roles get a SCRAM
//!   verifier that was computed here, programs get a file.
//! * Every call that makes or removes something can be repeated after a crash at any point.

mod address;
pub mod budget;
mod clone;
mod copies;
mod databases;
pub mod dump;
pub mod eject;
mod error;
mod extensions;
pub mod managed;
mod ownership;
mod quote;
mod restore;
mod roles;
mod scram;
mod server;
mod survey;
mod tenant_db;
mod turn;

pub use address::{Address, InvalidAddress, SslMode};
pub use clone::{Cloned, Strategy};
pub use databases::{Condition, DatabaseInfo};
pub use error::{ClusterError, PostgresError};
pub use extensions::ExtensionRefused;
pub use managed::{Expect, ImageFacts, ManagedCluster};
pub use restore::{Refusal, Report, RestoreError, Restorer};
pub use roles::RoleInfo;
pub use server::{Server, ServerVersion};
pub use survey::{DatabaseSeen, Survey};
pub use tenant_db::{Row, TenantDb};
