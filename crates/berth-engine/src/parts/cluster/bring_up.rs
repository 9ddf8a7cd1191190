//! Connecting to a cluster, and making it first where it is ours.

use std::path::{Path, PathBuf};

use berth_domain::{Bytes, ClusterId, Digest, chain};
use berth_postgres::managed::ImageFacts;
use berth_postgres::{Address, Expect, ManagedCluster, PostgresError, Server, managed};
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::secrets::{self, SecretName};
use berth_store::{StoreError, Tx};
use secrecy::SecretString;

use super::{Cluster, MAIN, Which};
use crate::engine::Inner;
use crate::operation::StepError;
use crate::secret::secret;
use crate::{ClusterChoice, ServerSize};

/// Brings it up, and sees that it answers.
pub(super) async fn bring_up(engine: &Inner, which: Which) -> Result<Cluster, StepError> {
    match plan(engine, which) {
        Plan::Managed(size) => managed_cluster(engine, which, size).await,
        Plan::External { address, password } => {
            let row = row(engine, which, ClusterKind::External).await?;
            let server = Server::connect(address, password).await?;
            server.prepare_cluster().await?;
            Ok(Cluster { id: row.id, server, managed: None })
        }
    }
}

/// Who runs a cluster, and how large it is.
enum Plan<'a> {
    Managed(ServerSize),
    External { address: &'a Address, password: &'a SecretString },
}

/// What one tenant has for itself is ours, whoever runs the one that the others share.
fn plan(engine: &Inner, which: Which) -> Plan<'_> {
    match (which, &engine.settings.cluster) {
        (Which::Own(_), _) => Plan::Managed(engine.settings.own_cluster),
        (Which::Main, ClusterChoice::Managed(size)) => Plan::Managed(*size),
        (Which::Main, ClusterChoice::External { address, password }) => {
            Plan::External { address, password }
        }
    }
}

/// Connects to a cluster that the driver brought up, and changes nothing.
pub(super) async fn look(engine: &Inner, which: Which) -> Result<Cluster, StepError> {
    let mut tx = engine.store.read().await?;
    let Some(row) = find(&mut tx, which).await? else {
        return Err(StepError::retry("the server that drives has not brought it up yet"));
    };
    match plan(engine, which) {
        Plan::Managed(size) => {
            let owner = row.id.to_string();
            let password = secrets::get(&mut tx, &owner, SecretName::SuperuserPassword).await?;
            drop(tx);
            let password = password.ok_or_else(|| StepError::retry("it has no password yet"))?;
            // Containers that look into the image have a name of their own, so that those of the
            // driver are left alone.
            let probe = format!("{}-{}", engine.settings.home_id, std::process::id());
            let cluster = described(engine, which, size, &probe).await?;
            let address = cluster.address().map_err(PostgresError::from)?;
            let server = Server::connect(&address, &password).await?;
            Ok(Cluster { id: row.id, server, managed: Some(cluster) })
        }
        Plan::External { address, password } => {
            drop(tx);
            let server = Server::connect(address, password).await?;
            Ok(Cluster { id: row.id, server, managed: None })
        }
    }
}

/// Describes a managed cluster as it is configured, with what its image says. `probe` tells the
/// containers that look into the image from those of others.
async fn described(
    engine: &Inner,
    which: Which,
    ServerSize { max_connections, memory }: ServerSize,
    probe: &str,
) -> Result<ManagedCluster, StepError> {
    let reference = &engine.settings.postgres_image;
    let Some(image) = engine.runtime.images.find(reference).await? else {
        return Err(StepError::retry(format!(
            "the container engine has no image `{reference}`: fetch it with `docker pull`, or build it with `cargo xtask setup`"
        )));
    };
    let facts = facts(engine, &image.digest, probe).await?;
    let name = which.name();
    let folder: PathBuf = engine.settings.paths.cluster(&name);
    Ok(ManagedCluster {
        name,
        home: engine.settings.home_id.clone(),
        folder,
        image: image.digest,
        facts,
        memory,
        shared_memory: Bytes::mib(1024),
        max_connections,
        reflink: shares_blocks(engine.settings.paths.home()),
        syncfs_reports: is_since_5_8(&rustix::system::uname().release().to_string_lossy()),
    })
}

