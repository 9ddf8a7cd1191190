//! Organisations: who owns tenants.

use berth_domain::{OrganisationId, Timestamp};

use crate::arg::{text, time};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

/// Who owns tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: String,
    pub created_at: Timestamp,
}

/// The name of the organisation that every installation begins with.
pub const DEFAULT: &str = "default";

const SOURCE: Source = Source { table: "organisation", key: "id" };

/// Returns the organisation called `default`, made with `id` if there is none.
pub async fn ensure_default(
    tx: &mut Tx,
    id: OrganisationId,
    now: Timestamp,
) -> Result<Organisation, StoreError> {
    let sql = "INSERT INTO organisation (id, name, created_at)
               VALUES ($1, $2, $3)
               ON CONFLICT (name) DO NOTHING";
    tx.execute(sql, vec![text(id), text(DEFAULT), time(now)]).await?;
    let missing = || StoreError::Missing { table: SOURCE.table, row: DEFAULT.to_owned() };
    find(tx, DEFAULT).await?.ok_or_else(missing)
}

/// Finds an organisation by name.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Organisation>, StoreError> {
    let sql = "SELECT id, name, created_at
               FROM organisation
               WHERE name = $1";
    tx.first(SOURCE, sql, vec![text(name)]).await?.as_ref().map(read).transpose()
}

/// Lists all organisations by name.
pub async fn list(tx: &mut Tx) -> Result<Listed<Organisation>, StoreError> {
    let sql = "SELECT id, name, created_at
               FROM organisation
               ORDER BY name";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

fn read(record: &Record) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: record.parse("id")?,
        name: record.text("name")?,
        created_at: record.time("created_at")?,
    })
}
