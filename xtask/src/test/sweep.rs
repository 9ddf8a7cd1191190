//! Removing what test runs left in the engine.
//!
//! # Invariants
//!
//! * Only objects whose home id begins with [`PREFIX`] are touched: no real
//!   home has such an id.

use anyhow::Result;

use crate::engine::{Engine, Kind, Object};
use crate::progress;

const LABEL: &str = "berth.home";
const PREFIX: &str = "test-";

/// Removes every object of a test's home.
pub(crate) fn sweep(engine: &Engine) -> Result<()> {
    for kind in Kind::ALL {
        let objects = engine.labelled(kind, LABEL)?;
        let ours: Vec<&Object> = objects.iter().filter(|object| is_of_a_test(object)).collect();
        for object in &ours {
            if let Err(error) = engine.remove(kind, object) {
                progress::say(format!("a test left something that stays: {error:#}"));
            }
        }
        if !ours.is_empty() {
            progress::say(format!("{} of test runs removed: {}", kind.plural(), ours.len()));
        }
    }
    Ok(())
}

fn is_of_a_test(object: &Object) -> bool {
    let home = object.labels.as_ref().and_then(|labels| labels.get(LABEL));
    home.is_some_and(|home| home.starts_with(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(home: &str) -> Object {
        let text = serde_json::json!({ "Id": "1", "Labels": { LABEL: home } }).to_string();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn only_homes_of_tests_are_swept() {
        assert!(is_of_a_test(&labelled("test-0190")));
        assert!(!is_of_a_test(&labelled("0190-test-")));
        assert!(!is_of_a_test(
            &serde_json::from_str(r#"{ "Name": "v", "Labels": null }"#).unwrap()
        ));
    }
}
