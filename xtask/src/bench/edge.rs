//! `cargo xtask bench edge`: the edge beside nginx.
//!
//! Both have two workers, ten thousand host names, an access log and connections to the upstream that
//! stay open, and both stand before the same server, which has its answers ready. `wrk` asks twenty of
//! the hosts in turn.
//!
//! # Invariants
//!
//! * The servers take turns, run by run and who is first as well, and only one of them is asked at a
//!   time.
//! * Everything lies in one directory under the build products, and ends with this process.

mod figures;
mod load;
mod nginx;
mod server;
mod switch;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::options;
use crate::process::Tool;
use crate::setup::apt;
use crate::{progress, workspace};
use figures::{Load, Pair, table};
use nginx::Nginx;
use server::Server;

/// How many processes or threads each server may use.
const WORKERS: u32 = 2;
/// How many of the hosts are asked.
const HOT: u32 = 20;
const CONNECTIONS: u32 = 64;
const CHANGES: usize = 20;

options::plan! { "edge":
    runs = 5, 1..=100;
    seconds = 5, 1..=600;
    routes = 10_000, HOT..=50_000;
}

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let plan = Plan::of(arguments)?;
    apt::require(&["nginx-light", "wrk"], "the benchmark of the edge", false)?;
    progress::say("building the edge; the first time takes some minutes");
    let cargo = Tool::new("cargo").args(["build", "--release", "-p", "berth-bench"]);
    cargo.directory(workspace::root()).run()?;
    let directory = workspace::scratch()?.join(format!("bench-edge-{}", std::process::id()));
    std::fs::create_dir_all(&directory).context("make a directory for the benchmark")?;
    let measured = measure(plan, &directory);
    std::fs::remove_dir_all(&directory).context("remove the directory of the benchmark")?;
    measured
}

fn measure(plan: Plan, directory: &Path) -> Result<()> {
    let upstream = Server::upstream(directory, "one")?;
    let edge = Server::edge(directory, plan.routes, upstream.address)?;
    let nginx = Nginx::start(directory, plan.routes, upstream.address)?;
    let script = load::write_script(directory, plan.routes)?;

    let mut loads = Vec::new();
    for (name, path) in [("300 bytes", "/small"), ("100 kB", "/large")] {
        let mut pair = Pair::new(name);
        for server in [&edge, &nginx.server] {
            load::run(server, &script, path, 1)?;
        }
        for number in 1..=plan.runs {
            pair.run(number, [&edge, &nginx.server], |server| {
                load::run(server, &script, path, plan.seconds)
            })?;
            progress::say(format!("{name} {number}/{}: {}", plan.runs, pair.last()));
        }
        loads.push(pair);
    }
    let mut sockets = Pair::new("WebSocket");
    for server in [&edge, &nginx.server] {
        load::websockets(server, plan.routes, 1)?;
    }
    for number in 1..=plan.runs {
        sockets.run(number, [&edge, &nginx.server], |server| {
            load::websockets(server, plan.routes, plan.seconds)
        })?;
        progress::say(format!("WebSocket {number}/{}: {}", plan.runs, sockets.last()));
    }
    loads.push(sockets);
    drop(edge);
    progress::say("changing routes");
    let change = change(plan)?;
    let reload_ms = switch::reload(&nginx, directory, plan.routes, &upstream)?;
    report(&loads, &change, reload_ms)
}

/// How long nginx takes to see a changed host, by itself, in milliseconds.
pub(super) fn nginx_reload(routes: u32, directory: &Path) -> Result<u64> {
    let upstream = Server::upstream(directory, "one")?;
    let nginx = Nginx::start(directory, routes, upstream.address)?;
    switch::reload(&nginx, directory, routes, &upstream)
}

/// Lets the edge see changed tables.
fn change(plan: Plan) -> Result<Value> {
    let program = program()?;
    let (routes, workers) = (plan.routes.to_string(), WORKERS.to_string());
    let runs = CHANGES.to_string();
    let arguments = ["change", "--routes", &routes, "--runs", &runs, "--workers", &workers];
    let output = Tool::new(program).args(arguments).output()?;
    serde_json::from_slice(&output).context("read how long a change takes")
}

fn report(loads: &[Pair], change: &Value, reload_ms: u64) -> Result<()> {
    progress::fact(table(loads));
    let seen = change["seen_us"].as_u64().context("a change was seen")?;
    let made = change["table_us"].as_u64().context("a table was made")?;
    progress::fact(format!(
        "\na changed route is seen after {:.1} ms ({:.1} ms of it make the table); nginx, after a reload: \
         {reload_ms} ms",
        figures::thousandth(seen),
        figures::thousandth(made),
    ));
    let loads: serde_json::Map<String, Value> =
        loads.iter().map(|pair| (pair.name.to_owned(), pair.json())).collect();
    let all = json!({
        "loads": loads,
        "change_seen_us": seen,
        "change_table_us": made,
        "nginx_reload_ms": reload_ms,
    });
    progress::fact(all.to_string());
    Ok(())
}

/// The program that has all parts of the benchmarks.
pub(super) fn program() -> Result<String> {
    let path: PathBuf = workspace::target().join("release/berth-bench");
    path.to_str().map(str::to_owned).context("the target directory's path is not UTF-8")
}

/// The name of the route with this number.
fn host(number: u32) -> String {
    format!("t{number:05}.bench.localhost")
}

/// The numbers of the routes that are asked, spread over all of them.
fn hot(routes: u32) -> impl Iterator<Item = u32> {
    let step = (routes / HOT).max(1);
    (0..routes).step_by(usize::try_from(step).unwrap_or(1)).take(usize::try_from(HOT).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(line: &[&str]) -> Option<Plan> {
        Plan::of(&options::line(line)).ok()
    }

    #[test]
    fn what_is_asked_for_is_within_bounds() {
        assert_eq!(plan(&[]), Some(Plan { runs: 5, seconds: 5, routes: 10_000 }));
        let asked = plan(&["--seconds", "1", "--routes", "20"]);
        assert_eq!(asked, Some(Plan { runs: 5, seconds: 1, routes: 20 }));
        for line in [&["--runs"][..], &["--runs", "0"], &["--routes", "19"], &["--fast", "1"]] {
            assert_eq!(plan(line), None, "{line:?}");
        }
    }

    #[test]
    fn the_hosts_that_are_asked_are_spread_over_all() {
        let numbers: Vec<u32> = hot(10_000).collect();

        assert_eq!((numbers.len(), numbers[0], numbers[19]), (20, 0, 9_500));
        assert_eq!(hot(25).count(), 20);
    }
}
