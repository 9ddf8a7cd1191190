//! The managed cluster: a PostgreSQL server in a container of this home.
//!
//! # Invariants
//!
//! * It has no network. Tenants reach it through its socket folder, mounted read-only.
//! * `initdb` runs only in a folder that Berth itself began to fill (`berth-initialising`) and never
//!   finished (`berth-complete`); whatever else is found there is left alone and reported.
//! * Berth writes the configuration and starts the server with its own command line; entry points of
//!   images are not used. No password stands in an argument or an environment.
//! * Everything here is a value or a file operation; the container engine is behind
//!   [`berth_runtime::Runtime`].

mod bring_up;
mod files;
mod image;
mod settings;
mod specs;

use std::path::{Path, PathBuf};

use berth_domain::{Bytes, Digest};
use berth_runtime::{UserIds, WorkloadName};

use crate::Address;
use crate::error::ClusterError;

pub use bring_up::{ensure_running, stop};
pub use image::{ImageFacts, probe_image};
pub use specs::{initdb, server};

/// The administrator of a managed cluster.
pub const SUPERUSER: &str = "berth";
/// Where the socket folder is mounted, in the server and in tenants.
pub const SOCKET_TARGET: &str = "/run/postgresql";
/// Where password files for `pg_dump` are mounted.
pub const PASS_TARGET: &str = "/berth/pass";

const DATA_TARGET: &str = "/berth/data";
const CONF_TARGET: &str = "/berth/conf";
const SECRET_TARGET: &str = "/berth/secret";
const SOCKET_NAME: &str = ".s.PGSQL.5432";
/// `sun_path` holds 108 bytes with its closing zero (unix(7)).
const SOCKET_PATH_MAX: usize = 107;

/// One managed cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedCluster {
    /// Of the cluster, within its home: a-z, 0-9 and `-`.
    pub name: String,
    /// The id of the home, in the same letters.
    pub home: String,
    /// Everything of this cluster is below it: `data`, `run`, `conf`, `pass`. Absolute, without
    /// symbolic links.
    pub folder: PathBuf,
    pub image: Digest,
    pub facts: ImageFacts,
    /// What PostgreSQL may plan with: a share of the host's memory.
    pub memory: Bytes,
    /// Size of `/dev/shm`, which parallel queries need.
    pub shared_memory: Bytes,
    pub max_connections: u32,
    /// Whether files in `folder` can share blocks (XFS or Btrfs with reflinks).
    pub reflink: bool,
    /// Whether the kernel tells who asks for a whole disk to be written (`syncfs`) that something of it
    /// was lost: from Linux 5.8 on (PostgreSQL, `recovery_init_sync_method`).
    pub syncfs_reports: bool,
}

/// Whether the cluster may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Its first start: an empty folder is filled.
    New,
    /// It ran before: a folder without data means that a disk is missing, and nothing is made.
    Existing,
}

impl ManagedCluster {
    /// The container of the server.
    #[must_use]
    pub fn workload_name(&self) -> WorkloadName {
        WorkloadName::cluster(&self.name, &self.home, "")
    }

    /// Where Berth itself reaches the server.
    pub fn address(&self) -> Result<Address, ClusterError> {
        let folder = self.socket_folder();
        if folder.join(SOCKET_NAME).as_os_str().len() > SOCKET_PATH_MAX {
            return Err(ClusterError::SocketPathTooLong(folder));
        }
        Ok(Address::Socket { folder, port: 5432, user: SUPERUSER.to_owned() })
    }

    /// Mounted read-only into tenants at [`SOCKET_TARGET`].
    #[must_use]
    pub fn socket_folder(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// `PGDATA`.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Where the caller puts password files for [`crate::dump`], by [`Self::write_pass_file`].
    #[must_use]
    pub fn pass_folder(&self) -> PathBuf {
        self.folder.join("pass")
    }

    fn conf_folder(&self) -> PathBuf {
        self.folder.join("conf")
    }

    fn secret_folder(&self) -> PathBuf {
        self.folder.join("secret")
    }

    fn program(&self, name: &str) -> String {
        match &self.facts.bin_dir {
            Some(folder) => format!("{folder}/{name}"),
            None => name.to_owned(),
        }
    }
}

/// Numeric ids of the user `postgres` in an image, from the answer of `id postgres`.
fn parse_id(output: &str) -> Option<UserIds> {
    let number = |key: &str| {
        let rest = &output[output.find(key)? + key.len()..];
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    Some(UserIds { uid: number("uid=")?, gid: number("gid=")? })
}

/// Reads the major version from `postgres (PostgreSQL) 18.1 (Debian …)`.
fn parse_major(output: &str) -> Option<u16> {
    let rest = output.split_once("(PostgreSQL) ")?.1;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> ClusterError {
    let path = path.to_owned();
    move |source| ClusterError::Io { action, path, source }
}

#[cfg(test)]
mod tests;
