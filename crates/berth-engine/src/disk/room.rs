//! Whether there is room for something.

use std::path::PathBuf;
use std::time::Duration;

use berth_domain::disk::{DiskLevel, Space, Thresholds};
use berth_domain::{Bytes, Problems};

use super::{Place, places};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::operation::StepError;

/// How often to look while a disk is being filled.
const LOOK: Duration = Duration::from_secs(2);

/// What somebody wants to fill a disk with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Create,
    /// Out of the archive, or back from deletion.
    BringBack,
    Blueprint,
    /// The files of a tenant, from a blueprint.
    Files,
    /// A copy of a database, while its modules are changed.
    Modules,
    /// A backup that is sent in.
    Upload,
    /// A database and files out of a backup.
    Import,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "make a tenant",
            Self::BringBack => "bring a tenant back",
            Self::Blueprint => "build a blueprint",
            Self::Files => "copy files",
            Self::Modules => "change modules",
            Self::Upload => "take a backup in",
            Self::Import => "unpack a backup",
        }
    }
}

/// There is no room.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "there is no room to {}{}: {space} below `{}`, and {least} stay free", .purpose.as_str(), taking(*.needed), .path.display()
)]
pub(crate) struct NoRoom {
    purpose: Purpose,
    /// What it takes, as far as that is known beforehand.
    needed: Option<Bytes>,
    path: PathBuf,
    space: Space,
    /// What has to be free.
    least: Bytes,
}

impl NoRoom {
    pub(crate) const HINT: &'static str =
        "`berth disk` says what takes the space; `disk.full` is how much stays free";

    pub(crate) fn note(&self, problems: &mut Problems) {
        problems.add_with_hint("disk", self, Self::HINT);
    }
}

impl From<NoRoom> for StepError {
    fn from(error: NoRoom) -> Self {
        Self::fail(format!("{error}; {}", NoRoom::HINT))
    }
}

impl From<NoRoom> for EngineError {
    fn from(error: NoRoom) -> Self {
        let mut problems = Problems::default();
        error.note(&mut problems);
        Self::Invalid(problems)
    }
}

/// Fails when one of the disks that Berth stands on is full.
pub(crate) async fn room(engine: &Inner, purpose: Purpose) -> Result<(), NoRoom> {
    let thresholds = engine.settings.disk;
    let full = |space: &Space| thresholds.level(space) == DiskLevel::Full;
    match places(engine).await.into_iter().find(|place| full(&place.space)) {
        None => Ok(()),
        Some(place) => Err(lack(engine, purpose, None, place)),
    }
}

/// Fails when a disk is full, or when the home would be with so much more in it.
pub(crate) async fn room_for(
    engine: &Inner,
    purpose: Purpose,
    needed: Bytes,
) -> Result<(), NoRoom> {
    room(engine, purpose).await?;
    let Some(home) = home(engine).await else { return Ok(()) };
    if needed <= spare_of(&engine.settings.disk, &home.space) {
        return Ok(());
    }
    Err(lack(engine, purpose, Some(needed), home))
}

/// Returns when a disk is full, for whoever fills it meanwhile.
pub(crate) async fn until_full(engine: &Inner, purpose: Purpose) -> NoRoom {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(no_room) = room(engine, purpose).await {
            return no_room;
        }
    }
}

/// How much more the home takes before it is full. Nothing is known of one that cannot be looked at,
/// and nothing is in its way.
pub(crate) async fn spare(engine: &Inner) -> Bytes {
    home(engine).await.map_or(Bytes(u64::MAX), |home| spare_of(&engine.settings.disk, &home.space))
}

async fn home(engine: &Inner) -> Option<Place> {
    let home = engine.settings.paths.home();
    places(engine).await.into_iter().find(|place| place.path == home)
}

fn spare_of(thresholds: &Thresholds, space: &Space) -> Bytes {
    Bytes(space.free.0.saturating_sub(thresholds.full.of(space.total).0))
}

fn lack(engine: &Inner, purpose: Purpose, needed: Option<Bytes>, place: Place) -> NoRoom {
    let least = engine.settings.disk.full.of(place.space.total);
    NoRoom { purpose, needed, least, path: place.path, space: place.space }
}

fn taking(needed: Option<Bytes>) -> String {
    needed.map(|needed| format!(" that takes {needed}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use berth_domain::disk::Threshold;

    use super::*;

    #[test]
    fn what_has_to_stay_free_is_not_given_away() {
        let full = Threshold::Bytes(Bytes(Bytes::GIB));
        let thresholds = Thresholds { low: Threshold::Percent(10), full };
        let with = |free| Space { free: Bytes(free), total: Bytes(100 << 30), ..Space::default() };

        assert_eq!(spare_of(&thresholds, &with(10 << 30)), Bytes(9 << 30));
        assert_eq!(spare_of(&thresholds, &with(1 << 20)), Bytes(0));
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_size() {
        let no_room = NoRoom {
            purpose: Purpose::Import,
            needed: Some(Bytes(3 << 30)),
            path: "/home".into(),
            space: Space { free: Bytes(2 << 30), total: Bytes(100 << 30), ..Space::default() },
            least: Bytes(Bytes::GIB),
        };

        let said = no_room.to_string();

        assert!(
            said.starts_with("there is no room to unpack a backup that takes 3 GiB: "),
            "{said}"
        );
        assert!(said.ends_with(" below `/home`, and 1 GiB stay free"), "{said}");
    }
}
