//! Removing what test runs left in the engine.
//!
//! # Invariants
//!
//! * Only objects whose home id begins with [`PREFIX`] are touched: no real
//!   home has such an id.
//! * What a process that still runs has made is left alone: the id of a test's
//!   home says which process that is.

use std::path::Path;

use anyhow::Result;

use crate::engine::{Engine, Kind, Object};
use crate::progress;

/// Says whose an object is.
const LABEL: &str = "berth.home";
/// Says which test made it, whosever it claims to be.
const TEST: &str = "berth.test";
const PREFIX: &str = "test-";

/// Removes every object of a test's home whose process is gone.
pub(crate) fn sweep(engine: &Engine) -> Result<()> {
    for kind in Kind::ALL {
        let objects = engine.labelled(kind, LABEL)?;
        let left: Vec<&Object> =
            objects.iter().filter(|object| is_left_over(object, is_running)).collect();
        for object in &left {
            if let Err(error) = engine.remove(kind, object) {
                progress::say(format!("a test left something that stays: {error:#}"));
            }
        }
        if !left.is_empty() {
            progress::say(format!("{} of test runs removed: {}", kind.plural(), left.len()));
        }
    }
    Ok(())
}

fn is_left_over(object: &Object, is_running: impl Fn(u32) -> bool) -> bool {
    let label = |name| object.labels.as_ref().and_then(|labels| labels.get(name));
    let is_of_a_test = label(LABEL).is_some_and(|home| home.starts_with(PREFIX));
    let owners = [LABEL, TEST].into_iter().filter_map(label).filter_map(|home| process(home));
    is_of_a_test && !owners.into_iter().any(is_running)
}

/// The process that a test's home is of: `test-<pid>-...`, `test-bench-<pid>`. `None` when it does not
/// say.
fn process(home: &str) -> Option<u32> {
    home.strip_prefix(PREFIX)?.split('-').find_map(|word| word.parse().ok())
}

/// Another process may have got the number since; then its end is waited for.
fn is_running(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(labels: &[(&str, &str)]) -> Object {
        let labels: std::collections::BTreeMap<_, _> = labels.iter().copied().collect();
        let text = serde_json::json!({ "Id": "1", "Labels": labels }).to_string();
        serde_json::from_str(&text).unwrap()
    }

    fn is_swept(labels: &[(&str, &str)]) -> bool {
        is_left_over(&labelled(labels), |process| process == 42)
    }

    #[test]
    fn only_homes_of_tests_are_swept() {
        assert!(is_swept(&[(LABEL, "test-0190")]));
        assert!(!is_swept(&[(LABEL, "0190-test-")]));
        assert!(!is_swept(&[]));
    }

    #[test]
    fn what_a_running_process_made_is_spared() {
        for home in ["test-42-abc", "test-bench-42", "test-bench-42-rig", "test-runtime-42-7"] {
            assert!(!is_swept(&[(LABEL, home)]), "{home}");
        }
        for home in ["test-41-abc42", "test-bench-41", "test-postgres", "test-runtime-41-42"] {
            assert!(is_swept(&[(LABEL, home)]), "{home}");
        }
    }

    #[test]
    fn what_a_running_test_planted_for_another_home_is_spared() {
        let other = (LABEL, "test-somebody-else");

        assert!(!is_swept(&[other, (TEST, "test-runtime-42-7")]));
        assert!(is_swept(&[other, (TEST, "test-runtime-41-7")]));
    }

    #[test]
    fn a_process_runs_while_the_kernel_knows_it() {
        assert!(is_running(std::process::id()));
        assert!(!is_running(u32::MAX));
    }
}