/// What an image says of itself. It is looked into once: every cluster has the same.
async fn facts(engine: &Inner, image: &Digest, probe: &str) -> Result<ImageFacts, StepError> {
    let _probing = engine.locks.lock(image.as_str()).await;
    if let Some(known) = engine.own_clusters.facts(image) {
        return Ok(known);
    }
    let facts = managed::probe_image(&engine.runtime, image, probe).await;
    let facts = facts.map_err(PostgresError::from)?;
    engine.own_clusters.remember(image, &facts);
    Ok(facts)
}

async fn managed_cluster(
    engine: &Inner,
    which: Which,
    size: ServerSize,
) -> Result<Cluster, StepError> {
    let home = &engine.settings.home_id;
    let cluster = described(engine, which, size, home).await?;
    let row = row(engine, which, ClusterKind::Managed).await?;
    // A major is noted once the server answered for the first time.
    let expect = if row.major.is_some() { Expect::Existing } else { Expect::New };
    let password = superuser_password(engine, row.id).await?;
    let server = managed::ensure_running(&engine.runtime, &cluster, &password, expect).await?;
    // From now on an empty data folder means a missing disk, never a first start.
    let mut tx = engine.store.begin().await?;
    let major = u32::from(cluster.facts.major);
    let _ = clusters::set_major(&mut tx, row.id, major).await?;
    tx.commit().await?;
    Ok(Cluster { id: row.id, server, managed: Some(cluster) })
}

async fn find(tx: &mut Tx, which: Which) -> Result<Option<ClusterRow>, StoreError> {
    match which {
        Which::Main => clusters::find(tx, MAIN).await,
        Which::Own(tenant) => clusters::get(tx, ClusterId::of(tenant)).await,
    }
}

/// Finds the cluster's row, or makes that of the one that all share: the others' are made with their
/// tenants.
async fn row(engine: &Inner, which: Which, kind: ClusterKind) -> Result<ClusterRow, StepError> {
    let mut tx = engine.store.begin().await?;
    match (find(&mut tx, which).await?, which) {
        (Some(row), _) if row.kind == kind => return Ok(row),
        (Some(row), _) => {
            return Err(StepError::fail(format!(
                "the tenants of this home are on a cluster that is {}, and the configuration says {}",
                row.kind.as_str(),
                kind.as_str()
            )));
        }
        (None, Which::Own(_)) => return Err(StepError::fail("its tenant is gone")),
        (None, Which::Main) => {}
    }
    let row = ClusterRow {
        id: ClusterId::from_uuid(engine.ids.uuid()),
        name: which.name(),
        kind,
        major: None,
        created_at: engine.clock.now(),
    };
    clusters::insert(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(row)
}

async fn superuser_password(engine: &Inner, id: ClusterId) -> Result<SecretString, StepError> {
    let owner = id.to_string();
    let mut tx = engine.store.begin().await?;
    if let Some(known) = secrets::get(&mut tx, &owner, SecretName::SuperuserPassword).await? {
        return Ok(known);
    }
    let password = secret();
    secrets::put(&mut tx, &owner, SecretName::SuperuserPassword, &password).await?;
    tx.commit().await?;
    Ok(password)
}

/// Whether one file below the home can share blocks with another.
pub(crate) fn shares_blocks(home: &Path) -> bool {
    let (one, two) = (home.join(".reflink-1"), home.join(".reflink-2"));
    let _ = std::fs::remove_file(&two);
    let shares = std::fs::write(&one, [0u8; 8192])
        .and_then(|()| reflink_copy::reflink(&one, &two))
        .map_err(|error| tracing::debug!(error = %chain(&error), "no reflinks"))
        .is_ok();
    let _ = std::fs::remove_file(&one);
    let _ = std::fs::remove_file(&two);
    shares
}

/// Whether a kernel's release, as in `6.1.0-18-amd64`, is 5.8 or later. What cannot be read is not.
fn is_since_5_8(release: &str) -> bool {
    let mut numbers = release.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_told_apart_by_number_and_not_by_letter() {
        for since in ["5.8.0", "5.10.0-28-amd64", "6.1.0-18-amd64", "10.0", "6.18.44-fc-v857"] {
            assert!(is_since_5_8(since), "{since}");
        }
        for before in ["5.7.19", "5.4.0-150-generic", "4.19.0", "5", "", "unknown", "-6.1"] {
            assert!(!is_since_5_8(before), "{before}");
        }
    }
}
