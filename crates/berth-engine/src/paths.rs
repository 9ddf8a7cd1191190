//! Where things lie in the home of an installation.
//!
//! # Invariants
//!
//! * Every path below the home is made here, from object names only.

use std::path::{Path, PathBuf};

use berth_domain::{ObjectName, UploadId};

/// The home folder and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    home: PathBuf,
}

/// The folder of one tenant or blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPaths {
    root: PathBuf,
    object: ObjectName,
}

impl Paths {
    /// `home` is absolute.
    #[must_use]
    pub fn new(home: PathBuf) -> Self {
        Self { home }
    }

    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    #[must_use]
    pub fn cluster(&self, name: &str) -> PathBuf {
        self.home.join("clusters").join(name)
    }

    /// Folders of clusters that exist, by their names.
    pub fn clusters(&self) -> std::io::Result<Vec<String>> {
        let entries = match std::fs::read_dir(self.home.join("clusters")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let names = entries.map(|entry| Ok(entry?.file_name().into_string().ok()));
        names.filter_map(Result::transpose).collect()
    }

    /// What a cluster's container said.
    #[must_use]
    pub fn cluster_logs(&self, name: &str) -> PathBuf {
        self.cluster(name).join("logs")
    }

    /// The folder of a tenant (`t_…`) or blueprint (`b_…`).
    #[must_use]
    pub fn object(&self, object: &ObjectName) -> ObjectPaths {
        let kind = if object.as_str().starts_with('b') { "blueprints" } else { "tenants" };
        ObjectPaths { root: self.home.join(kind).join(object.as_str()), object: object.clone() }
    }

    /// Folders of tenants or blueprints that exist, whoever they belong to.
    pub fn objects(&self) -> std::io::Result<Vec<ObjectName>> {
        let mut found = Vec::new();
        for kind in ["tenants", "blueprints"] {
            let entries = match std::fs::read_dir(self.home.join(kind)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in entries {
                let name = entry?.file_name();
                found.extend(name.to_str().and_then(|name| name.parse().ok()));
            }
        }
        Ok(found)
    }

    /// Where backups wait that were sent in.
    #[must_use]
    pub fn uploads(&self) -> PathBuf {
        self.home.join("uploads")
    }

    /// The content of one of them, whole.
    #[must_use]
    pub fn upload(&self, id: UploadId) -> PathBuf {
        self.uploads().join(id.to_string())
    }

    #[must_use]
    pub fn routes(&self) -> PathBuf {
        self.home.join("routes.json")
    }
}

impl ObjectPaths {
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `odoo.conf` and the password file of `psql`; mounted read-only at `/etc/odoo`.
    #[must_use]
    pub fn conf(&self) -> PathBuf {
        self.root.join("conf")
    }

    /// Odoo's data folder; mounted at `/var/lib/odoo`.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// What the object's containers said.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Blobs of the object's own database.
    #[must_use]
    pub fn filestore(&self) -> PathBuf {
        self.data().join("filestore").join(self.object.as_str())
    }
}
