//! What a look found, in words.
//!
//! # Invariants
//!
//! * A size that was found out stays known for as long as the thing is there.

use std::time::Duration;

use berth_domain::orphan::{OrphanKind, OrphanName, is_new};
use berth_domain::{Bytes, ObjectName, Timestamp};
use berth_store::orphans::SeenOrphan;
use tokio::time::{Instant, timeout_at};

use super::{Census, look, size};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::view::{OrphanView, OrphansView};

/// How long the sizes of all that was found are waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks, and says what was found, with the sizes that are known already.
pub(crate) async fn survey(engine: &Inner) -> Result<(Census, Vec<OrphanView>), EngineError> {
    let (census, rows) = look(engine).await?;
    let now = engine.clock.now();
    let view = |what: OrphanName, why: String| {
        let first_seen = first_seen(&rows, &what, now);
        OrphanView {
            why,
            size: known_size(engine, &what),
            is_new: is_new(first_seen, now),
            can_be_adopted: can_be_adopted(&census, &what),
            first_seen,
            what,
        }
    };
    let found = census.found.iter();
    let found: Vec<OrphanView> =
        found.map(|it| view(it.thing.name.clone(), it.why.text(it.thing.name.kind))).collect();
    keep(engine, &census, &found);
    Ok((census, found))
}

/// The same with sizes, which take the longest, as far as they are found out in time.
pub(crate) async fn survey_in_full(engine: &Inner) -> Result<OrphansView, EngineError> {
    let (census, mut found) = survey(engine).await?;
    weigh(engine, &census, &mut found).await;
    keep(engine, &census, &found);
    Ok(OrphansView { found, unseen: unseen(&census) })
}

/// Says how large they are, as far as that is found out in time.
pub(crate) async fn weigh(engine: &Inner, census: &Census, orphans: &mut [OrphanView]) {
    let until = Instant::now() + PATIENCE;
    for orphan in orphans {
        let found = census.found.iter().find(|found| found.thing.name == orphan.what);
        if let Some(found) = found {
            let size = timeout_at(until, size(engine, &found.thing)).await;
            orphan.size = size.ok().flatten();
        }
    }
}

/// As the last look found it.
fn known_size(engine: &Inner, what: &OrphanName) -> Option<Bytes> {
    engine.orphans.last.get()?.found.found.iter().find(|it| it.what == *what)?.size
}

fn keep(engine: &Inner, census: &Census, found: &[OrphanView]) {
    let orphans = OrphansView { found: found.to_vec(), unseen: unseen(census) };
    engine.orphans.last.keep(orphans, engine.clock.now());
}

fn unseen(census: &Census) -> Vec<String> {
    census.unseen.iter().map(|(kind, why)| format!("{}s: {why}", kind.as_str())).collect()
}

fn first_seen(rows: &[SeenOrphan], what: &OrphanName, now: Timestamp) -> Timestamp {
    rows.iter().find(|row| row.what == *what).map_or(now, |row| row.first_seen)
}

/// Whether everything that a tenant is made of is there and belongs to nobody.
fn can_be_adopted(census: &Census, what: &OrphanName) -> bool {
    let is_data = matches!(what.kind, OrphanKind::Database | OrphanKind::Role | OrphanKind::Folder);
    let Some(Ok(object)) = what.name.rsplit('/').next().map(str::parse::<ObjectName>) else {
        return false;
    };
    let has = |kind, name: String| census.has(&OrphanName::new(kind, name));
    is_data
        && object.as_str().starts_with("t_")
        && has(OrphanKind::Database, object.to_string())
        && has(OrphanKind::Role, object.to_string())
        && has(OrphanKind::Folder, format!("tenants/{object}"))
}
