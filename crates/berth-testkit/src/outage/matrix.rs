//! Every fault in the middle of every operation.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Change, Fault, Island, case};
use crate::interrupt::Interrupt;
use crate::stories::caught;

/// Nothing else has networks in this range.
const POOL: &str = "10.235.0.0/16";

/// How the cases went.
#[derive(Debug, Default)]
pub struct Matrix {
    cells: Vec<Cell>,
    /// Not everything that was asked for was tried.
    interrupted: bool,
}

#[derive(Debug)]
struct Cell {
    fault: Fault,
    change: Change,
    /// How long it took to be at rest, or what was wrong.
    outcome: Result<Duration, String>,
}

/// Goes through all cases that are asked for, or until somebody interrupts. A case that fails does not keep
/// the others from being tried.
pub async fn run(
    program: &Path,
    (faults, changes): (&[Fault], &[Change]),
    tell: impl Fn(String),
) -> Matrix {
    let mut interrupt = Interrupt::listen();
    let mut matrix = Matrix::default();
    let work = async {
        let island = Island::make(program, POOL).await;
        tell(format!("home {} in {}", island.home.id(), island.home.path().display()));
        matrix.fill(&island, (faults, changes), &tell).await;
    };
    let is_whole = tokio::select! {
        () = work => true,
        () = interrupt.next() => false,
    };
    matrix.interrupted = !is_whole;
    matrix
}

impl Matrix {
    async fn fill(
        &mut self,
        island: &Island,
        (faults, changes): (&[Fault], &[Change]),
        tell: &impl Fn(String),
    ) {
        let cases =
            faults.iter().flat_map(|fault| changes.iter().map(move |change| (*fault, *change)));
        for (fault, change) in cases {
            let outcome = caught(case(island, fault, change)).await;
            let said = match &outcome {
                Ok(took) => format!("at rest after {:.1} s", took.as_secs_f64()),
                Err(why) => format!("FAILED: {why}\n{}", island.last_words()),
            };
            tell(format!("{fault:<22} {change:<8} {said}"));
            self.cells.push(Cell { fault, change, outcome });
        }
    }

    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.interrupted && self.cells.iter().all(|cell| cell.outcome.is_ok())
    }

    /// The same for programs, on one line.
    #[must_use]
    pub fn json(&self) -> Value {
        let cells = self.cells.iter().map(|Cell { fault, change, outcome }| {
            let (seconds, problem) = match outcome {
                Ok(took) => (json!((took.as_secs_f64() * 10.0).round() / 10.0), Value::Null),
                Err(why) => (Value::Null, json!(why)),
            };
            json!({
                "fault": fault.name(), "operation": change.name(),
                "rest_s": seconds, "problem": problem,
            })
        });
        let failed = self.cells.iter().filter(|cell| cell.outcome.is_err()).count();
        json!({ "cases": self.cells.len(), "failed": failed, "interrupted": self.interrupted, "cells": cells.collect::<Vec<_>>() })
    }

    fn cell(&self, fault: Fault, change: Change) -> String {
        let found = self.cells.iter().find(|cell| cell.fault == fault && cell.change == change);
        match found.map(|cell| &cell.outcome) {
            Some(Ok(took)) => format!("{:.1} s", took.as_secs_f64()),
            Some(Err(_)) => "FAILED".to_owned(),
            None => "-".to_owned(),
        }
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{:<22}", "");
        for change in Change::ALL {
            write!(text, "{change:>9}")?;
        }
        for fault in Fault::ALL {
            write!(text, "\n{fault:<22}")?;
            for change in Change::ALL {
                write!(text, "{:>9}", self.cell(fault, change))?;
            }
        }
        for cell in &self.cells {
            if let Err(why) = &cell.outcome {
                write!(text, "\n\n{} during {}: {why}", cell.fault, cell.change)?;
            }
        }
        if self.interrupted {
            text.push_str("\n\ninterrupted");
        }
        formatter.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_fault_and_shows_what_failed() {
        let cell = |fault, change, outcome| Cell { fault, change, outcome };
        let matrix = Matrix {
            cells: vec![
                cell(Fault::EngineHung, Change::Stop, Ok(Duration::from_millis(1250))),
                cell(Fault::HomeFull, Change::Set, Err("it is stuck".to_owned())),
            ],
            interrupted: false,
        };

        let table = matrix.to_string();

        assert!(!matrix.is_good());
        assert!(
            table.contains("engine-hung                   -        -        -    1.2 s"),
            "{table}"
        );
        assert!(table.ends_with("home-full during set: it is stuck"), "{table}");
        assert_eq!(matrix.json()["failed"], 1);
    }

    #[test]
    fn a_run_that_was_interrupted_is_not_good() {
        let matrix = Matrix { cells: Vec::new(), interrupted: true };

        assert!(!matrix.is_good());
        assert!(matrix.to_string().ends_with("interrupted"));
    }
}
