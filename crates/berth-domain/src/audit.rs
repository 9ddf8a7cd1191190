//! Who did what, and from where.
//!
//! # Invariants
//!
//! * What is written down never changes and is never about something that did not get as far as
//!   being allowed or denied.
//! * No secret stands in it: what was set is described by what people may see of it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::TokenId;
use crate::operation::labels;

/// What came of asking. Whether it went well then is the operation's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Allowed,
    Denied,
}

/// What kind of thing something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    Tenant,
    Operation,
    Quota,
    Schedule,
    Webhook,
    Upload,
    Orphan,
    Token,
    Person,
    Invitation,
    Organisation,
    /// Of sign-ins: somebody there who is nobody here.
    Provider,
    Installation,
    /// Of the API: something that somebody was not allowed to ask for.
    Route,
}

/// A way to Berth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// Berth itself: a schedule, a deadline.
    Inside,
    /// The Unix socket of the API.
    Socket,
    /// The API over TCP.
    Tcp,
}

labels!(Outcome, UnknownOutcome, "an outcome", [
    Allowed => "allowed",
    Denied => "denied",
]);

labels!(ObjectKind, UnknownObjectKind, "a kind of thing that something is done to", [
    Tenant => "tenant",
    Operation => "operation",
    Quota => "quota",
    Schedule => "schedule",
    Webhook => "webhook",
    Upload => "upload",
    Orphan => "orphan",
    Token => "token",
    Person => "person",
    Invitation => "invitation",
    Organisation => "organisation",
    Provider => "provider",
    Installation => "installation",
    Route => "route",
]);

labels!(Via, UnknownVia, "a way to Berth", [
    Inside => "inside",
    Socket => "socket",
    Tcp => "tcp",
]);

/// The way by which something was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub via: Via,
    /// `req_...`, as it stands in the answer and in the log. `None`: nobody asked.
    pub request: Option<String>,
    /// The token that was shown. `None`: none was.
    pub token: Option<TokenId>,
    /// The address that it came from. `None`: it came from this host, or nobody asked.
    pub address: Option<IpAddr>,
}

/// What something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub kind: ObjectKind,
    /// `None` for what has no id.
    pub id: Option<String>,
    /// What it was called then.
    pub name: String,
}

impl Origin {
    /// Nobody asked: Berth does it by itself.
    pub const INSIDE: Self = Self { via: Via::Inside, request: None, token: None, address: None };

    /// A request on the Unix socket.
    #[must_use]
    pub const fn socket(request: String) -> Self {
        Self { via: Via::Socket, request: Some(request), token: None, address: None }
    }

    /// A request over TCP, from this address.
    #[must_use]
    pub const fn tcp(request: String, address: IpAddr) -> Self {
        Self { via: Via::Tcp, request: Some(request), token: None, address: Some(address) }
    }

    /// The same, with the token that was shown.
    #[must_use]
    pub fn with(self, token: Option<TokenId>) -> Self {
        Self { token, ..self }
    }
}

impl Object {
    #[must_use]
    pub fn new(kind: ObjectKind, id: impl fmt::Display, name: impl fmt::Display) -> Self {
        Self { kind, id: Some(id.to_string()), name: name.to_string() }
    }

    #[must_use]
    pub fn named(kind: ObjectKind, name: impl fmt::Display) -> Self {
        Self { kind, id: None, name: name.to_string() }
    }

    #[must_use]
    pub fn tenant(tenant: &crate::Tenant) -> Self {
        Self::new(ObjectKind::Tenant, tenant.id, &tenant.name)
    }
}
