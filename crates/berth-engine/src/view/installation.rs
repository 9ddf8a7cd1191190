//! The installation itself.

use std::path::PathBuf;

use berth_domain::disk::{DiskLevel, Space};
use berth_domain::{Bytes, Timestamp};

/// The installation, in one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    pub version: &'static str,
    pub build: Option<String>,
    pub home: String,
    pub home_id: String,
    pub edge: String,
    pub pid: u32,
    pub tenants: u64,
    pub operations_at_work: u64,
    /// Things that belong to nobody, as of the last look.
    pub orphans: u64,
    /// `driver` or `standby`.
    pub role: &'static str,
    /// `own` or `inherited`.
    pub sockets: &'static str,
    /// Where the API is reached over TCP. `None`: nowhere.
    pub console: Option<String>,
    /// Whether somebody claimed the console.
    pub claimed: bool,
    /// Disks that are low or full, in words.
    pub disk: Vec<String>,
    /// Why the PostgreSQL server is not there. `None`: it is, or it is just starting.
    pub postgres: Option<String>,
}

/// One line of `berth doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    /// `ok`, `warning` or `failed`.
    pub status: &'static str,
    pub detail: String,
    /// What to do. `None` when all is well.
    pub hint: Option<String>,
}

/// How full the disks are, and what fills them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskView {
    pub places: Vec<PlaceView>,
    /// By kind.
    pub uses: Vec<SpaceView>,
}

/// A file system that Berth stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceView {
    /// `home`, `engine` or `cluster`.
    pub name: &'static str,
    pub path: PathBuf,
    pub space: Space,
    pub level: DiskLevel,
    /// Since when people were told so. `None`: nobody looked yet.
    pub since: Option<Timestamp>,
}

/// Something that takes space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceView {
    pub kind: &'static str,
    pub bytes: Bytes,
    /// How to get it back. `None`: not at all.
    pub hint: Option<&'static str>,
}
