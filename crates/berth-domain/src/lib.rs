//! Ids, names, states and decisions: what Berth knows without asking anybody.
//!
//! # Invariants
//!
//! * Nothing here performs I/O, reads a clock or draws a random number; callers pass them in.
//! * A value of a type in this crate already passed every check of its kind.
//! * Names of engine objects, databases and folders come from methods here and nowhere else.
//!
//! Deliberately absent: wire formats (`berth-api`), rows (`berth-store`), anything asynchronous.

pub mod access;
pub mod actor;
pub mod audit;
pub mod bytes;
mod chain;
pub mod clock;
pub mod cron;
pub mod details;
pub mod disk;
pub mod host;
pub mod id;
pub mod image;
mod ip_range;
pub mod lifecycle;
pub mod limits;
pub mod locale;
pub mod login;
pub mod module_name;
mod module_state;
pub mod name;
pub mod notice;
pub mod operation;
pub mod organisation;
pub mod orphan;
pub mod person;
pub mod problem;
pub mod provider;
pub mod reconcile;
pub mod saga;
pub mod schedule;
mod span;
pub mod sql;
pub mod stage;
pub mod statistics;
pub mod storage;
pub mod subnet;
pub mod tenant;
pub mod token;

pub use actor::Actor;
pub use bytes::Bytes;
pub use chain::chain;
pub use clock::{Clock, IdSource};
pub use cron::Cron;
pub use details::{Details, Notes, Owner, Tag, Tags};
pub use host::HostName;
pub use id::{
    AuditId, BlueprintId, ClusterId, DeliveryId, InvitationId, ObjectName, OperationId,
    OrganisationId, PersonId, ScheduleId, SessionId, SubscriptionId, TenantId, TokenId, UploadId,
};
pub use image::{Digest, ImageRef};
pub use ip_range::{InvalidRange, IpRange};
pub use lifecycle::{Event, IllegalTransition, TenantState};
pub use limits::Limits;
pub use locale::{Country, Language, TimeZoneName};
pub use login::{CompanyName, EmailAddress, Login};
pub use module_name::ModuleName;
pub use module_state::ModuleState;
pub use name::{InvalidName, TenantName};
pub use organisation::{Organisation, OrganisationName, OrganisationTitle};
pub use person::{Person, PersonName};
pub use problem::{Problem, Problems};
pub use provider::ProviderId;
pub use span::{InvalidSpan, Span};
pub use sql::{Param, Statement};
pub use stage::Stage;
pub use tenant::Tenant;
pub use token::Token;

/// An instant, in UTC. Stored as microseconds since the epoch.
pub type Timestamp = jiff::Timestamp;

/// Rises whenever the desired state of a tenant changes. Adapters refuse work that carries a lower
/// generation than the last they saw, so a slow worker cannot move a tenant backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(pub u64);
