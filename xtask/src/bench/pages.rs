//! `cargo xtask bench pages`: how long pages take among a thousand tenants, and how much they weigh.
//!
//! The server is the real one, with its engine, its PostgreSQL and one real tenant; the others are rows
//! that were put into its store while it rested, with operations and an hour of samples, and nothing of them
//! runs. Pages are asked for over TCP by somebody who signed in, as a browser asks: one after the other on one
//! connection, and compressed.

mod figures;

use anyhow::{Context, Result};
use serde_json::json;

use super::api::{part, text};
use super::berth::{Bench, build};
use super::options;
use crate::{progress, setup};

/// What was asked for on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    tenants: u32,
    runs: u32,
}

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let plan = Plan::of(arguments)?;
    let ready = setup::run(false)?;
    build(&["berth", "berth-bench"])?;
    let mut bench = Bench::start(&ready)?;
    bench.make("real").context("make a tenant that runs")?;
    bench.rest()?;
    let (home, tenants) = (text(bench.home())?.to_owned(), plan.tenants.to_string());
    progress::say(format!("putting {tenants} tenants into the store"));
    part(&["tenants", "--home", &home, "--count", &tenants])?;
    part(&["history", "--home", &home, "--count", &tenants])?;
    bench.again()?;

    let runs = plan.runs.to_string();
    let console = bench.console()?.to_string();
    progress::say("asking for pages");
    let wanted = ["--tenants", &tenants, "--runs", &runs, "--address", &console];
    let said = part(&[&["pages", "--home", &home][..], &wanted].concat())?;
    progress::fact(figures::table(&said));
    progress::fact(json!({ "tenants": plan.tenants, "said": said }).to_string());
    Ok(())
}

impl Plan {
    fn of(arguments: &[String]) -> Result<Self> {
        let mut plan = Self { tenants: 1_000, runs: 300 };
        let mut numbers = [
            ("--tenants", &mut plan.tenants, 100..=50_000),
            ("--runs", &mut plan.runs, 1..=10_000),
        ];
        options::read("pages", arguments, &mut numbers)?;
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_within_bounds() {
        let plan = |line: &[&str]| {
            let line: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
            Plan::of(&line).ok()
        };

        assert_eq!(plan(&[]), Some(Plan { tenants: 1_000, runs: 300 }));
        assert_eq!(plan(&["--runs", "5"]), Some(Plan { tenants: 1_000, runs: 5 }));
        assert_eq!(plan(&["--tenants", "10"]), None);
    }
}
