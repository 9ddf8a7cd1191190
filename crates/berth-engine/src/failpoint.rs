//! Places in an operation where a test may stop it, fail it, or let it run into its deadline.
//!
//! # Invariants
//!
//! * Nothing of this is in a build without the feature `failpoints`, which no build that ships has.
//! * Every try of every step passes its three places in their order, forward and back.
//! * Who steers is an argument of the engine, never a global: engines of one process do not meet.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::operation::OperationKind;

/// Whether a step is run or undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Run,
    Undo,
}

/// How far a try of a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It is in the journal as started, and nothing of it happened.
    Before,
    /// It happened, and the journal does not know.
    Effect,
    /// The journal knows what came of it, and nobody was told.
    Journal,
}

/// One place in one operation. Its text is `tenant.create/network/run/before`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub kind: OperationKind,
    pub step: String,
    pub direction: Direction,
    pub phase: Phase,
}

/// What a step reports instead of its own outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Injected {
    /// It failed for good.
    Fails,
    /// It failed in a way that may pass.
    Falters,
}

/// Somebody who is told of every place.
#[async_trait]
pub trait Failpoints: fmt::Debug + Send + Sync {
    /// The operation is here. It goes on when this returns, fails with what is injected, and hangs as
    /// long as this does. After the journal was written there is nothing left to fail: only how long
    /// this takes matters there.
    async fn reached(&self, place: Place) -> Result<(), Injected>;

    /// How long this try of the step may take, asked before it begins (in [`Phase::Before`]).
    fn deadline(&self, _: &Place, declared: Duration) -> Duration {
        declared
    }
}

/// How an engine is made to fail.
#[derive(Debug, Clone)]
pub struct Faults {
    pub failpoints: Arc<dyn Failpoints>,
    /// How long to wait before an attempt of a step, which counts from 1.
    pub backoff: fn(u32) -> Duration,
}

impl Faults {
    /// With the pauses between attempts that everybody has.
    #[must_use]
    pub fn of(failpoints: Arc<dyn Failpoints>) -> Self {
        Self { failpoints, backoff: crate::operation::driver::backoff }
    }
}

/// What a kind of operation consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub kind: OperationKind,
    /// In order.
    pub steps: Vec<&'static str>,
    /// The step from which there is no way back.
    pub pivot: &'static str,
}

/// Returns every kind of operation that there is.
#[must_use]
pub fn shapes() -> Vec<Shape> {
    let shape = |kind: &OperationKind| {
        // There is nothing in an empty journal that could not be read.
        let outline = crate::sagas::outline(*kind, &[]).ok()?;
        Some(Shape { kind: *kind, steps: outline.steps, pivot: outline.pivot })
    };
    OperationKind::ALL.iter().filter_map(shape).collect()
}

/// Stops nobody.
#[derive(Debug, Clone, Copy)]
pub struct Nowhere;

#[async_trait]
impl Failpoints for Nowhere {
    async fn reached(&self, _: Place) -> Result<(), Injected> {
        Ok(())
    }
}

impl Direction {
    pub const ALL: [Self; 2] = [Self::Run, Self::Undo];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Undo => "undo",
        }
    }
}

impl Phase {
    pub const ALL: [Self; 3] = [Self::Before, Self::Effect, Self::Journal];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Effect => "effect",
            Self::Journal => "journal",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, step, direction, phase } = self;
        write!(f, "{kind}/{step}/{}/{}", direction.as_str(), phase.as_str())
    }
}

/// The text is not a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a failpoint: write `<kind>/<step>/<run|undo>/<before|effect|journal>`, such as `tenant.create/network/run/before`"
)]
pub struct NoPlace(pub String);

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('/').collect();
        let &[kind, step, direction, phase] = parts.as_slice() else {
            return Err(NoPlace(text.to_owned()));
        };
        let place = || {
            Some(Self {
                kind: kind.parse().ok()?,
                step: step.to_owned(),
                direction: Direction::ALL.into_iter().find(|known| known.as_str() == direction)?,
                phase: Phase::ALL.into_iter().find(|known| known.as_str() == phase)?,
            })
        };
        place().filter(|place| !place.step.is_empty()).ok_or_else(|| NoPlace(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for text in ["tenant.create/network/run/before", "demo/wait/undo/journal"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn every_kind_has_steps_and_its_pivot_is_one_of_them() {
        let shapes = shapes();

        assert_eq!(shapes.len(), OperationKind::ALL.len());
        for Shape { kind, steps, pivot } in shapes {
            assert!(steps.contains(&pivot), "{kind}: {steps:?} without `{pivot}`");
        }
    }

    #[test]
    fn what_is_not_a_place_is_refused_with_one_that_is() {
        for text in
            ["", "tenant.create", "x/y/run/before", "demo//run/before", "demo/wait/go/effect"]
        {
            let refused = text.parse::<Place>().unwrap_err().to_string();
            assert!(refused.contains("tenant.create/network/run/before"), "{refused}");
        }
    }
}
