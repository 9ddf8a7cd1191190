//! A Berth that only the benchmark uses.
//!
//! # Invariants
//!
//! * Everything lies under a home id that begins with `test-`, and is removed at the end.
//! * Two benchmarks at the same time, or one beside a run of the tests, do not touch each other: home
//!   id, folder and range of networks are of this process alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::pool::Pool;
use super::visitor;
use crate::engine::{Engine, Kind, call};
use crate::home::program;
use crate::process::{self, Tool};
use crate::setup::Ready;
use crate::{progress, workspace};

const START: Duration = Duration::from_mins(1);
const ANSWER: Duration = Duration::from_mins(2);
const REST: Duration = Duration::from_mins(5);
const POLL: Duration = Duration::from_millis(20);
const TENANTS: &str = "/api/v1/organisations/default/tenants";

/// A running Berth in a home of its own. Everything goes when it is dropped.
pub(super) struct Bench {
    berth: Child,
    engine: Engine,
    home: PathBuf,
    id: String,
    edge: SocketAddr,
    _pool: Pool,
}

/// A tenant that was made and stopped again.
pub(super) struct Made {
    /// From sending the request to the first login page, in milliseconds.
    pub(super) login_ms: u64,
    /// The creation at rest, as the API shows it.
    pub(super) operation: Value,
}

impl Bench {
    pub(super) fn start(ready: &Ready) -> Result<Self> {
        let id = format!("test-bench-{}", std::process::id());
        // Short: PostgreSQL's socket below it has at most 107 bytes for its path.
        let home = PathBuf::from(format!("/var/tmp/bb-{}", std::process::id()));
        std::fs::create_dir(&home).with_context(|| format!("create {}", home.display()))?;
        std::fs::write(home.join("home-id"), &id).context("write the home")?;
        let pool = Pool::take(&ready.engine)?;
        let text = configuration(ready, &pool);
        std::fs::write(home.join("berth.toml"), text).context("write the home")?;
        progress::say(format!("starting berth in {}, networks in {pool}", home.display()));
        let berth = serve(&home)?;
        let edge = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut bench = Self { berth, engine: ready.engine.clone(), home, id, edge, _pool: pool };
        bench.edge = bench.wait_for_edge()?;
        Ok(bench)
    }

    /// Ends the server as an operator does, and lets everything else be.
    pub(super) fn rest(&mut self) -> Result<()> {
        let process = self.berth.id().to_string();
        Tool::new("kill").args(["-s", "TERM", &process]).output()?;
        let ended = self.berth.wait().context("wait for berth")?;
        if !ended.success() {
            bail!("berth ended with {ended}");
        }
        Ok(())
    }

    /// Starts the server again after it rested.
    pub(super) fn again(&mut self) -> Result<()> {
        self.berth = serve(&self.home)?;
        self.edge = self.wait_for_edge()?;
        Ok(())
    }

