//! Backups that were sent in. Their content is in files; a row is there only for a whole one.
//!
//! # Invariants
//!
//! * At most one operation that is not at rest uses an upload: [`claim`] says whether it got it.

use berth_domain::{Actor, Bytes, OperationId, OrganisationId, Timestamp, UploadId};

use crate::arg::{integer, text, text_or_null, time, unsigned};
use crate::record::{Record, Source};
use crate::{Change, Listed, Part, StoreError, Tx};

/// A backup that was sent in, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    pub organisation: OrganisationId,
    /// What the file was called where it came from.
    pub name: String,
    pub size: Bytes,
    pub created_at: Timestamp,
    pub created_by: Actor,
    /// The import that is at work on it. `None`: it waits for one.
    pub used_by: Option<OperationId>,
}

const SOURCE: Source = Source { table: "upload", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.organisation_id, u.name, u.size, u.created_at, u.created_by,
                    o.id AS used_by
             FROM upload u
             LEFT JOIN operation o
               ON o.id = u.operation_id
              AND o.state NOT IN ('done', 'undone', 'stuck') ",
            $rest
        )
    };
}

pub async fn insert(tx: &mut Tx, upload: &Upload) -> Result<(), StoreError> {
    let Upload { id, organisation, name, size, created_at, created_by, used_by } = upload;
    let sql = "INSERT INTO upload
                   (id, organisation_id, name, size, created_at, created_by, operation_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let args = vec![
        text(id),
        text(organisation),
        text(name),
        unsigned(size.0),
        time(*created_at),
        text(created_by),
        text_or_null(*used_by),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Finds an upload of an organisation.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: UploadId,
) -> Result<Option<Upload>, StoreError> {
    let sql = "SELECT u.id, u.organisation_id, u.name, u.size, u.created_at, u.created_by,
                      o.id AS used_by
               FROM upload u
               LEFT JOIN operation o
                 ON o.id = u.operation_id
                AND o.state NOT IN ('done', 'undone', 'stuck')
               WHERE u.organisation_id = $1
                 AND u.id = $2";
    let found = tx.first(SOURCE, sql, vec![text(organisation), text(id)]).await?;
    found.as_ref().map(read).transpose()
}

/// Lists an organisation's uploads, oldest first.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    Part { page, is_reversed }: &Part<UploadId>,
) -> Result<Listed<Upload>, StoreError> {
    // An id begins with the time at which it was made.
    let sql = if *is_reversed {
        select!(
            "WHERE u.organisation_id = $1 AND ($2 IS NULL OR u.id < $2)
             ORDER BY u.id DESC
             LIMIT $3"
        )
    } else {
        select!(
            "WHERE u.organisation_id = $1 AND ($2 IS NULL OR u.id > $2)
             ORDER BY u.id
             LIMIT $3"
        )
    };
    let args = vec![text(organisation), text_or_null(page.after), integer(page.limit)];
    Ok(Listed::page(tx.all(SOURCE, sql, args).await?, page.limit, read))
}

/// Which uploads there are, of whatever organisation.
pub async fn ids(tx: &mut Tx) -> Result<Listed<UploadId>, StoreError> {
    let sql = "SELECT id
               FROM upload
               ORDER BY id";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, |record| record.parse("id")))
}

/// Gives an upload to an operation. `Unchanged`: it is gone, or another one is at work on it.
pub async fn claim(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: UploadId,
    operation: OperationId,
) -> Result<Change, StoreError> {
    let sql = "UPDATE upload
               SET operation_id = $3
               WHERE organisation_id = $1
                 AND id = $2
                 AND NOT EXISTS (
                     SELECT 1
                     FROM operation o
                     WHERE o.id = upload.operation_id
                       AND o.state NOT IN ('done', 'undone', 'stuck'))";
    tx.change(sql, vec![text(organisation), text(id), text(operation)]).await
}

/// Forgets an upload, of which nobody else may decide meanwhile ([`crate::names::lock`]), unless an operation is at work on it.
pub async fn remove(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: UploadId,
) -> Result<Change, StoreError> {
    let sql = "DELETE FROM upload
               WHERE organisation_id = $1
                 AND id = $2
                 AND NOT EXISTS (
                     SELECT 1
                     FROM operation o
                     WHERE o.id = upload.operation_id
                       AND o.state NOT IN ('done', 'undone', 'stuck'))";
    tx.change(sql, vec![text(organisation), text(id)]).await
}

/// Forgets the upload that an operation used up. `Unchanged`: another one has it by now.
pub async fn used_up(tx: &mut Tx, operation: OperationId) -> Result<Change, StoreError> {
    let sql = "DELETE FROM upload
               WHERE operation_id = $1";
    tx.change(sql, vec![text(operation)]).await
}

/// Under the same lock as [`remove`], forgets uploads older than this that no operation is at work on, and returns how many there were.
pub async fn trim(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM upload
               WHERE created_at < $1
                 AND NOT EXISTS (
                     SELECT 1
                     FROM operation o
                     WHERE o.id = upload.operation_id
                       AND o.state NOT IN ('done', 'undone', 'stuck'))";
    tx.execute(sql, vec![time(older_than)]).await
}

fn read(record: &Record) -> Result<Upload, StoreError> {
    Ok(Upload {
        id: record.parse("id")?,
        organisation: record.parse("organisation_id")?,
        name: record.text("name")?,
        size: Bytes(record.unsigned("size")?),
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
        used_by: record.parse_or_null("used_by")?,
    })
}
