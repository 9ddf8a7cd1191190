//! Whether there is room for something.

use std::path::PathBuf;

use berth_domain::disk::{DiskLevel, Space};
use berth_domain::{Bytes, Problems};

use super::places;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::operation::StepError;

/// What somebody wants to fill a disk with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Create,
    /// Out of the archive, or back from deletion.
    BringBack,
    Blueprint,
    /// The files of a tenant, from a blueprint.
    Files,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "make a tenant",
            Self::BringBack => "bring a tenant back",
            Self::Blueprint => "build a blueprint",
            Self::Files => "copy files",
        }
    }
}

/// There is no room.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "there is no room to {}: {space} below `{}`, and {least} stay free", .purpose.as_str(), .path.display()
)]
pub(crate) struct NoRoom {
    purpose: Purpose,
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
pub(crate) fn room(engine: &Inner, purpose: Purpose) -> Result<(), NoRoom> {
    let thresholds = engine.settings.disk;
    let full = |space: &Space| thresholds.level(space) == DiskLevel::Full;
    match places(engine).into_iter().find(|place| full(&place.space)) {
        None => Ok(()),
        Some(place) => Err(NoRoom {
            purpose,
            least: thresholds.full.of(place.space.total),
            path: place.path,
            space: place.space,
        }),
    }
}
