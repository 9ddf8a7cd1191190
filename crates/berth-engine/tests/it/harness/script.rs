//! What goes wrong, and where.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use berth_engine::failpoint::{Direction, Failpoints, Injected, Phase, Place};
use tokio::sync::watch;

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
    /// Where steps hang, and their time is over.
    hanging: watch::Sender<Vec<Place>>,
}

/// An operation that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parked {
    pub(super) place: Place,
    /// It happened as that many-eth: the same operation may wait at the same place once more.
    number: u32,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    passed: Vec<Place>,
    /// Where operations wait for a decision, longest first.
    parked: Vec<Parked>,
    /// How often something went wrong.
    happened: u32,
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

    /// The operation that has waited longest for a decision.
    pub(super) fn parked(&self) -> Option<Parked> {
        self.state().parked.first().cloned()
    }

    /// Whoever waits goes on.
    pub(super) fn release(&self) {
        self.state().parked.clear();
        self.releases.send_modify(|count| *count += 1);
    }

    /// This one was told something else.
    pub(super) fn forget(&self, parked: &Parked) {
        self.state().parked.retain(|waiting| waiting != parked);
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

    fn act(&self, place: &Place) -> Option<Act> {
        let mut state = self.state();
        state.passed.push(place.clone());
        let is_it = |rule: &&mut Rule| rule.times > 0 && rule.place == *place;
        let rule = state.rules.iter_mut().find(is_it)?;
        rule.times -= 1;
        let act = rule.act;
        state.happened += 1;
        if act == Act::Park {
            let number = state.happened;
            state.parked.push(Parked { place: place.clone(), number });
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
            Some(Act::Park) => {
                let _ = releases.changed().await;
                Ok(())
            }
            Some(Act::Overrun) => {
                let _until_dropped = Hanging::at(self, place);
                std::future::pending().await
            }
        }
    }

    /// The time of a try is over when it hangs, and not before: how fast the machine is does not
    /// matter. Another operation of the kind that is at the same step may run out of time with it.
    async fn expired(&self, place: &Place) {
        let is_this = |Place { kind, step, direction, .. }: &Place| {
            (kind, step, direction) == (&place.kind, &place.step, &place.direction)
        };
        let mut hanging = self.hanging.subscribe();
        // The sender lives as long as the script.
        let _ = hanging.wait_for(|hanging| hanging.iter().any(is_this)).await;
    }
}

/// A step that hangs until its try is given up.
struct Hanging<'a> {
    script: &'a Script,
    place: Place,
}

impl<'a> Hanging<'a> {
    fn at(script: &'a Script, place: Place) -> Self {
        script.hanging.send_modify(|hanging| hanging.push(place.clone()));
        Self { script, place }
    }
}

impl Drop for Hanging<'_> {
    fn drop(&mut self) {
        self.script.hanging.send_modify(|hanging| {
            if let Some(at) = hanging.iter().position(|place| *place == self.place) {
                hanging.swap_remove(at);
            }
        });
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
