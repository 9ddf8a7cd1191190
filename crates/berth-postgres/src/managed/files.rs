//! The folders and files of a managed cluster.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use berth_domain::ObjectName;
use berth_runtime::UserIds;
use secrecy::{ExposeSecret, SecretString};

use super::specs::PASSWORD_FILE;
use super::{Expect, ManagedCluster, io_error, settings};
use crate::dump;
use crate::error::ClusterError;

const INITIALISING: &str = "berth-initialising";
const COMPLETE: &str = "berth-complete";

/// What is to be done with the data folder before the server can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataFolder {
    Ready,
    /// Empty, or half-filled by an `initdb` of ours that a crash ended.
    ToBeFilled,
}

impl ManagedCluster {
    /// Looks at the data folder without changing it.
    pub(super) fn inspect_data(&self, expect: Expect) -> Result<DataFolder, ClusterError> {
        let data = self.data_folder();
        let version = data.join("PG_VERSION");
        if self.folder.join(COMPLETE).exists() {
            if !version.exists() {
                return Err(ClusterError::DataMissing(data));
            }
            let found = fs::read_to_string(&version).map_err(io_error("read", &version))?;
            let found = found.trim().to_owned();
            if found != self.facts.major.to_string() {
                return Err(ClusterError::WrongMajor { data: found, image: self.facts.major });
            }
            return Ok(DataFolder::Ready);
        }
        if expect == Expect::Existing {
            return Err(ClusterError::DataMissing(self.folder.clone()));
        }
        let is_ours = self.folder.join(INITIALISING).exists();
        if !is_ours && has_entries(&data)? {
            return Err(ClusterError::ForeignData(data));
        }
        Ok(DataFolder::ToBeFilled)
    }

    /// Makes the data folder empty for `initdb`, after noting that whatever is in it is ours.
    pub(super) fn begin_filling(&self, password: &SecretString) -> Result<(), ClusterError> {
        ensure_folder(&self.folder, 0o755, None)?;
        write(&self.folder.join(INITIALISING), b"", 0o600, None)?;
        let data = self.data_folder();
        if data.exists() {
            fs::remove_dir_all(&data).map_err(io_error("remove", &data))?;
        }
        let owner = Some(self.facts.user);
        ensure_folder(&data, 0o700, owner)?;
        ensure_folder(&self.secret_folder(), 0o700, owner)?;
        let file = self.secret_folder().join(PASSWORD_FILE);
        write(&file, password.expose_secret().as_bytes(), 0o600, owner)
    }

    /// Notes that the data folder is filled, and forgets the password file.
    pub(super) fn finish_filling(&self) -> Result<(), ClusterError> {
        let secret = self.secret_folder();
        fs::remove_dir_all(&secret).map_err(io_error("remove", &secret))?;
        write(&self.folder.join(COMPLETE), b"", 0o600, None)?;
        let started = self.folder.join(INITIALISING);
        fs::remove_file(&started).map_err(io_error("remove", &started))
    }

    /// Writes the configuration and makes the folders that are mounted.
    pub(super) fn write_configuration(&self) -> Result<(), ClusterError> {
        let owner = Some(self.facts.user);
        // Tenants' Odoo, of other user ids, must get through to the socket.
        ensure_folder(&self.socket_folder(), 0o755, owner)?;
        ensure_folder(&self.pass_folder(), 0o700, owner)?;
        let conf = self.conf_folder();
        ensure_folder(&conf, 0o750, owner)?;
        let settings = settings::postgresql_conf(self);
        write(&conf.join("postgresql.conf"), settings.as_bytes(), 0o640, owner)?;
        write(&conf.join("pg_hba.conf"), settings::PG_HBA.as_bytes(), 0o640, owner)?;
        write(&conf.join("pg_ident.conf"), b"# Written by Berth: no mappings.\n", 0o640, owner)
    }

    /// Puts the password file there that [`dump::environment`] names. Remove it after the dump.
    pub fn write_pass_file(
        &self,
        database: &ObjectName,
        password: &SecretString,
    ) -> Result<PathBuf, ClusterError> {
        let path = self.pass_folder().join(dump::pass_file_name(database));
        let content = dump::pass_file(database, password);
        write(&path, content.expose_secret().as_bytes(), 0o600, Some(self.facts.user))?;
        Ok(path)
    }
}

fn has_entries(folder: &Path) -> Result<bool, ClusterError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("read", folder)(error)),
    }
}

fn ensure_folder(path: &Path, mode: u32, owner: Option<UserIds>) -> Result<(), ClusterError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(io_error("make", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(io_error("set the mode of", path))?;
    give_to(path, owner)
}

/// Writes a file whole: beside its place first, so that a crash never leaves half of it.
fn write(
    path: &Path,
    content: &[u8],
    mode: u32,
    owner: Option<UserIds>,
) -> Result<(), ClusterError> {
    let beside = path.with_extension("new");
    if beside.exists() {
        fs::remove_file(&beside).map_err(io_error("remove", &beside))?;
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&beside)
        .map_err(io_error("make", &beside))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(io_error("write", &beside))?;
    give_to(&beside, owner)?;
    fs::rename(&beside, path).map_err(io_error("write", path))?;
    // The name is in the folder, which has a cache of its own (fsync(2)).
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error("write", path))
}

fn give_to(path: &Path, owner: Option<UserIds>) -> Result<(), ClusterError> {
    let Some(owner) = owner else { return Ok(()) };
    chown(path, Some(owner.uid), Some(owner.gid)).map_err(io_error("change the owner of", path))
}
