//! What a run of chaos showed.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::blow::Blow;

/// How a run went.
#[derive(Debug, Default)]
pub struct Report {
    pub(super) seed: u64,
    /// By fault: how often it fell, and how long it took until all was well.
    pub(super) blows: BTreeMap<Blow, Vec<Duration>>,
    /// By name of operation and how it ended.
    pub(super) operations: BTreeMap<(&'static str, String), u32>,
    /// Drift that Berth put right by itself.
    pub(super) healed: u32,
    /// What a person had to put right, a line each.
    pub(super) repaired: Vec<String>,
    /// Whether this Berth says that it puts drift right.
    pub(super) heals: bool,
    pub(super) problems: Vec<String>,
    /// Tenants whose data were compared.
    pub(super) compared: u32,
}

impl Report {
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.is_empty() && (!self.heals || self.repaired.is_empty())
    }

    pub(super) fn ended(&mut self, kind: &'static str, state: &str) {
        *self.operations.entry((kind, state.to_owned())).or_default() += 1;
    }

    /// The same for programs, on one line.
    #[must_use]
    pub fn json(&self) -> Value {
        let blows: Map<String, Value> = self
            .blows
            .iter()
            .map(|(blow, times)| {
                let [p50, p95, max] = percentiles(times);
                let value =
                    json!({ "count": times.len(), "p50_s": p50, "p95_s": p95, "max_s": max });
                (blow.name().to_owned(), value)
            })
            .collect();
        let mut operations = Map::new();
        for ((kind, state), count) in &self.operations {
            operations.insert(format!("{kind} {state}"), json!(count));
        }
        let count = |word: &str| self.problems.iter().filter(|p| p.contains(word)).count();
        json!({
            "seed": self.seed, "faults": self.blows.values().map(Vec::len).sum::<usize>(),
            "good": self.is_good(), "blows": blows, "operations": operations,
            "orphans": count("orphan:"), "ghosts": count("ghost:"), "changed": count("changed:"),
            "problems": self.problems.len(), "compared": self.compared,
            "heals": self.heals, "healed": self.healed, "repaired": self.repaired.len(),
        })
    }
}

/// The middle, the 95th of a hundred, and the longest, in seconds.
fn percentiles(times: &[Duration]) -> [f64; 3] {
    let mut sorted: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
    sorted.sort_by(f64::total_cmp);
    [50, 95, 100].map(|percent| {
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        let value = sorted.get(rank - 1).copied().unwrap_or_default();
        (value * 10.0).round() / 10.0
    })
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{:<22}{:>7}{:>9}{:>9}{:>9}\n", "", "times", "p50", "p95", "max");
        for (blow, times) in &self.blows {
            let [p50, p95, max] = percentiles(times);
            writeln!(text, "{:<22}{:>7}{p50:>7} s{p95:>7} s{max:>7} s", blow.name(), times.len())?;
        }
        for ((kind, state), count) in &self.operations {
            writeln!(text, "{kind:<10}{state:<8}{count:>5}")?;
        }
        let Self { healed, repaired, compared, seed, .. } = self;
        writeln!(text, "drift: {healed} put right by itself, {} by a person", repaired.len())?;
        for repair in repaired {
            writeln!(text, "by a person {repair}")?;
        }
        writeln!(text, "data of tenants compared {compared} times")?;
        for problem in &self.problems {
            writeln!(text, "{problem}")?;
        }
        let verdict = if self.is_good() { "good" } else { "NOT good" };
        write!(formatter, "{text}\n{verdict}, seed {seed}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_or_changed_is_not_good_and_is_counted() {
        let problems = vec!["after 3: orphan: container t_1".to_owned(), "changed: a".to_owned()];
        let report = Report { problems, ..Report::default() };

        assert!(!report.is_good());
        assert_eq!(report.json()["orphans"], 1);
        assert_eq!(report.json()["changed"], 1);
    }

    #[test]
    fn drift_that_a_person_puts_right_is_only_good_where_nobody_promises_more() {
        let repaired = |heals| Report {
            repaired: vec!["after 3: ghost: t_1".to_owned()],
            heals,
            ..Report::default()
        };

        assert!(repaired(false).is_good());
        assert!(!repaired(true).is_good());
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times: Vec<Duration> = (1..=20).map(Duration::from_secs).collect();

        assert_eq!(percentiles(&times).map(|s| s.to_string()), ["10", "19", "20"]);
    }
}
