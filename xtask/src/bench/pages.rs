//! `cargo xtask bench pages`: how long pages take among a thousand tenants, and how much they weigh.
//!
//! The server is the real one, with its engine, its PostgreSQL and one real tenant; the others are rows
//! that were put into its store while it rested, with operations and an hour of samples, and nothing of them
//! runs. Pages are asked for over TCP by somebody who signed in, as a browser asks: one after the other on one
//! connection, and compressed.

mod figures;

use anyhow::Result;
use serde_json::json;

use super::api::{among, part, text};
use super::options;
use crate::progress;

options::plan! { "pages":
    tenants = 1_000, 100..=50_000;
    runs = 300, 1..=10_000;
}

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let plan = Plan::of(arguments)?;
    let bench = among(plan.tenants, &["tenants", "history"])?;
    let home = text(bench.home())?.to_owned();

    let (tenants, runs) = (plan.tenants.to_string(), plan.runs.to_string());
    let console = bench.console()?.to_string();
    progress::say("asking for pages");
    let wanted = ["--tenants", &tenants, "--runs", &runs, "--address", &console];
    let said = part(&[&["pages", "--home", &home][..], &wanted].concat())?;
    progress::fact(figures::table(&said));
    progress::fact(json!({ "tenants": plan.tenants, "said": said }).to_string());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_within_bounds() {
        let plan = |line: &[&str]| Plan::of(&options::line(line)).ok();

        assert_eq!(plan(&[]), Some(Plan { tenants: 1_000, runs: 300 }));
        assert_eq!(plan(&["--runs", "5"]), Some(Plan { tenants: 1_000, runs: 5 }));
        assert_eq!(plan(&["--tenants", "10"]), None);
    }
}
