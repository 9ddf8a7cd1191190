//! What goes wrong, and where.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use berth_engine::failpoint::{Direction, Failpoints, Injected, Phase, Place};
use tokio::sync::watch;

/// How long a step that is to run into its deadline may take.
const SHORT: Duration = Duration::from_millis(50);
/// As often as it is tried.
pub(super) const ALWAYS: u32 = u32::MAX;

/// What happens at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The step fails for good.
    Fail,
    /// The step fails in a way that may pass.
    Falter,
    /// The step stops there until somebody decides what becomes of it.
    Park,
    /// The step gets there, hangs, and runs into its deadline.
    Overrun,
}

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) place: Place,
    pub(super) act: Act,
    /// How many times more.
    pub(super) times: u32,
}

/// Stands between the driver and the steps, whichever process drives.
#[derive(Debug, Default)]
pub(super) struct Script {
    state: Mutex<State>,
    releases: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    passed: Vec<Place>,
    /// Where operations wait for a decision, longest first.
    parked: Vec<Place>,
    /// How often something went wrong.
    happened: u32,
    /// Where the tries at work are to hang.
    hanging: Vec<Place>,
}

impl Script {
    /// Forgets what was, and lets these go wrong from now on.
    pub(super) fn begin(&self, rules: Vec<Rule>) {
        *self.state() = State { rules, ..State::default() };
    }

    /// Nothing goes wrong any more.
    pub(super) fn relent(&self) {
        self.state().rules.clear();
    }

    /// Where the operation waits that has waited longest for a decision.
    pub(super) fn parked(&self) -> Option<Place> {
        self.state().parked.first().cloned()
    }

    /// Whoever waits goes on.
    pub(super) fn release(&self) {
        self.state().parked.clear();
        self.releases.send_modify(|count| *count += 1);
    }

    /// The one that waited longest was told something else.
    pub(super) fn forget_parked(&self) {
        let mut state = self.state();
        if !state.parked.is_empty() {
            state.parked.remove(0);
        }
    }

    /// Whoever waited is gone.
    pub(super) fn forget_all_parked(&self) {
        self.state().parked.clear();
    }

    /// How often something went wrong since the beginning.
    pub(super) fn happened(&self) -> u32 {
        self.state().happened
    }

    /// Every place that was reached, in order.
    pub(super) fn passed(&self) -> Vec<Place> {
        self.state().passed.clone()
    }

    /// What was to go wrong and did not.
    pub(super) fn unused(&self) -> Vec<Rule> {
        let is_unused = |rule: &&Rule| rule.times > 0 && rule.times < ALWAYS / 2;
        self.state().rules.iter().filter(is_unused).cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a step overruns is decided when it begins, by [`Failpoints::deadline`].
    fn act(&self, place: &Place) -> Option<Act> {
        let mut state = self.state();
        state.passed.push(place.clone());
        if state.hanging.contains(place) {
            return Some(Act::Overrun);
        }
        let is_it =
            |rule: &&mut Rule| rule.times > 0 && rule.place == *place && rule.act != Act::Overrun;
        let rule = state.rules.iter_mut().find(is_it)?;
        rule.times -= 1;
        let act = rule.act;
        state.happened += 1;
        if act == Act::Park {
            state.parked.push(place.clone());
        }
        Some(act)
    }
}

#[async_trait]
impl Failpoints for Script {
    async fn reached(&self, place: Place) -> Result<(), Injected> {
        let mut releases = self.releases.subscribe();
        releases.mark_unchanged();
        match self.act(&place) {
            None => Ok(()),
            Some(Act::Fail) => Err(Injected::Fails),
            Some(Act::Falter) => Err(Injected::Falters),
            Some(Act::Park | Act::Overrun) => {
                let _ = releases.changed().await;
                Ok(())
            }
        }
    }

    fn deadline(&self, place: &Place, declared: Duration) -> Duration {
        let mut state = self.state();
        let is_it = |rule: &&mut Rule| {
            let Place { kind, step, direction, .. } = &rule.place;
            let same = (kind, step, direction) == (&place.kind, &place.step, &place.direction);
            rule.times > 0 && same && rule.act == Act::Overrun
        };
        let rule = state.rules.iter_mut().find(is_it);
        let hanging = rule.map(|rule| {
            rule.times -= 1;
            rule.place.clone()
        });
        // A try that was faster than its deadline by itself leaves nothing behind.
        let Place { kind, step, direction, .. } = place;
        let is_same =
            |other: &Place| (&other.kind, &other.step, &other.direction) == (kind, step, direction);
        state.hanging.retain(|other| !is_same(other));
        let Some(hanging) = hanging else { return declared };
        state.hanging.push(hanging);
        state.happened += 1;
        SHORT
    }
}

/// A place by its parts.
pub(super) fn at(
    kind: berth_domain::operation::OperationKind,
    step: &str,
    direction: Direction,
    phase: Phase,
) -> Place {
    Place { kind, step: step.to_owned(), direction, phase }
}
