//! Prepared databases that tenants are cloned from.

use berth_domain::{
    BlueprintId, Bytes, ClusterId, Country, Digest, Language, ModuleName, OperationId, Timestamp,
};

use crate::arg::{Arg, integer, text, text_or_null, time, unsigned};
use crate::record::{Record, Source};
use crate::tenants::{modules_from_json, modules_to_json};
use crate::{Change, Listed, StoreError, Tx};

/// One blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blueprint {
    pub id: BlueprintId,
    pub key: BlueprintKey,
    pub state: BlueprintState,
    /// Of its database. `None` while it is being built.
    pub size: Option<Bytes>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// What makes two blueprints the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlueprintKey {
    pub cluster: ClusterId,
    pub digest: Digest,
    /// In any order; compared and kept sorted, without repetition.
    pub modules: Vec<ModuleName>,
    pub language: Language,
    pub country: Option<Country>,
    pub demo: bool,
}

/// Whether tenants can be cloned from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlueprintState {
    Building {
        operation: OperationId,
    },
    Ready,
    /// On its way out: some of it may be gone already.
    Removing,
}

const SOURCE: Source = Source { table: "blueprint", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, cluster_id, digest, modules, language, country, demo, state, operation_id,
                    size, created_at, last_used_at
             FROM blueprint ",
            $rest
        )
    };
}

/// Finds the blueprint that fits exactly, ready or not.
pub async fn find(tx: &mut Tx, key: &BlueprintKey) -> Result<Option<Blueprint>, StoreError> {
    let sql = select!(
        "WHERE cluster_id = $1
           AND digest = $2
           AND modules = $3
           AND language = $4
           AND COALESCE(country, '') = COALESCE($5, '')
           AND demo = $6"
    );
    tx.first(SOURCE, sql, key_columns(key)).await?.as_ref().map(read).transpose()
}

/// Adds a blueprint. Fails with [`StoreError::Taken`] when one with the same key exists.
pub async fn insert(tx: &mut Tx, blueprint: &Blueprint) -> Result<(), StoreError> {
    let Blueprint { id, key, state, size, created_at, last_used_at } = blueprint;
    let sql = "INSERT INTO blueprint (
                   cluster_id, digest, modules, language, country, demo, id, object_name, state,
                   operation_id, size, created_at, last_used_at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let (state, operation) = match state {
        BlueprintState::Building { operation } => ("building", Some(operation)),
        BlueprintState::Ready => ("ready", None),
        BlueprintState::Removing => ("removing", None),
    };
    let mut args = key_columns(key);
    args.extend([
        text(id),
        text(id.object_name()),
        text(state),
        text_or_null(operation),
        size.map_or(Arg::Integer(None), |size| unsigned(size.0)),
        time(*created_at),
        time(*last_used_at),
    ]);
    tx.execute(sql, args).await.map(drop)
}

/// Opens a blueprint that is being built for cloning.
///
/// `Unchanged` when it is gone or ready already.
pub async fn mark_ready(
    tx: &mut Tx,
    id: BlueprintId,
    size: Bytes,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE blueprint
               SET state = 'ready', operation_id = NULL, size = $2, last_used_at = $3
               WHERE id = $1
                 AND state = 'building'";
    tx.change(sql, vec![text(id), unsigned(size.0), time(now)]).await
}

/// Closes a blueprint for cloning, before anything of it goes.
///
/// `Unchanged` when it is not ready: from one in the making nobody is cloned, and whoever began it
/// goes on to know that it is theirs until nothing of it is left.
pub async fn mark_removing(tx: &mut Tx, id: BlueprintId) -> Result<Change, StoreError> {
    let sql = "UPDATE blueprint
               SET state = 'removing'
               WHERE id = $1
                 AND state = 'ready'";
    tx.change(sql, vec![text(id)]).await
}

/// Notes that a tenant was cloned from it.
pub async fn touch(tx: &mut Tx, id: BlueprintId, now: Timestamp) -> Result<Change, StoreError> {
    let sql = "UPDATE blueprint
               SET last_used_at = $2
               WHERE id = $1";
    tx.change(sql, vec![text(id), time(now)]).await
}

/// Lists all blueprints, the one used longest ago first.
pub async fn list(tx: &mut Tx) -> Result<Listed<Blueprint>, StoreError> {
    Ok(Listed::read(tx.all(SOURCE, select!("ORDER BY last_used_at, id"), vec![]).await?, read))
}

/// Removes a blueprint.
pub async fn delete(tx: &mut Tx, id: BlueprintId) -> Result<Change, StoreError> {
    let sql = "DELETE FROM blueprint
               WHERE id = $1";
    tx.change(sql, vec![text(id)]).await
}

fn key_columns(key: &BlueprintKey) -> Vec<Arg> {
    let BlueprintKey { cluster, digest, modules, language, country, demo } = key;
    let mut modules = modules.clone();
    modules.sort();
    modules.dedup();
    vec![
        text(cluster),
        text(digest),
        text(modules_to_json(&modules)),
        text(language),
        text_or_null(country.as_ref()),
        integer(*demo),
    ]
}

fn read(record: &Record) -> Result<Blueprint, StoreError> {
    Ok(Blueprint {
        id: record.parse("id")?,
        key: BlueprintKey {
            cluster: record.parse("cluster_id")?,
            digest: record.parse("digest")?,
            modules: modules_from_json(record, "modules")?,
            language: record.parse("language")?,
            country: record.parse_or_null("country")?,
            demo: record.flag("demo")?,
        },
        state: read_state(record)?,
        size: record.unsigned_or_null("size")?.map(Bytes),
        created_at: record.time("created_at")?,
        last_used_at: record.time("last_used_at")?,
    })
}

fn read_state(record: &Record) -> Result<BlueprintState, StoreError> {
    let state = record.text("state")?;
    let operation = record.parse_or_null("operation_id")?;
    match (state.as_str(), operation) {
        ("building", Some(operation)) => Ok(BlueprintState::Building { operation }),
        ("ready", None) => Ok(BlueprintState::Ready),
        ("removing", None) => Ok(BlueprintState::Removing),
        ("building" | "ready" | "removing", _) => {
            Err(record.inconsistent("the state and its operation do not go together"))
        }
        _ => Err(record.unknown("state", &state)),
    }
}
