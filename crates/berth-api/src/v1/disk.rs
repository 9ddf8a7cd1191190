//! Disks and what fills them, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How full the disks of the host are, and what fills them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disk {
    /// The file systems that Berth stands on, each once.
    pub places: Vec<DiskPlace>,
    /// By kind.
    pub uses: Vec<DiskUse>,
}

/// A file system that Berth stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiskPlace {
    /// What lies there: `home`, `engine` or `cluster`.
    pub name: String,
    pub path: String,
    /// `enough`, `low` or `full`: nothing new is made on a full one.
    pub level: String,
    /// Since when people were told so. `null`: nobody looked yet.
    pub since: Option<Timestamp>,
    pub free_bytes: u64,
    pub total_bytes: u64,
    pub free_files: u64,
    /// 0: there is no such bound.
    pub total_files: u64,
}

/// Something that takes space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiskUse {
    /// In words: `files of tenants`.
    pub kind: String,
    pub bytes: u64,
    /// How to get it back. `null`: not at all.
    pub hint: Option<String>,
}
