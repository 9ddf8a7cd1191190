//! What is asked of a server: `wrk` for pages, our own visitor for `WebSocket`s.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::server::Server;
use super::{CONNECTIONS, Load, WORKERS, host, hot, program};
use crate::process::Tool;

/// Asks the hosts in turn, and says at the end what came of it.
const SCRIPT: &str = r#"
local requests, at = {}, 0
function init(arguments)
  for number, host in ipairs(hosts) do
    requests[number] = wrk.format("GET", arguments[1], { Host = host })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"#;

/// Writes what `wrk` is to do, and returns where.
pub(super) fn write_script(directory: &Path, routes: u32) -> Result<String> {
    let mut text = "hosts = {\n".to_owned();
    for number in hot(routes) {
        writeln!(text, "  \"{}\",", host(number)).expect("strings take all");
    }
    text += "}\n";
    text += SCRIPT;
    let path = directory.join("wrk.lua");
    std::fs::write(&path, text).context("write the script of wrk")?;
    path.to_str().map(str::to_owned).context("the directory's path is not UTF-8")
}

/// Asks for a path for some seconds.
pub(super) fn run(server: &Server, script: &str, path: &str, seconds: u32) -> Result<Load> {
    let (threads, connections) = (format!("-t{WORKERS}"), format!("-c{CONNECTIONS}"));
    let (time, url) = (format!("-d{seconds}s"), format!("http://{}", server.address));
    let wrk =
        Tool::new("wrk").args([&threads, &connections, &time, "-s", script, &url, "--", path]);
    let before = server.used()?;
    let output = wrk.output()?;
    let used = server.used()?.since(before);
    let line = output.rsplit(|byte| *byte == b'\n').find(|line| line.starts_with(b"{"));
    let said: Value = serde_json::from_slice(line.context("wrk says what it did")?)?;
    let number = |name: &str| said[name].as_u64().with_context(|| format!("wrk says `{name}`"));
    if number("failed")? > 0 {
        bail!("requests failed, so nothing was measured: {said}");
    }
    let (count, us) = (number("requests")?, number("us")?);
    Load::of(count, us, (number("p50_us")?, number("p99_us")?), used)
}

/// Sends messages there and back for some seconds.
pub(super) fn websockets(server: &Server, routes: u32, seconds: u32) -> Result<Load> {
    let (address, host) = (server.address.to_string(), host(routes / 2));
    let (connections, seconds) = (CONNECTIONS.to_string(), seconds.to_string());
    let client = Tool::new(program()?).args(["websocket", "--address", &address, "--host", &host]);
    let client = client.args(["--connections", &connections, "--seconds", &seconds]);
    let before = server.used()?;
    let output = client.output()?;
    let used = server.used()?.since(before);
    let said: Value = serde_json::from_slice(&output).context("the visitor says what it did")?;
    let number = |name: &str| said[name].as_u64().with_context(|| format!("it says `{name}`"));
    let times = (number("p50_us")?, number("p99_us")?);
    Load::of(number("messages")?, number("took_us")?, times, used)
}
