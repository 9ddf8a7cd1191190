//! `cargo xtask bench api`: lists, and a changed route, among ten thousand tenants.
//!
//! The server is the real one, with its engine, its PostgreSQL and one real tenant; the others are rows
//! that were put into its store while it rested, and nothing of them runs. The same questions are asked
//! over the API's socket, over TCP with a token, and of the store alone, without a server between. Beside
//! a route that changes, nginx is told of a changed host.
//!
//! # Invariants
//!
//! * One question at a time. What the server does by itself goes on meanwhile.

mod figures;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::berth::{Bench, build};
use super::{edge, options};
use crate::process::Tool;
use crate::setup::apt;
use crate::{progress, setup, workspace};
use figures::Lists;
pub(super) use figures::ms;

options::plan! { "api":
    // Half of them are at least two of the largest pages.
    tenants = 10_000, 6_000..=50_000;
    runs = 300, 1..=10_000;
    changes = 200, 1..=2_000;
}

pub(super) fn run(arguments: &[String]) -> Result<()> {
    let plan = Plan::of(arguments)?;
    apt::require(&["nginx-light"], "the benchmark of the API", false)?;
    let bench = among(plan.tenants, &["tenants"])?;
    let home = text(bench.home())?.to_owned();

    let lists = lists(&bench, plan)?;
    progress::say("suspending tenants");
    let (edge, changes) = (bench.edge().to_string(), plan.changes.to_string());
    let change = part(&["suspend", "--home", &home, "--edge", &edge, "--runs", &changes])?;
    drop(bench);
    let reload_ms = reload(plan.tenants)?;
    progress::fact(lists.table());
    progress::fact(format!(
        "\na suspended tenant's visitors are told after {} ms (p50), {} ms (p99) from the request, which \
         is answered after {} and {} ms; nginx, after a reload: {reload_ms} ms",
        ms(&change["seen"]["p50_us"]),
        ms(&change["seen"]["p99_us"]),
        ms(&change["accepted"]["p50_us"]),
        ms(&change["accepted"]["p99_us"]),
    ));
    let all = json!({
        "tenants": plan.tenants,
        "lists": lists.json(),
        "change": change,
        "nginx_reload_ms": reload_ms,
    });
    progress::fact(all.to_string());
    Ok(())
}

/// A server with one tenant that runs. So many others are rows that were put into its store while it rested,
/// by these parts of our program.
pub(super) fn among(tenants: u32, parts: &[&str]) -> Result<Bench> {
    let ready = setup::run(false)?;
    build(&["berth", "berth-bench"])?;
    let mut bench = Bench::start(&ready)?;
    bench.make("real").context("make a tenant that runs")?;
    bench.rest()?;
    progress::say(format!("putting {tenants} tenants into the store"));
    for rows in parts {
        part(&[rows, "--home", text(bench.home())?, "--count", &tenants.to_string()])?;
    }
    bench.again()?;
    Ok(bench)
}

/// Asks the same questions in three ways.
fn lists(bench: &Bench, plan: Plan) -> Result<Lists> {
    let (home, runs) = (text(bench.home())?, plan.runs.to_string());
    let (tenants, token) = (plan.tenants.to_string(), token(bench)?);
    let console = bench.console()?.to_string();
    let always = ["lists", "--home", home, "--tenants", &tenants, "--runs", &runs];
    let ways: [(&str, &[&str]); 3] = [
        ("store", &[]),
        ("socket", &["--socket"]),
        ("TCP", &["--address", &console, "--token-file", &token]),
    ];
    let mut lists = Lists::default();
    for (way, arguments) in ways {
        progress::say(format!("asking for lists: {way}"));
        lists.add(way, part(&[&always[..], arguments].concat())?);
    }
    Ok(lists)
}

/// Makes a token, and returns the file that it is in. Over TCP it is good once somebody claimed.
fn token(bench: &Bench) -> Result<String> {
    let code = bench.ask("POST", "/api/v1/setup-token", &json!({}))?["token"].take();
    let claim = json!({
        "code": code, "email": "bench@example.com", "name": "Bench", "password": "three small herons",
    });
    bench.ask("POST", "/api/v1/claim", &claim)?;
    let wish = json!({ "account": "bench", "scope": "viewer", "expires": "never" });
    let made = bench.ask("POST", "/api/v1/organisations/default/tokens", &wish)?;
    let secret = made["secret"].as_str().context("a token has a secret")?;
    let file = bench.home().join("bench-token");
    std::fs::write(&file, secret).context("write the token")?;
    text(&file).map(str::to_owned)
}

/// How long nginx takes with as many hosts.
fn reload(tenants: u32) -> Result<u64> {
    progress::say("reloading nginx");
    let directory = workspace::scratch()?.join(format!("bench-api-{}", std::process::id()));
    std::fs::create_dir_all(&directory).context("make a directory for nginx")?;
    let reloaded = edge::nginx_reload(tenants, &directory);
    std::fs::remove_dir_all(&directory).context("remove the directory of nginx")?;
    reloaded
}

/// Runs a part of our program, and reads the line that it ends with.
pub(super) fn part(arguments: &[&str]) -> Result<Value> {
    let output = Tool::new(edge::program()?).args(arguments.iter().copied()).output()?;
    serde_json::from_slice(&output).context("read what was measured")
}

pub(super) fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path of the home is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_within_bounds() {
        let plan = |line: &[&str]| Plan::of(&options::line(line)).ok();

        assert_eq!(plan(&[]), Some(Plan { tenants: 10_000, runs: 300, changes: 200 }));
        let asked = plan(&["--runs", "5", "--tenants", "6000"]);
        assert_eq!(asked, Some(Plan { tenants: 6_000, runs: 5, changes: 200 }));
        for line in [&["--runs"][..], &["--runs", "0"], &["--tenants", "10"], &["--fast", "1"]] {
            assert_eq!(plan(line), None, "{line:?}");
        }
    }
}
