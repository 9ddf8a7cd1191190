//! Forgetting what nobody asks for any more.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::time::Duration;

use berth_domain::{UploadId, chain};
use berth_store::{
    StoreError, Tx, audit, deliveries, events, foreign, idempotency, invitations, names, schedules,
    sessions, tokens, uploads,
};

use crate::engine::Inner;

/// How often to look.
const EVERY: Duration = Duration::from_hours(1);
/// How long log lines and events of operations are kept. The operations themselves stay.
const EVENTS: Duration = Duration::from_hours(24 * 90);
/// How long runs of schedules and messages that are at rest are kept.
const RUNS: Duration = Duration::from_hours(24 * 90);
/// How long a token is listed whose time is over.
const TOKENS: Duration = Duration::from_hours(24 * 30);
/// How long a request is recognised when it is sent again.
const REQUESTS: Duration = Duration::from_hours(24 * 2);

/// After which a file without a row is nobody's: an upload that goes on is written to all the time.
const STRAY: Duration = Duration::from_hours(1);

/// Forgets for as long as the engine lives.
pub(crate) async fn keep(engine: &Inner) {
    loop {
        match forget(engine).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "old events were forgotten"),
            Err(error) => tracing::warn!(error = %chain(&error), "cannot forget old events"),
        }
        if let Err(error) = sweep_uploads(engine).await {
            tracing::warn!(error = %chain(&error), "cannot look for what was sent in");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What is forgotten after some time.
#[derive(Debug, Clone, Copy)]
enum Old {
    Requests,
    Events,
    Runs,
    Messages,
    Troubles,
    Deeds,
    Tokens,
    Sessions,
    Invitations,
    SignIns,
}

impl Old {
    const ALL: [Self; 10] = [
        Self::Requests,
        Self::Events,
        Self::Runs,
        Self::Messages,
        Self::Troubles,
        Self::Deeds,
        Self::Tokens,
        Self::Sessions,
        Self::Invitations,
        Self::SignIns,
    ];

    async fn trim(self, tx: &mut Tx, engine: &Inner) -> Result<u64, StoreError> {
        let now = engine.clock.now();
        match self {
            Self::Requests => idempotency::trim(tx, now - REQUESTS).await,
            Self::Events => events::trim(tx, now - EVENTS).await,
            Self::Runs => schedules::trim_runs(tx, now - RUNS).await,
            Self::Messages => deliveries::trim(tx, now - RUNS).await,
            Self::Troubles => deliveries::trim_troubles(tx, now - RUNS).await,
            Self::Deeds => match engine.settings.audit_kept {
                Some(kept) => audit::trim(tx, now - kept).await,
                None => Ok(0),
            },
            Self::Tokens => tokens::trim(tx, now - TOKENS).await,
            Self::Sessions => sessions::trim(tx, now).await,
            Self::Invitations => invitations::trim(tx, now).await,
            Self::SignIns => foreign::trim(tx, now).await,
        }
    }
}

/// Each in a transaction of its own: whoever removes an organisation, or resets somebody, goes through the same tables
/// in another order, and nobody waits to write until all of it is gone.
async fn forget(engine: &Inner) -> Result<u64, StoreError> {
    let mut gone = 0;
    for old in Old::ALL {
        let mut tx = engine.store.begin().await?;
        gone += old.trim(&mut tx, engine).await?;
        tx.commit().await?;
    }
    Ok(gone)
}

/// Forgets uploads that nobody imported in time, and removes files that belong to none.
async fn sweep_uploads(engine: &Inner) -> Result<(), StoreError> {
    let mut tx = engine.store.begin().await?;
    names::lock(&mut tx).await?;
    let gone = uploads::trim(&mut tx, engine.clock.now() - engine.settings.uploads.kept).await?;
    let known = uploads::ids(&mut tx).await?;
    tx.commit().await?;
    if gone > 0 {
        tracing::info!(uploads = gone, "backups that nobody imported were forgotten");
    }
    if !known.unreadable.is_empty() {
        // Files of rows that cannot be read are somebody's all the same.
        return Ok(());
    }
    let known: HashSet<String> = known.rows.iter().map(ToString::to_string).collect();
    let folder = engine.settings.paths.uploads();
    let kept = engine.settings.uploads.kept;
    let swept = tokio::task::spawn_blocking(move || remove_strays(&folder, &known, kept)).await;
    if let Ok(Err(error)) = swept {
        tracing::warn!(%error, "cannot remove what was sent in");
    }
    Ok(())
}

/// Removes what has no row. What was written to a short while ago may still get one; a whole backup may
/// be all that is left of somebody's data, and is kept as long as one that has a row.
fn remove_strays(folder: &Path, known: &HashSet<String>, kept: Duration) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let is_known = entry.file_name().to_str().is_some_and(|name| known.contains(name));
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        let is_whole =
            entry.file_name().to_str().is_some_and(|name| name.parse::<UploadId>().is_ok());
        if !is_known && age > if is_whole { kept.max(STRAY) } else { STRAY } {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_without_a_row_go() {
        let folder = tempfile::tempdir().unwrap();
        let [known, stray, fresh] = ["known", "stray", "fresh.part"].map(|n| folder.path().join(n));
        for path in [&known, &stray, &fresh] {
            std::fs::write(path, "x").unwrap();
        }
        let long_ago = std::time::UNIX_EPOCH + Duration::from_hours(1);
        for path in [&known, &stray] {
            std::fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(long_ago)
                .unwrap();
        }

        let kept = Duration::from_hours(24);
        remove_strays(folder.path(), &HashSet::from(["known".to_owned()]), kept).unwrap();

        assert_eq!([&known, &stray, &fresh].map(|path| path.exists()), [true, false, true]);
        remove_strays(&folder.path().join("nowhere"), &HashSet::new(), kept).unwrap();
    }

    #[test]
    fn a_whole_backup_without_a_row_is_kept_as_long_as_others() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join(UploadId::from_uuid(uuid::Uuid::from_u128(1)).to_string());
        std::fs::write(&whole, "x").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        std::fs::File::options().write(true).open(&whole).unwrap().set_modified(long_ago).unwrap();
        let for_ever = Duration::from_hours(24 * 365 * 1000);

        remove_strays(folder.path(), &HashSet::new(), for_ever).unwrap();
        assert!(whole.exists());

        remove_strays(folder.path(), &HashSet::new(), Duration::from_hours(24)).unwrap();
        assert!(!whole.exists());
    }
}
