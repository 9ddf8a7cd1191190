//! The installation itself, on the wire.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The installation, in one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    pub version: String,
    /// Tells two builds of one version apart: size, seconds and nanoseconds of the last change of the
    /// program that answers, in hexadecimal digits. `null` when it cannot look at itself.
    #[serde(default)]
    pub build: Option<String>,
    /// The home folder.
    pub home: String,
    /// Marks the engine objects of this installation.
    pub home_id: String,
    /// The address on which visitors are let in.
    pub edge: String,
    pub pid: u32,
    pub tenants: u64,
    /// Operations that are queued or running.
    pub operations_at_work: u64,
    /// Things that carry the label or a name of this home and belong to nobody, as of the last look.
    #[serde(default)]
    pub orphans: u64,
    /// `driver`: this process carries operations out. `standby`: another one does.
    pub role: String,
    /// Who opened the listening sockets: `own` or `inherited`.
    pub sockets: String,
    /// Where the API is reached over TCP. `null`: nowhere.
    #[serde(default)]
    pub console: Option<String>,
    /// Whether somebody claimed the console.
    pub claimed: bool,
    /// Disks that are low or full, in words.
    #[serde(default)]
    pub disk: Vec<String>,
    /// Why the PostgreSQL server is not there. `null`: it is, or it is just starting.
    #[serde(default)]
    pub postgres: Option<String>,
}

/// That a process of Berth answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
}

/// One line of `berth doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    pub name: String,
    /// `ok`, `warning` or `failed`.
    pub status: String,
    pub detail: String,
    /// What to do. `null` when all is well.
    pub hint: Option<String>,
}

/// The token with which the console is claimed. One of the two answers that carry a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetupToken {
    /// `null` once the console is claimed.
    pub token: Option<String>,
}

impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupToken").finish_non_exhaustive()
    }
}
