//! Where the program is killed.

use std::fmt;

use serde_json::Value;

use crate::home::Home;

/// What a kind of operation consists of, as the program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: String,
    pub(super) steps: Vec<String>,
    /// The number of the step from which there is no way back.
    pub(super) pivot: usize,
}

/// How far a try of a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Before its effect.
    Before,
    /// After its effect, before the journal knows.
    Effect,
    /// After the journal knows.
    Journal,
}

/// Which cases are asked for. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `tenant.create`, or `create`.
    pub operations: Vec<String>,
    pub steps: Vec<String>,
    pub phases: Vec<Phase>,
}

/// One kill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) kind: String,
    pub(super) step: String,
    /// The step whose failure sets the undoing off. `None`: it is killed on its way forward.
    pub(super) undone_after: Option<String>,
    pub(super) phase: Phase,
}

impl Phase {
    pub const ALL: [Self; 3] = [Self::Before, Self::Effect, Self::Journal];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Effect => "effect",
            Self::Journal => "journal",
        }
    }
}

impl Shape {
    /// Reads what the program wrote when it started.
    ///
    /// # Panics
    ///
    /// When it is a build that cannot be stopped.
    pub(super) fn of(home: &Home) -> Vec<Self> {
        let text = std::fs::read(home.path().join("failpoints.json"));
        let text = text.expect("the program is built with the feature `failpoints`");
        let all: Value = serde_json::from_slice(&text).expect("it writes JSON");
        all.as_array().into_iter().flatten().map(Self::read).collect()
    }

    fn read(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("it is a word").to_owned();
        let steps: Vec<String> =
            value["steps"].as_array().into_iter().flatten().map(text).collect();
        let pivot = value["pivot"].as_str().expect("it is a word");
        let pivot = steps.iter().position(|step| step == pivot).expect("the pivot is a step");
        Self { kind: text(&value["kind"]), steps, pivot }
    }
}

impl Selection {
    pub(super) fn has_kind(&self, kind: &str) -> bool {
        let short = kind.strip_prefix("tenant.").unwrap_or(kind);
        self.operations.is_empty() || self.operations.iter().any(|it| it == kind || it == short)
    }

    fn has(&self, case: &Case) -> bool {
        let has_step = self.steps.is_empty() || self.steps.contains(&case.step);
        let has_phase = self.phases.is_empty() || self.phases.contains(&case.phase);
        self.has_kind(&case.kind) && has_step && has_phase
    }
}

/// Every case that is asked for.
pub(super) fn cases(shapes: &[Shape], selection: &Selection) -> Vec<Case> {
    let mut cases = Vec::new();
    for Shape { kind, steps, pivot } in shapes {
        for (number, step) in steps.iter().enumerate() {
            for phase in Phase::ALL {
                let case =
                    Case { kind: kind.clone(), step: step.clone(), undone_after: None, phase };
                if number < *pivot {
                    let undone_after = Some(steps[pivot - 1].clone());
                    cases.push(Case { undone_after, ..case.clone() });
                }
                cases.push(case);
            }
        }
    }
    cases.retain(|case| selection.has(case));
    cases
}

impl Case {
    /// What the program is told to do.
    pub(super) fn script(&self) -> String {
        let Self { kind, step, undone_after, phase } = self;
        let phase = phase.name();
        match undone_after {
            None => format!("park {kind}/{step}/run/{phase}\n"),
            Some(last) => {
                format!("fail {kind}/{last}/run/effect\npark {kind}/{step}/undo/{phase}\n")
            }
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, step, undone_after, phase } = self;
        let direction = if undone_after.is_some() { "undo" } else { "run" };
        write!(formatter, "{kind}/{step}/{direction}/{}", phase.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes() -> Vec<Shape> {
        let steps = ["a", "b", "c"].map(str::to_owned).to_vec();
        vec![
            Shape { kind: "tenant.x".to_owned(), steps: steps.clone(), pivot: 2 },
            Shape { kind: "demo".to_owned(), steps, pivot: 0 },
        ]
    }

    #[test]
    fn every_step_is_killed_in_every_phase_and_undone_before_the_pivot() {
        let all = cases(&shapes(), &Selection::default());

        assert_eq!(all.len(), (3 + 2) * 3 + 3 * 3);
        assert_eq!(all[0].script(), "fail tenant.x/b/run/effect\npark tenant.x/a/undo/before\n");
        assert_eq!(all[1].script(), "park tenant.x/a/run/before\n");
    }

    #[test]
    fn a_selection_leaves_the_rest_out() {
        let selection = Selection {
            operations: vec!["x".to_owned()],
            steps: vec!["c".to_owned()],
            phases: vec![Phase::Effect],
        };

        let names: Vec<_> = cases(&shapes(), &selection).iter().map(ToString::to_string).collect();

        assert_eq!(names, ["tenant.x/c/run/effect"]);
    }
}
