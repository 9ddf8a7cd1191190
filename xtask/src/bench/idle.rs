//! `cargo xtask bench idle`: what `berth serve` takes while nobody wants anything of it.
//!
//! The tenants are real and run; what they and PostgreSQL take is not counted. Memory and time on
//! processors are the process's own, so whatever else the machine does hardly shows.
//!
//! # Invariants
//!
//! * Everything is read from `/proc`; the server is asked nothing while it is measured.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::berth::{Bench, build};
use super::options;
use super::taken::{Taken, resident_kib};
use crate::{progress, setup};

/// How long what was begun by making the tenants may go on.
const SETTLE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_secs(1);

options::plan! { "idle":
    tenants = 20, 1..=200;
    minutes = 5, 1..=200;
}

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let plan = Plan::of(arguments)?;
    let ready = setup::run(false)?;
    build(&["berth"])?;
    let bench = Bench::start(&ready)?;
    for number in 1..=plan.tenants {
        bench.make(&format!("idle-{number}"))?;
        progress::say(format!("tenant {number}/{}", plan.tenants));
    }
    std::thread::sleep(SETTLE);
    let process = bench.process();
    let (before, began) = (Taken::by(process)?, Instant::now());
    let (mut most, mut last) = (0, 0);
    let span = Duration::from_mins(plan.minutes.into());
    while began.elapsed() < span {
        last = resident_kib(process)?;
        most = most.max(last);
        std::thread::sleep(LOOK);
    }
    let (after, took) = (Taken::by(process)?, began.elapsed().as_secs_f64());
    report(plan, (most, last), (before, after), took);
    Ok(())
}

fn report(plan: Plan, (most, last): (u64, u64), (before, after): (Taken, Taken), took: f64) {
    let cpu = float(after.cpu_us - before.cpu_us) / took / 10_000.0;
    // Threads that ended in between took their count along.
    let waits = float(after.waits.saturating_sub(before.waits)) / took;
    let mib = |kib: u64| float(kib) / 1024.0;
    progress::fact(format!(
        "{} tenants, {took:.0} s: {:.1} MiB at most, {:.1} MiB at the end; {cpu:.2} % of a core; \
         {waits:.0} wakeups/s",
        plan.tenants,
        mib(most),
        mib(last),
    ));
    let hundredths = |number: f64| (number * 100.0).round() / 100.0;
    progress::fact(
        json!({
            "tenants": plan.tenants,
            "seconds": took.round(),
            "rss_max_kib": most,
            "rss_end_kib": last,
            "cpu_percent": hundredths(cpu),
            "wakeups_per_second": hundredths(waits),
        })
        .to_string(),
    );
}

#[expect(clippy::cast_precision_loss, reason = "kibibytes and microseconds are below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_within_bounds() {
        let plan = |line: &[&str]| Plan::of(&options::line(line)).ok();

        assert_eq!(plan(&[]), Some(Plan { tenants: 20, minutes: 5 }));
        assert_eq!(plan(&["--minutes", "1"]), Some(Plan { tenants: 20, minutes: 1 }));
        for line in [&["--minutes"][..], &["--minutes", "0"], &["--tenants", "201"], &["--x", "1"]]
        {
            assert_eq!(plan(line), None, "{line:?}");
        }
    }
}
