//! From single times to what is said of them.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::Value;

/// How long each step took, run by run, in the order of the steps.
#[derive(Debug, Default)]
pub(super) struct Steps(Vec<(String, Vec<u64>)>);

impl Steps {
    /// Adds the steps of one operation at rest.
    pub(super) fn add(&mut self, operation: &Value) -> Result<()> {
        for step in operation["steps"].as_array().context("an operation has steps")? {
            let name = step["name"].as_str().context("a step has a name")?;
            let (Some(started), Some(finished)) =
                (time(step, "started_at"), time(step, "finished_at"))
            else {
                continue;
            };
            let took = finished.duration_since(started).as_millis();
            let took = u64::try_from(took).context("a step ended before it began")?;
            match self.0.iter_mut().find(|(known, _)| known == name) {
                Some((_, times)) => times.push(took),
                None => self.0.push((name.to_owned(), vec![took])),
            }
        }
        Ok(())
    }
}

fn time(step: &Value, key: &str) -> Option<Timestamp> {
    step[key].as_str()?.parse().ok()
}

/// The smallest value that at least `percent` of all are not above.
pub(super) fn percentile(times: &[u64], percent: usize) -> u64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

pub(super) fn median(times: &[u64]) -> u64 {
    percentile(times, 50)
}

/// How many times longer one takes than the other, with two digits.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes are far below 2^52")]
pub(super) fn ratio(longer: u64, shorter: u64) -> f64 {
    (longer as f64 / shorter.max(1) as f64 * 100.0).round() / 100.0
}

/// What people read.
pub(super) fn table(steps: &Steps, created: &[u64], cold: &[u64], bare: &[u64]) -> String {
    let mut text = format!("{:<24}{:>9}{:>9}{:>9}\n", "", "p50", "p95", "runs");
    let mut row = |name: &str, times: &[u64]| {
        let (p50, p95, runs) = (median(times), percentile(times, 95), times.len());
        writeln!(text, "{name:<24}{p50:>6} ms{p95:>6} ms{runs:>9}").expect("strings take all");
    };
    row("request to login page", created);
    for (name, times) in &steps.0 {
        row(&format!("  {name}"), times);
    }
    row("cold start", cold);
    row("bare script", bare);
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times: Vec<u64> = (1..=20).rev().collect();

        assert_eq!((median(&times), percentile(&times, 95)), (10, 19));
        assert_eq!((median(&[7]), percentile(&[7], 95), median(&[])), (7, 7, 0));
        assert_eq!(ratio(9000, 1500).to_string(), "6");
    }

    #[test]
    fn steps_are_read_from_an_operation_at_rest() {
        let mut steps = Steps::default();
        steps
            .add(&json!({ "steps": [{
                "name": "network",
                "started_at": "2026-05-04T23:59:59.990Z",
                "finished_at": "2026-05-05T00:00:00.050Z",
            }, { "name": "modules", "started_at": null, "finished_at": null }] }))
            .unwrap();

        let table = table(&steps, &[1400, 1500], &[9000], &[1300]);

        assert!(table.contains("  network                   60 ms    60 ms        1"), "{table}");
        assert!(!table.contains("modules"), "{table}");
    }
}
