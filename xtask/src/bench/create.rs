//! `cargo xtask bench create`: from the request for a tenant to its first login page.
//!
//! Three ways to the same page, on the same machine in the same run:
//!
//! * Berth, with the blueprint present: from sending the request to the first 200 through the edge.
//! * A cold start: `odoo -i base` in a container of the same image with the same limits, with its own
//!   PostgreSQL, from making the container to the first 200.
//! * A bare script: `CREATE DATABASE .. TEMPLATE` of a prepared database and a container, to the first
//!   200. What Berth takes beyond that is Berth's own.
//!
//! # Invariants
//!
//! * While one thing is measured, everything else is idle.

mod figures;
mod rig;

use anyhow::{Context, Result};
use serde_json::json;

use super::berth::{self, Bench};
use super::options;
use crate::{progress, setup};
use figures::{median, percentile, table};
use rig::Rig;

const RUNS: u32 = 20;
const COLD_RUNS: usize = 3;
const BARE_RUNS: usize = 5;

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let runs = runs(arguments)?;
    let ready = setup::run(false)?;
    berth::build(&["berth"])?;

    // Both stay until everything is measured: where a thousand files were just removed, ext4 takes
    // several times as long to make new ones.
    let bench = Bench::start(&ready)?;
    let rig = Rig::start(&ready)?;
    bench.create("warm-up").context("build the blueprint")?;
    let mut created = Vec::new();
    let mut steps = figures::Steps::default();
    for number in 1..=runs {
        let made = bench.create(&format!("run-{number}"))?;
        progress::say(format!("berth {number}/{runs}: {} ms", made.login_ms));
        created.push(made.login_ms);
        steps.add(&made.operation)?;
    }
    let (cold, bare) = (rig.cold(COLD_RUNS)?, rig.bare(BARE_RUNS)?);

    progress::fact(table(&steps, &created, &cold, &bare));
    let (create_p50, cold_p50) = (median(&created), median(&cold));
    progress::fact(
        json!({
            "create_p50_ms": create_p50,
            "create_p95_ms": percentile(&created, 95),
            "cold_p50_ms": cold_p50,
            "bare_p50_ms": median(&bare),
            "ratio": figures::ratio(cold_p50, create_p50),
            "runs": runs,
        })
        .to_string(),
    );
    Ok(())
}

fn runs(arguments: &[String]) -> Result<u32> {
    let mut runs = RUNS;
    options::read("create", arguments, &mut [("--runs", &mut runs, 1..=1000)])?;
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_of_runs_can_be_asked_for() {
        let runs = |line: &[&str]| runs(&options::line(line)).ok();

        assert_eq!(runs(&[]), Some(20));
        assert_eq!(runs(&["--runs", "3"]), Some(3));
        assert_eq!(runs(&["--runs", "0"]), None);
        assert_eq!(runs(&["--fast"]), None);
    }
}
