//! Who did what, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that somebody did, or was not allowed to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    pub id: String,
    pub at: Timestamp,
    /// `local:0`, `service:ci@default` for a program, or `system` for Berth itself.
    pub actor: String,
    /// `tenant.stop`. Of what was denied the operation of the API: `delete_tenant`.
    pub action: String,
    /// `allowed` or `denied`. Whether it went well then is the operation's to say.
    pub outcome: String,
    /// What it was done to: `tenant`, `operation`, `quota`, `schedule`, `webhook`, `upload`,
    /// `orphan`, `token`, `installation` or `route`.
    pub kind: String,
    /// Its id. `null`: it has none.
    pub object: Option<String>,
    /// What it was called then.
    pub name: String,
    /// What people may see of it before and after. `null`: there was nothing, or it is not told.
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// The way by which it was asked for: `socket`, `tcp`, or `inside` for what Berth does by itself.
    pub via: String,
    /// The request, as `x-request-id` of its answer and the log have it.
    pub request: Option<String>,
    /// The token that was shown. `null`: none was.
    pub token: Option<String>,
    /// The address that it came from, over TCP. `null`: it came from this host, or nobody asked.
    #[serde(default)]
    pub address: Option<String>,
}
