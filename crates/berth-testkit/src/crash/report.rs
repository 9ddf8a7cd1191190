//! What a run of the matrix showed.

use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use super::case::{Case, Phase, Shape};

/// How the cases went.
#[derive(Debug, Default)]
pub struct Report {
    /// Kinds and their steps, in the order in which they are shown.
    shapes: Vec<Shape>,
    cells: Vec<(Case, Result<Duration, String>)>,
    /// What is wrong and belongs to no case.
    problems: Vec<String>,
}

/// Before, effect and journal, on the way forward and back.
const COLUMNS: [(&str, bool, Phase); 6] = [
    ("before", false, Phase::Before),
    ("effect", false, Phase::Effect),
    ("journal", false, Phase::Journal),
    ("undo before", true, Phase::Before),
    ("undo effect", true, Phase::Effect),
    ("undo journal", true, Phase::Journal),
];

impl Report {
    /// These are what there is.
    pub(super) fn expect(&mut self, shapes: Vec<Shape>) {
        self.shapes = shapes;
    }

    pub(super) fn note(&mut self, case: Case, outcome: Result<Duration, String>) {
        self.cells.push((case, outcome));
    }

    pub(super) fn problem(&mut self, what: String) {
        self.problems.push(what);
    }

    pub(super) fn unknown(&mut self, kind: &str) {
        self.problem(format!("nobody here knows how to begin `{kind}`: give it a scene"));
    }

    pub(super) fn given_up(&mut self, left: usize) {
        self.problem(format!("{left} cases were not tried"));
    }

    #[must_use]
    pub fn is_good(&self) -> bool {
        let all_passed = self.cells.iter().all(|(_, outcome)| outcome.is_ok());
        all_passed && self.problems.is_empty() && !self.cells.is_empty()
    }

    fn cell(&self, kind: &str, step: &str, (_, undone, phase): (&str, bool, Phase)) -> String {
        let found = self.cells.iter().find(|(case, _)| {
            (case.kind.as_str(), case.step.as_str()) == (kind, step)
                && case.phase == phase
                && case.undone_after.is_some() == undone
        });
        match found {
            None => "-".to_owned(),
            Some((_, Ok(took))) => format!("{:.1} s", took.as_secs_f64()),
            Some((_, Err(_))) => "FAILED".to_owned(),
        }
    }

    fn passed(&self) -> Vec<Duration> {
        let passed = self.cells.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
        let mut passed: Vec<Duration> = passed.copied().collect();
        passed.sort_unstable();
        passed
    }

    /// The same for programs, on one line.
    #[must_use]
    pub fn json(&self) -> Value {
        let passed = self.passed();
        let [p50, p95, max] = percentiles(&passed);
        let failures = self.cells.iter().filter_map(|(case, outcome)| {
            outcome.as_ref().err().map(|why| json!({ "case": case.to_string(), "problem": why }))
        });
        json!({
            "cases": self.cells.len(), "passed": passed.len(), "good": self.is_good(),
            "rest_p50_s": p50, "rest_p95_s": p95, "rest_max_s": max,
            "failures": failures.collect::<Vec<_>>(), "problems": self.problems,
        })
    }
}

/// The middle, the 95th of a hundred, and the longest, in seconds.
fn percentiles(sorted: &[Duration]) -> [f64; 3] {
    [50, 95, 100].map(|percent| {
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        let value = sorted.get(rank - 1).map(Duration::as_secs_f64).unwrap_or_default();
        (value * 10.0).round() / 10.0
    })
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for Shape { kind, steps, .. } in &self.shapes {
            if !self.cells.iter().any(|(case, _)| case.kind == *kind) {
                continue;
            }
            let heads = COLUMNS.map(|(name, _, _)| name).join(" | ");
            writeln!(text, "| {kind} | {heads} |\n|---|---|---|---|---|---|---|")?;
            for step in steps {
                let row = COLUMNS.map(|column| self.cell(kind, step, column)).join(" | ");
                writeln!(text, "| {step} | {row} |")?;
            }
            writeln!(text)?;
        }
        for (case, outcome) in &self.cells {
            if let Err(why) = outcome {
                writeln!(text, "{case}: {why}\n")?;
            }
        }
        for problem in &self.problems {
            writeln!(text, "{problem}")?;
        }
        let passed = self.passed();
        let [p50, p95, max] = percentiles(&passed);
        let (cases, rate) = (self.cells.len(), rate(passed.len(), self.cells.len()));
        write!(
            formatter,
            "{text}{cases} cases, {} passed ({rate} %), at rest after {p50} s (p50), {p95} s (p95), {max} s (max)",
            passed.len()
        )
    }
}

/// Never rounded up to a hundred.
fn rate(passed: usize, cases: usize) -> String {
    let permille = (passed * 1000).checked_div(cases).unwrap_or_default();
    format!("{}.{}", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(step: &str, undone: bool, phase: Phase) -> Case {
        let undone_after = undone.then(|| "check".to_owned());
        Case { kind: "tenant.start".to_owned(), step: step.to_owned(), undone_after, phase }
    }

    #[test]
    fn the_table_has_a_row_for_each_step_and_the_last_line_counts() {
        let mut report = Report::default();
        report.expect(vec![Shape {
            kind: "tenant.start".to_owned(),
            steps: ["container", "check", "publish"].map(str::to_owned).to_vec(),
            pivot: 2,
        }]);
        report.note(case("container", false, Phase::Before), Ok(Duration::from_millis(1300)));
        report.note(case("container", true, Phase::Effect), Ok(Duration::from_secs(3)));
        report.note(case("check", false, Phase::Journal), Err("it is stuck".to_owned()));

        let text = report.to_string();

        assert!(text.contains("| container | 1.3 s | - | - | - | 3.0 s | - |"), "{text}");
        assert!(text.contains("| check | - | - | FAILED | - | - | - |"), "{text}");
        let last = "3 cases, 2 passed (66.6 %), at rest after 1.3 s (p50), 3 s (p95), 3 s (max)";
        assert_eq!(text.lines().last(), Some(last));
        assert!(!report.is_good());
        assert_eq!(report.json()["failures"][0]["case"], "tenant.start/check/run/journal");
    }

    #[test]
    fn a_kind_that_nobody_knows_is_not_good() {
        let mut report = Report::default();
        report.note(case("container", false, Phase::Before), Ok(Duration::from_secs(1)));
        assert!(report.is_good());

        report.unknown("tenant.teleport");

        assert!(!report.is_good());
        assert!(!Report::default().is_good(), "nothing was tried");
    }
}
