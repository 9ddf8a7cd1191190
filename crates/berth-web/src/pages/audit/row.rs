//! One thing that somebody did, worded.

use berth_domain::audit::{Outcome, Via};
use berth_engine::view::AuditEntry;
use serde_json::Value;

use crate::pages::words::{Status, capitalised};

/// An entry.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) object: Option<String>,
    pub(super) outcome: Status,
    pub(super) via: &'static str,
    pub(super) request: Option<String>,
    pub(super) token: Option<String>,
    pub(super) address: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Row {
    pub(super) fn of(entry: AuditEntry) -> Self {
        let shape = match entry.outcome {
            Outcome::Allowed => "ok",
            Outcome::Denied => "error",
        };
        Self {
            id: entry.id.to_string(),
            at: entry.at.strftime("%-d %b %Y %H:%M:%S").to_string(),
            actor: entry.actor.to_string(),
            action: entry.action,
            kind: entry.object.kind.to_string(),
            name: entry.object.name,
            object: entry.object.id,
            outcome: Status::new(shape, capitalised(entry.outcome.as_str())),
            via: match entry.origin.via {
                Via::Inside => "Berth itself",
                Via::Socket => "the socket of this host",
                Via::Tcp => "the console",
            },
            request: entry.origin.request,
            token: entry.origin.token.map(|token| token.to_string()),
            address: entry.origin.address.map(|address| address.to_string()),
            before: entry.before.as_ref().map(lines),
            after: entry.after.as_ref().map(lines),
        }
    }
}

/// Plain values a line each, anything else as JSON.
fn lines(value: &Value) -> String {
    let Value::Object(fields) = value else { return said(value) };
    let line = |(name, value): (&String, &Value)| format!("{name}: {}", said(value));
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_before_is_told_a_line_each() {
        let value = json!({ "cpu": "2", "notes": "a\nb", "tags": ["x", "y"], "until": null });

        assert_eq!(lines(&value), "cpu: 2\nnotes: a\nb\ntags: [\"x\",\"y\"]\nuntil: null");
        assert_eq!(lines(&json!(["x"])), "[\"x\"]");
    }
}
