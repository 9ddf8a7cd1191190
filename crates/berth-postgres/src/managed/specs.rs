//! The containers of a managed cluster, as values.

use std::path::Path;
use std::time::Duration;

use berth_domain::Generation;
use berth_runtime::{Attachment, Labels, Mount, MountSource, Role, WorkloadName, WorkloadSpec};

use super::{
    CONF_TARGET, DATA_TARGET, ManagedCluster, PASS_TARGET, SECRET_TARGET, SOCKET_TARGET, SUPERUSER,
};
use crate::error::ClusterError;

/// The name of the file that `initdb` reads the administrator's password from.
pub(super) const PASSWORD_FILE: &str = "initdb.password";

/// Returns the job that fills an empty data folder: UTF-8, `C.UTF-8`, checksums, passwords for
/// everybody, the superuser [`SUPERUSER`].
pub fn initdb(cluster: &ManagedCluster) -> Result<WorkloadSpec, ClusterError> {
    let command = [
        cluster.program("initdb"),
        format!("--pgdata={DATA_TARGET}"),
        format!("--username={SUPERUSER}"),
        format!("--pwfile={SECRET_TARGET}/{PASSWORD_FILE}"),
        "--encoding=UTF8".to_owned(),
        "--locale-provider=libc".to_owned(),
        "--locale=C.UTF-8".to_owned(),
        "--data-checksums".to_owned(),
        "--auth-local=scram-sha-256".to_owned(),
        "--auth-host=scram-sha-256".to_owned(),
        "--no-instructions".to_owned(),
    ];
    let mounts = vec![
        mount(&cluster.data_folder(), DATA_TARGET, false)?,
        mount(&cluster.secret_folder(), SECRET_TARGET, true)?,
    ];
    Ok(WorkloadSpec {
        name: WorkloadName::cluster(&cluster.name, &cluster.home, "-initdb"),
        role: Role::Job,
        command: command.to_vec(),
        mounts,
        ..template(cluster)
    })
}

/// Returns the server itself.
pub fn server(cluster: &ManagedCluster) -> Result<WorkloadSpec, ClusterError> {
    let command = [
        cluster.program("postgres"),
        "-c".to_owned(),
        format!("config_file={CONF_TARGET}/postgresql.conf"),
    ];
    let mounts = vec![
        mount(&cluster.data_folder(), DATA_TARGET, false)?,
        mount(&cluster.socket_folder(), SOCKET_TARGET, false)?,
        mount(&cluster.conf_folder(), CONF_TARGET, true)?,
        mount(&cluster.pass_folder(), PASS_TARGET, true)?,
    ];
    Ok(WorkloadSpec {
        name: cluster.workload_name(),
        role: Role::Cluster,
        command: command.to_vec(),
        mounts,
        ..template(cluster)
    })
}

fn template(cluster: &ManagedCluster) -> WorkloadSpec {
    let environment = [("LANG", "C.UTF-8"), ("PGDATA", DATA_TARGET), ("TZ", "UTC")];
    WorkloadSpec {
        name: cluster.workload_name(),
        role: Role::Cluster,
        labels: Labels::default(),
        generation: Generation(1),
        image: cluster.image.clone(),
        command: Vec::new(),
        environment: environment.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        user: Some(cluster.facts.user),
        mounts: Vec::new(),
        attachment: Attachment::None,
        limits: None,
        read_only_root: true,
        scratch: vec!["/tmp"],
        shared_memory: Some(cluster.shared_memory),
        // A shutdown writes a checkpoint, which takes a while on a slow disk.
        stop_grace: Duration::from_mins(1),
        // "Fast shutdown": sessions are ended, nothing is lost (PostgreSQL, "Shutting Down the Server").
        stop_signal: Some("SIGINT"),
    }
}

fn mount(source: &Path, target: &'static str, read_only: bool) -> Result<Mount, ClusterError> {
    let source = MountSource::new(source).map_err(ClusterError::Mount)?;
    Ok(Mount { source, target, read_only })
}
