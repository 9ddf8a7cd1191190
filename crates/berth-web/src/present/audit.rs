//! Who did what.

use berth_api::v1 as api;
use berth_engine::view::AuditEntry;

pub(crate) fn audit_entry(entry: AuditEntry) -> api::AuditEntry {
    api::AuditEntry {
        id: entry.id.to_string(),
        at: entry.at,
        actor: entry.actor.to_string(),
        action: entry.action,
        outcome: entry.outcome.to_string(),
        kind: entry.object.kind.to_string(),
        object: entry.object.id,
        name: entry.object.name,
        before: entry.before,
        after: entry.after,
        via: entry.origin.via.to_string(),
        request: entry.origin.request,
        token: entry.origin.token.map(|token| token.to_string()),
        address: entry.origin.address.map(|address| address.to_string()),
    }
}
