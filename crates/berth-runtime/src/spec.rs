//! What a container is to be, in words that every engine can carry out.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use berth_domain::{Digest, Generation, Limits, ObjectName, OperationId, TenantId};

/// The name of a container. Made from object names only, so no person's text ever reaches it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadName(String);

impl WorkloadName {
    /// A tenant's Odoo.
    #[must_use]
    pub fn tenant(object: &ObjectName) -> Self {
        Self(object.to_string())
    }

    /// A short-lived container that works for a tenant or a blueprint: `t_…-install`.
    #[must_use]
    pub fn job(object: &ObjectName, job: &'static str) -> Self {
        Self(format!("{object}-{job}"))
    }

    /// A short-lived container that looks into an image: `probe-<digest>`.
    #[must_use]
    pub fn probe(digest: &Digest, home: &str) -> Self {
        Self(format!("probe-{}-{home}", digest.short()))
    }

    /// A PostgreSQL server of this home, and its helpers (`suffix` is empty for the server).
    #[must_use]
    pub fn cluster(cluster: &str, home: &str, suffix: &'static str) -> Self {
        Self(format!("pg-{cluster}-{home}{suffix}"))
    }

    /// A container of ours, as the engine reported it: the only one whose name we did not make.
    #[must_use]
    pub fn reported(found: &crate::ObservedWorkload) -> Self {
        Self(found.name.clone())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkloadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a container is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Tenant,
    Cluster,
    /// Runs to its end and is removed.
    Job,
}

impl Role {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Cluster => "cluster",
            Self::Job => "job",
        }
    }
}

/// Whose an object is. Adapters write these as `berth.home`, `berth.tenant`, `berth.operation`; the
/// home is the adapter's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Labels {
    /// `None` for clusters and blueprint jobs.
    pub tenant: Option<TenantId>,
    /// The operation that made the object. `None` for what Berth needs for itself.
    pub operation: Option<OperationId>,
}

/// A folder or file of the host that may be mounted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MountSource(PathBuf);

/// The path cannot be mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be mounted: {why}", path.display())]
pub struct InvalidMount {
    pub path: PathBuf,
    pub why: &'static str,
}

/// Whoever could write here would own the host, so nothing at or below these is ever mounted.
const NEVER_MOUNTED: [&str; 12] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/run",
    "/var/lib/docker",
];

impl MountSource {
    /// Checks a path. It must be absolute, without `..`, not the root and not a system folder.
    /// Symbolic links are the caller's to resolve first.
    pub fn new(path: &Path) -> Result<Self, InvalidMount> {
        let refuse = |why| Err(InvalidMount { path: path.to_owned(), why });
        if !path.is_absolute() {
            return refuse("it is not an absolute path");
        }
        if path.components().any(|c| matches!(c, Component::ParentDir)) {
            return refuse("it contains `..`");
        }
        if path == Path::new("/") {
            return refuse("it is the root folder of the host");
        }
        if NEVER_MOUNTED.iter().any(|system| path.starts_with(system)) {
            return refuse("it belongs to the operating system");
        }
        if path.to_str().is_none_or(|text| text.contains([':', ',', '\n', '\0'])) {
            return refuse("its name contains a character that engines treat specially");
        }
        Ok(Self(path.to_owned()))
    }

    #[must_use]
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

/// One folder or file of the host inside a container.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mount {
    pub source: MountSource,
    /// Absolute path inside the container.
    pub target: &'static str,
    pub read_only: bool,
}

/// Numeric user and group that a container's process runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserIds {
    pub uid: u32,
    pub gid: u32,
}

/// How a container is connected.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Attachment {
    /// To nothing but its own loopback.
    None,
    /// To the network of this name, with this address.
    Network { name: ObjectName, address: Ipv4Addr },
}

/// What a container is to be. Equal specifications are the same container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadSpec {
    pub name: WorkloadName,
    pub role: Role,
    pub labels: Labels,
    pub generation: Generation,
    pub image: Digest,
    /// Replaces both entry point and command of the image.
    pub command: Vec<String>,
    /// Never holds a secret: engines show it to whoever may inspect.
    pub environment: BTreeMap<String, String>,
    /// `None` runs as the image's own user.
    pub user: Option<UserIds>,
    pub mounts: Vec<Mount>,
    pub attachment: Attachment,
    /// `None` for clusters, whose limits are the host's.
    pub limits: Option<Limits>,
    pub read_only_root: bool,
    /// Paths that get an empty, writable file system in memory, of at most 256 MiB each.
    pub scratch: Vec<&'static str>,
    /// Size of `/dev/shm`. `None` keeps the engine's 64 MB.
    pub shared_memory: Option<berth_domain::Bytes>,
    /// How long a stop waits between the polite and the final signal.
    pub stop_grace: Duration,
    /// The polite signal, such as `SIGINT` for PostgreSQL's fast shutdown. `None` is `SIGTERM`.
    pub stop_signal: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_folders_and_crooked_paths_are_never_mounted() {
        let refused = [
            "/",
            "relative",
            "/srv/../etc",
            "/etc/passwd",
            "/var/run/docker.sock",
            "/proc",
            "/srv/a:b",
            "/srv/a,readonly=false",
            "/run/secrets",
        ];
        for path in refused {
            assert!(MountSource::new(Path::new(path)).is_err(), "{path}");
        }
        assert!(MountSource::new(Path::new("/srv/addons")).is_ok());
        assert!(MountSource::new(Path::new("/var/lib/berth/tenants/t_0")).is_ok());
    }
}
