//! One run at a time has the container engine.
//!
//! The stories of levels c and d are told on fixed ranges of addresses, and what they measure is not
//! to be disturbed by the same stories of another run.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};

use super::level::{Level, Selection};
use crate::progress;

/// The same for everybody on this machine, whichever clone of the repository they work in.
const LOCK: &str = "/var/tmp/berth-tests.lock";

/// Held while the tests run. The kernel takes it back, however this process ends.
#[derive(Debug)]
pub(crate) struct Turn(#[expect(dead_code, reason = "it is held, not read")] Option<File>);

/// Waits until no other run has the engine. Returns at once when the selection needs none.
pub(crate) fn wait(selection: Selection) -> Result<Turn> {
    if !needs_engine(selection) {
        return Ok(Turn(None));
    }
    take(Path::new(LOCK)).map(|lock| Turn(Some(lock)))
}

fn needs_engine(selection: Selection) -> bool {
    Level::ALL.into_iter().any(|level| level.target().is_some() && selection.includes(level))
}

fn take(path: &Path) -> Result<File> {
    // Whoever made it owns it; to hold it takes no more than reading.
    let file = File::open(path).or_else(|_| File::create(path));
    let file = file.with_context(|| format!("open {}", path.display()))?;
    if file.try_lock().is_err() {
        progress::say("another run of the tests has the container engine; waiting for its end");
        file.lock().with_context(|| format!("lock {}", path.display()))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_of_the_engine_wait_for_each_other() {
        assert!(!needs_engine(Selection::One(Level::A)));
        for level in [Level::B, Level::C, Level::D] {
            assert!(needs_engine(Selection::One(level)), "{level:?}");
        }
        assert!(needs_engine(Selection::All));
    }

    #[test]
    fn a_turn_that_is_over_can_be_taken() {
        let path = std::env::temp_dir().join(format!("berth-turn-{}", std::process::id()));
        let held = take(&path).unwrap();

        assert!(File::open(&path).unwrap().try_lock().is_err());
        drop(held);
        assert!(take(&path).is_ok());
        std::fs::remove_file(path).unwrap();
    }
}
