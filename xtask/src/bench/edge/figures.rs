//! From runs to what is said of them.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::bench::taken::Used;

/// What one server did in one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Load {
    pub(super) per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Time on processors per request, in microseconds.
    cpu_us: f64,
    /// What of it was spent outside the kernel.
    user_us: f64,
}

impl Load {
    pub(super) fn of(count: u64, us: u64, (p50, p99): (u64, u64), used: Used) -> Result<Self> {
        if count == 0 || us == 0 {
            bail!("nothing came back, so nothing was measured");
        }
        let per_second = float(count) * 1_000_000.0 / float(us);
        let (p50_ms, p99_ms) = (thousandth(p50), thousandth(p99));
        let cpu_us = float(used.user + used.system) / float(count);
        let user_us = float(used.user) / float(count);
        Ok(Self { per_second, p50_ms, p99_ms, cpu_us, user_us })
    }
}

/// The runs of both servers under one load.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) name: &'static str,
    pub(super) edge: Vec<Load>,
    pub(super) nginx: Vec<Load>,
}

impl Pair {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, edge: Vec::new(), nginx: Vec::new() }
    }

    /// Puts the same load on both. Every other time nginx is first.
    pub(super) fn run<S>(
        &mut self,
        number: u32,
        [edge, nginx]: [S; 2],
        load: impl Fn(S) -> Result<Load>,
    ) -> Result<()> {
        if number.is_multiple_of(2) {
            self.nginx.push(load(nginx)?);
            self.edge.push(load(edge)?);
        } else {
            self.edge.push(load(edge)?);
            self.nginx.push(load(nginx)?);
        }
        Ok(())
    }

    /// What the last two runs were, for whoever waits.
    pub(super) fn last(&self) -> String {
        let rate = |runs: &[Load]| runs.last().map_or(0.0, |load| load.per_second);
        format!("edge {:.0}/s, nginx {:.0}/s", rate(&self.edge), rate(&self.nginx))
    }

    pub(super) fn json(&self) -> Value {
        let (edge, nginx) = (middle(&self.edge), middle(&self.nginx));
        let of = |load: Load| {
            json!({
                "per_second": load.per_second.round(),
                "p50_ms": hundredths(load.p50_ms),
                "p99_ms": hundredths(load.p99_ms),
                "cpu_us": hundredths(load.cpu_us),
                "user_us": hundredths(load.user_us),
            })
        };
        json!({
            "edge": of(edge),
            "nginx": of(nginx),
            "ratio": hundredths(edge.per_second / nginx.per_second),
            "cpu_ratio": hundredths(edge.cpu_us / nginx.cpu_us),
            "runs": self.edge.len(),
        })
    }
}

/// The median of each figure by itself.
fn middle(runs: &[Load]) -> Load {
    let median = |figure: fn(&Load) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(figure).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Load {
        per_second: median(|load| load.per_second),
        p50_ms: median(|load| load.p50_ms),
        p99_ms: median(|load| load.p99_ms),
        cpu_us: median(|load| load.cpu_us),
        user_us: median(|load| load.user_us),
    }
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

pub(super) fn thousandth(number: u64) -> f64 {
    float(number) / 1000.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "requests and microseconds of minutes are below 2^52"
)]
fn float(number: u64) -> f64 {
    number as f64
}

/// What people read.
pub(super) fn table(pairs: &[Pair]) -> String {
    let mut text = format!(
        "{:<18}{:>10}{:>10}{:>10}{:>14}{:>16}\n",
        "", "per s", "p50 ms", "p99 ms", "CPU us each", "outside kernel"
    );
    for pair in pairs {
        let (edge, nginx) = (middle(&pair.edge), middle(&pair.nginx));
        for (server, load) in [("edge", edge), ("nginx", nginx)] {
            let Load { per_second, p50_ms, p99_ms, cpu_us, user_us } = load;
            let name = format!("{}, {server}", pair.name);
            writeln!(
                text,
                "{name:<18}{per_second:>10.0}{p50_ms:>10.2}{p99_ms:>10.2}{cpu_us:>14.1}{user_us:>16.1}"
            )
            .expect("strings take all");
        }
        let (rate, cpu) = (edge.per_second / nginx.per_second, edge.cpu_us / nginx.cpu_us);
        writeln!(text, "{:<18}{rate:>10.2}{:>10}{:>10}{cpu:>14.2}", "  edge / nginx", "", "")
            .expect("strings take all");
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(edge: &[u64], nginx: &[u64]) -> Pair {
        let loads = |counts: &[u64]| {
            let used = Used { user: 100_000, system: 400_000 };
            let one = |count: &u64| Load::of(*count, 1_000_000, (1_500, 9_000), used).unwrap();
            counts.iter().map(one).collect()
        };
        Pair { name: "300 bytes", edge: loads(edge), nginx: loads(nginx) }
    }

    #[test]
    fn the_middle_run_stands_for_all() {
        let pair = pair(&[900, 10_000, 20_000], &[8_000, 8_000, 100]);

        let json = pair.json();

        assert_eq!(json["edge"]["per_second"], 10_000.0);
        assert_eq!((&json["ratio"], &json["edge"]["cpu_us"]), (&json!(1.25), &json!(50.0)));
        assert_eq!(json["edge"]["user_us"], 10.0);
        assert!(table(&[pair]).contains("300 bytes, edge        10000      1.50      9.00"));
    }

    #[test]
    fn nothing_is_no_measurement() {
        assert!(Load::of(0, 1, (0, 0), Used { user: 0, system: 0 }).is_err());
    }
}
