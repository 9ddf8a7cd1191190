//! What a soak showed, for people and for programs.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value, json};

use super::growth::{median, slope};
use super::sample::{GAUGES, Gauge, Sample};
use super::worker::Tally;

/// The first part of a soak fills pools and caches, and is not judged.
const WARM_UP: f64 = 0.15;
/// The history that one operation leaves in the control database: its row, its journal, its events.
/// In bytes, with indexes and the pages that deletions leave half empty.
const HISTORY: f64 = 65_536.0;

/// What a soak showed.
#[derive(Debug)]
pub struct Report {
    minutes: f64,
    rows: Vec<Row>,
    /// Bytes of the control database for each operation.
    history: f64,
    operations: Vec<(&'static str, usize, u128)>,
    failures: Vec<String>,
    left: Vec<String>,
}

#[derive(Debug)]
struct Row {
    gauge: &'static Gauge,
    first: f64,
    median: f64,
    last: f64,
    per_hour: f64,
    /// The slope over the time that is judged.
    growth: f64,
}

impl Row {
    fn is_flat(&self) -> bool {
        self.growth <= self.gauge.bound
    }
}

impl Report {
    pub(super) fn new(samples: Vec<Sample>, tally: &Tally, left: Vec<String>) -> Self {
        let end = samples.last().map_or(0.0, |sample| sample.at.as_secs_f64());
        let judged: Vec<Sample> =
            samples.into_iter().filter(|s| s.at.as_secs_f64() >= end * WARM_UP).collect();
        let rows = GAUGES.iter().enumerate().map(|(index, gauge)| row(gauge, index, &judged));
        let medians = tally.medians();
        Self {
            minutes: end / 60.0,
            rows: rows.collect(),
            history: history(&judged),
            operations: medians.iter().map(|(name, (runs, p50))| (*name, *runs, *p50)).collect(),
            failures: tally.failures(),
            left,
        }
    }

    /// Whether nothing grew, failed or was left.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.rows.iter().all(Row::is_flat)
            && self.history <= HISTORY
            && self.failures.is_empty()
            && self.left.is_empty()
    }

    /// The same for programs, on one line.
    #[must_use]
    pub fn json(&self) -> Value {
        let gauges: Map<String, Value> = self.rows.iter().map(Row::json).collect();
        let operations = self
            .operations
            .iter()
            .map(|(name, runs, p50)| ((*name).to_owned(), json!({ "runs": runs, "p50_ms": p50 })));
        json!({
            "minutes": round(self.minutes),
            "good": self.is_good(),
            "operations": operations.collect::<Map<_, _>>(),
            "failed": self.failures.len(),
            "left": self.left,
            "bytes_per_operation": round(self.history),
            "gauges": gauges,
        })
    }
}

impl Row {
    fn json(&self) -> (String, Value) {
        let value = json!({
            "first": round(self.first), "median": round(self.median), "last": round(self.last),
            "per_hour": round(self.per_hour), "growth": round(self.growth),
            "bound": self.gauge.bound, "flat": self.is_flat(),
        });
        (self.gauge.name.to_owned(), value)
    }
}

fn row(gauge: &'static Gauge, index: usize, samples: &[Sample]) -> Row {
    let hours = |sample: &Sample| sample.at.as_secs_f64() / 3600.0;
    let points: Vec<(f64, f64)> = samples.iter().map(|s| (hours(s), s.values[index])).collect();
    let edge = |point: Option<&(f64, f64)>| point.copied().unwrap_or_default();
    let (first, last) = (edge(points.first()), edge(points.last()));
    let per_hour = slope(&points);
    let growth = per_hour * (last.0 - first.0);
    let median = median(points.iter().map(|(_, value)| *value).collect());
    Row { gauge, first: first.1, median, last: last.1, per_hour, growth }
}

/// How much the control database grew for each operation.
fn history(samples: &[Sample]) -> f64 {
    let size =
        |s: &Sample| f64::from(u32::try_from(s.database / 1024).unwrap_or(u32::MAX)) * 1024.0;
    let points: Vec<_> = samples.iter().map(|s| (f64::from(s.operations), size(s))).collect();
    slope(&points)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!(
            "{:<24}{:>9}{:>9}{:>9}{:>11}{:>9}{:>7}\n",
            "", "first", "median", "last", "per hour", "growth", "bound"
        );
        for row in &self.rows {
            let Row { gauge, first, median, last, per_hour, growth } = row;
            let verdict = if row.is_flat() { "" } else { "  GROWS" };
            writeln!(
                text,
                "{:<24}{first:>9.1}{median:>9.1}{last:>9.1}{per_hour:>11.2}{growth:>9.2}{:>7.1}{verdict}",
                gauge.name, gauge.bound
            )?;
        }
        writeln!(text, "\ncontrol database: {:.0} bytes per operation", self.history)?;
        for (name, runs, p50) in &self.operations {
            writeln!(text, "{name:<12}{runs:>6} times, p50 {p50} ms")?;
        }
        for failure in &self.failures {
            writeln!(text, "failed: {failure}")?;
        }
        for left in &self.left {
            writeln!(text, "left: {left}")?;
        }
        let verdict = if self.is_good() { "flat" } else { "NOT flat" };
        let minutes = self.minutes;
        write!(formatter, "{text}\n{verdict} over {minutes:.1} minutes")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn samples(files: impl Fn(u32) -> f64) -> Vec<Sample> {
        let sample = |minute: u32| {
            let mut values = [5.0; GAUGES.len()];
            values[0] = files(minute);
            let at = Duration::from_secs(60 * u64::from(minute));
            Sample { at, operations: 10 * minute, values, database: u64::from(minute) * 40_960 }
        };
        (1..=60).map(sample).collect()
    }

    #[test]
    fn what_stays_is_flat() {
        let report = Report::new(samples(|_| 20.0), &Tally::default(), Vec::new());

        assert!(report.is_good(), "{report}");
        assert_eq!(report.json()["bytes_per_operation"], 4096.0);
    }

    #[test]
    fn a_descriptor_that_is_lost_now_and_then_is_seen() {
        let report =
            Report::new(samples(|minute| 20.0 + f64::from(minute / 5)), &Tally::default(), vec![]);

        assert!(!report.is_good());
        assert!(report.to_string().contains("GROWS"), "{report}");
        assert_eq!(report.json()["gauges"]["open files"]["flat"], false);
    }

    #[test]
    fn the_warm_up_is_not_judged() {
        let report =
            Report::new(samples(|minute| f64::from(minute.min(8))), &Tally::default(), vec![]);

        assert!(report.is_good(), "{report}");
    }

    #[test]
    fn what_is_left_is_not_good() {
        let left = vec!["container t_1".to_owned()];

        assert!(!Report::new(samples(|_| 1.0), &Tally::default(), left).is_good());
    }
}
