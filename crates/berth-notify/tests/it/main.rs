//! Messages over real connections on loopback.

#![expect(clippy::unwrap_used, reason = "everything here is a test")]

mod contract;
mod mail;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use berth_domain::notice::Message;
use berth_outbound::{Outbound, Policy, SystemResolver};

const PATIENCE: Duration = Duration::from_secs(10);

/// Reaches these ranges beside what is public.
fn outbound(allowed: &[&str], patience: Duration) -> Outbound {
    let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
    let policy = Policy { allowed, ..Policy::public("notify.allow_private") };
    Outbound::with(policy, Arc::new(SystemResolver), patience).unwrap()
}

/// A message that says something.
fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        kind: "tenant.broken".to_owned(),
        time: "2026-05-04T10:00:00Z".to_owned(),
        organisation: "default".to_owned(),
        tenant: Some("acme".to_owned()),
        operation: Some("op_1".to_owned()),
        title: "acme is broken".to_owned(),
        message: "its container ends at once".to_owned(),
        hint: None,
        command: None,
        url: None,
    }
}
