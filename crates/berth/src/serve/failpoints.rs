//! Stopping and failing steps on purpose, for trials that kill the program at every step.
//!
//! In the home, `failpoints` says what happens, one line each: `park` or `fail`, and a place. Each
//! happens once, whichever process gets there. `failpoints.reached` names the place where an operation
//! was parked, and `failpoints.json` lists every kind of operation with its steps.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use berth_engine::failpoint::{Failpoints, Faults, Injected, Place, Shape, shapes};
use serde_json::json;

/// Steered by files of a home.
#[derive(Debug)]
struct OfHome {
    home: PathBuf,
    turn: Mutex<()>,
}

/// What happens at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Park,
    Fail,
}

/// Returns the failpoints of a home, and says there what there is to be stopped.
pub(super) fn of(home: &Path) -> Faults {
    let kinds: Vec<_> = shapes()
        .into_iter()
        .map(|Shape { kind, steps, pivot }| {
            json!({ "kind": kind.as_str(), "steps": steps, "pivot": pivot })
        })
        .collect();
    write(&home.join("failpoints.json"), &json!(kinds).to_string());
    Faults::of(Arc::new(OfHome { home: home.to_owned(), turn: Mutex::default() }))
}

#[async_trait]
impl Failpoints for OfHome {
    async fn reached(&self, place: Place) -> Result<(), Injected> {
        let place = place.to_string();
        match self.take(&place) {
            None => Ok(()),
            Some(Act::Fail) => Err(Injected::Fails),
            Some(Act::Park) => {
                write(&self.home.join("failpoints.reached"), &place);
                // Until the process is killed.
                std::future::pending().await
            }
        }
    }
}

impl OfHome {
    /// What is to happen here, which does not happen again.
    fn take(&self, place: &str) -> Option<Act> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.home.join("failpoints");
        let text = std::fs::read_to_string(&path).ok()?;
        let (found, rest): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.split_once(' ').is_some_and(|(_, at)| at == place));
        let act = match found.first()?.split_once(' ')?.0 {
            "park" => Act::Park,
            "fail" => Act::Fail,
            other => panic!("`{other}` is neither `park` nor `fail`"),
        };
        write(&path, &rest.iter().flat_map(|line| [*line, "\n"]).collect::<String>());
        Some(act)
    }
}

/// Writes beside and renames: whoever reads never sees half of it.
fn write(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    std::fs::write(&beside, text).expect("the home can be written");
    std::fs::rename(&beside, path).expect("the home can be written");
}
