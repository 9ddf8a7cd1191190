//! One step of an operation, with its tries.

use berth_domain::Timestamp;
use berth_engine::view::{StepView, ToldView, TryEnd, TryView};

use crate::pages::words::{Status, ago, capitalised, lasted};

/// A step, worded.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) status: Status,
    pub(super) name: String,
    /// `31 s, 2 tries`.
    pub(super) lasted: String,
    /// What came of tries that were not the last, and of what was taken back.
    pub(super) notes: Vec<String>,
    pub(super) is_now: bool,
    pub(super) is_to_come: bool,
}

impl Step {
    pub(super) fn of(step: &StepView, tries: &[TryView], now: Timestamp) -> Self {
        let shape = match step.state {
            "done" => "ok",
            "running" => "running",
            "failed" | "undo failed" => "error",
            "undone" => "idle",
            _ => "pending",
        };
        let own: Vec<&TryView> = tries.iter().filter(|it| it.step == step.name).collect();
        let count = own.iter().filter(|it| !it.is_undo).count();
        let end = step.finished_at.unwrap_or(now);
        let lasted = step.started_at.map(|start| lasted(start, end)).unwrap_or_default();
        Self {
            status: Status::new(shape, capitalised(step.state)),
            name: capitalised(&step.name.replace('_', " ")),
            lasted: if count > 1 { format!("{lasted}, {count} tries") } else { lasted },
            notes: own.iter().filter_map(|it| note(it)).collect(),
            is_now: step.state == "running",
            is_to_come: step.state == "waiting",
        }
    }
}

/// What is worth saying of a try.
fn note(it: &TryView) -> Option<String> {
    let attempt = it.attempt;
    Some(match (&it.end, it.is_undo) {
        (TryEnd::None, _) | (TryEnd::Done { .. }, false) => return None,
        (TryEnd::Done { .. }, true) => "Taken back.".to_owned(),
        (TryEnd::Failed { why, .. }, true) => format!("It could not be taken back: {why}."),
        (TryEnd::Failed { at, why }, false) => {
            format!("Try {attempt} failed after {}: {why}.", lasted(it.began_at, *at))
        }
        (TryEnd::BrokeOff, _) => {
            format!("Try {attempt} broke off: whoever carried it out ended. It was taken up again.")
        }
    })
}

/// Whether it went on with somebody else.
pub(super) fn is_taken_up(it: &TryView) -> bool {
    it.end == TryEnd::BrokeOff
}

/// Who told it what.
pub(super) fn told(ToldView { is_retry, actor, at }: &ToldView, now: Timestamp) -> String {
    let what = if *is_retry { "Told to try again" } else { "Told to take back what it did" };
    let by = actor.as_ref().map(|actor| format!(" by {actor}")).unwrap_or_default();
    format!("{what}{by}, {}", ago(*at, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_step_that_took_two_tries_says_why_the_first_failed() {
        let of = |attempt, end| TryView {
            step: "files".to_owned(),
            attempt,
            is_undo: false,
            began_at: at(10),
            end,
        };
        let tries = [
            of(1, TryEnd::Failed { at: at(12), why: "no space left on device".to_owned() }),
            of(2, TryEnd::Done { at: at(14) }),
        ];
        let view = StepView {
            name: "files".to_owned(),
            state: "done",
            started_at: Some(at(10)),
            finished_at: Some(at(14)),
        };

        let step = Step::of(&view, &tries, at(20));

        assert_eq!((step.name.as_str(), step.lasted.as_str()), ("Files", "4.0 s, 2 tries"));
        assert_eq!(step.notes, ["Try 1 failed after 2.0 s: no space left on device."]);
    }
}