    fn wait_for_edge(&mut self) -> Result<SocketAddr> {
        let deadline = Instant::now() + START;
        loop {
            if let Ok(status) = self.ask("GET", "/api/v1/status", &Value::Null) {
                return address(&status, "edge");
            }
            let ended = self.berth.try_wait().context("watch berth")?;
            if ended.is_some() || Instant::now() > deadline {
                progress::detail(&process::last_lines_of(&self.home.join("serve.log")));
                bail!("berth does not come up; the end of its log is above");
            }
            std::thread::sleep(POLL);
        }
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    pub(super) const fn edge(&self) -> SocketAddr {
        self.edge
    }

    /// Where the API is reached over TCP.
    pub(super) fn console(&self) -> Result<SocketAddr> {
        address(&self.ask("GET", "/api/v1/status", &Value::Null)?, "console")
    }

    pub(super) fn process(&self) -> u32 {
        self.berth.id()
    }

    /// Makes a tenant, which runs from then on.
    pub(super) fn make(&self, name: &str) -> Result<()> {
        self.complete("POST", TENANTS, &json!({ "name": name })).map(drop)
    }

    /// Makes a tenant, with a visitor waiting for it, and stops it.
    pub(super) fn create(&self, name: &str) -> Result<Made> {
        let host = format!("{name}.localhost");
        let edge = self.edge;
        let began = Instant::now();
        let (visited, operation) = std::thread::scope(|scope| {
            let visitor = scope.spawn(|| visitor::until_login_page(edge, &host, began));
            let operation = self.complete("POST", TENANTS, &json!({ "name": name }));
            (visitor.join(), operation)
        });
        let operation = operation?;
        let took = visited.ok().context("the visitor panicked")??;
        self.complete("POST", &format!("{TENANTS}/{name}/stop"), &Value::Null)?;
        let login_ms = u64::try_from(took.as_millis()).context("measure")?;
        Ok(Made { login_ms, operation })
    }

    /// Begins an operation and returns it when it is done.
    fn complete(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let begun = self.ask(method, path, body)?;
        let id = begun["id"].as_str().context("an operation has an id")?;
        let path = format!("/api/v1/organisations/default/operations/{id}");
        let deadline = Instant::now() + REST;
        loop {
            let operation = self.ask("GET", &path, &Value::Null)?;
            match operation["state"].as_str() {
                Some("done") => return Ok(operation),
                Some("undone" | "stuck") => bail!("{}: {}", operation["kind"], operation["error"]),
                _ if Instant::now() > deadline => bail!("{id} does not come to rest"),
                _ => std::thread::sleep(POLL),
            }
        }
    }

    pub(super) fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        call(&self.socket(), (method, path, body), ANSWER)
    }

    fn socket(&self) -> PathBuf {
        self.home.join("berth.sock")
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.berth.kill();
        let _ = self.berth.wait();
        if let Err(error) = clear(&self.engine, &self.id, &self.home) {
            progress::say(format!("something of the benchmark stays: {error:#}"));
        }
    }
}

/// Builds packages as they are released.
pub(super) fn build(packages: &[&str]) -> Result<()> {
    progress::say("building berth; the first time takes some minutes");
    let packages = packages.iter().flat_map(|package| ["-p", package]);
    let cargo = Tool::new("cargo").args(["build", "--release"]).args(packages);
    cargo.directory(workspace::root()).run()
}

/// It ends with us, however we end.
fn serve(home: &Path) -> Result<Child> {
    let program = program();
    let program = program.to_str().context("the target directory's path is not UTF-8")?;
    let serve = Tool::new("setpriv").args(["--pdeathsig", "KILL", "--", program, "serve"]);
    let text = home.to_str().context("the path of the home is not UTF-8")?;
    serve.variable("BERTH_HOME", text).detached(&home.join("serve.log"))
}

/// The port of an address or a URL in the status, on the loopback.
fn address(status: &Value, of: &str) -> Result<SocketAddr> {
    let said = status[of].as_str().with_context(|| format!("berth says where its {of} is"))?;
    let port = said.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
    let port: u16 = port.with_context(|| format!("`{said}` has no port"))?;
    Ok(SocketAddr::from(([127, 0, 0, 1], port)))
}

/// Removes everything that is labelled with `id`, and a directory.
pub(super) fn clear(engine: &Engine, id: &str, directory: &Path) -> Result<()> {
    for kind in Kind::ALL {
        for object in &engine.labelled(kind, &format!("berth.home={id}"))? {
            engine.remove(kind, object)?;
        }
    }
    if directory.exists() {
        std::fs::remove_dir_all(directory)
            .with_context(|| format!("remove {}", directory.display()))?;
    }
    Ok(())
}

fn configuration(ready: &Ready, pool: &Pool) -> String {
    let references = &ready.references;
    format!(
        "[images]\nodoo = \"{}\"\npostgres = \"{}\"\n\n[engine]\nhost = \"{}\"\n\n\
         [edge]\nlisten = \"127.0.0.1:0\"\n\n[console]\nlisten = \"127.0.0.1:0\"\n\n\
         [network]\npool = \"{pool}\"\n\n\
         [tenants]\nmemory_percent = 10000\n",
        references.odoo,
        references.postgres,
        ready.engine.host()
    )
}
