//! PostgreSQL servers that hold tenants' databases.
//!
//! The address and the password of the superuser are secrets of the cluster's id
//! ([`crate::secrets`]), never columns.

use std::str::FromStr;

use berth_domain::{ClusterId, TenantId, Timestamp};

use crate::arg::{integer_or_null, text, time};
use crate::record::{Record, Source};
use crate::{Change, Listed, StoreError, Tx};

/// One PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterRow {
    pub id: ClusterId,
    pub name: String,
    pub kind: ClusterKind,
    /// The server's major. `None` until it was asked.
    pub major: Option<u32>,
    pub created_at: Timestamp,
}

/// Who runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClusterKind {
    /// Berth: it made the data folder and starts the server.
    Managed,
    /// Somebody else; Berth has an address and a password.
    External,
}

impl ClusterKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::External => "external",
        }
    }
}

/// Not a kind of cluster that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind of cluster that this version of Berth knows")]
pub struct UnknownClusterKind(pub String);

impl FromStr for ClusterKind {
    type Err = UnknownClusterKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "managed" => Ok(Self::Managed),
            "external" => Ok(Self::External),
            _ => Err(UnknownClusterKind(text.to_owned())),
        }
    }
}

const SOURCE: Source = Source { table: "cluster", key: "id" };

/// Adds a cluster. Fails with [`StoreError::Taken`] when the name is in use.
pub async fn insert(tx: &mut Tx, cluster: &ClusterRow) -> Result<(), StoreError> {
    let ClusterRow { id, name, kind, major, created_at } = cluster;
    let sql = "INSERT INTO cluster (id, name, kind, major, created_at)
               VALUES ($1, $2, $3, $4, $5)";
    let args =
        vec![text(id), text(name), text(kind.as_str()), integer_or_null(*major), time(*created_at)];
    tx.execute(sql, args).await.map(drop)
}

/// Removes the cluster that a tenant had for itself, with its password. One that is not there is removed.
pub async fn delete_own(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let id = ClusterId::of(tenant);
    crate::secrets::delete_all(tx, &id.to_string()).await?;
    let sql = "DELETE FROM cluster
               WHERE id = $1";
    tx.execute(sql, vec![text(id)]).await.map(drop)
}

/// Notes which major the server said it is.
pub async fn set_major(tx: &mut Tx, id: ClusterId, major: u32) -> Result<Change, StoreError> {
    let sql = "UPDATE cluster
               SET major = $2
               WHERE id = $1";
    tx.change(sql, vec![text(id), integer_or_null(Some(major))]).await
}

/// Finds a cluster by name.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<ClusterRow>, StoreError> {
    let sql = "SELECT id, name, kind, major, created_at
               FROM cluster
               WHERE name = $1";
    tx.first(SOURCE, sql, vec![text(name)]).await?.as_ref().map(read).transpose()
}

/// Finds a cluster by id.
pub async fn get(tx: &mut Tx, id: ClusterId) -> Result<Option<ClusterRow>, StoreError> {
    let sql = "SELECT id, name, kind, major, created_at
               FROM cluster
               WHERE id = $1";
    tx.first(SOURCE, sql, vec![text(id)]).await?.as_ref().map(read).transpose()
}

/// Lists all clusters by name.
pub async fn list(tx: &mut Tx) -> Result<Listed<ClusterRow>, StoreError> {
    let sql = "SELECT id, name, kind, major, created_at
               FROM cluster
               ORDER BY name";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

fn read(record: &Record) -> Result<ClusterRow, StoreError> {
    Ok(ClusterRow {
        id: record.parse("id")?,
        name: record.text("name")?,
        kind: record.parse("kind")?,
        major: record.unsigned_or_null("major")?,
        created_at: record.time("created_at")?,
    })
}
