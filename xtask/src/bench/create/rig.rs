//! What people had before: PostgreSQL and Odoo in containers, started by hand.
//!
//! Image, limits and PostgreSQL's settings for durability are those of a tenant of Berth.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::bench::berth::clear;
use crate::bench::visitor;
use crate::engine::{Engine, call};
use crate::progress;
use crate::setup::Ready;

const PATIENCE: Duration = Duration::from_mins(3);
const POLL: Duration = Duration::from_millis(50);
const CLUSTER: &str = "/var/lib/postgresql/bench";
/// The defaults of a tenant: one core, 1 GiB, 256 processes.
const LIMITS: (u64, u64, u64) = (1_000_000_000, 1 << 30, 256);
/// Which database the bare script copies.
const PREPARED: &str = "prepared";

/// A PostgreSQL server in a container, whose socket is in a volume.
pub(super) struct Rig {
    engine: Engine,
    odoo: String,
    id: String,
}

impl Rig {
    pub(super) fn start(ready: &Ready) -> Result<Self> {
        let id = format!("test-bench-{}-rig", std::process::id());
        let rig = Self { engine: ready.engine.clone(), odoo: ready.references.odoo.clone(), id };
        let image = &ready.references.postgres;
        progress::say("starting a PostgreSQL server for the cold start");
        for volume in ["data", "run"] {
            let wish = json!({ "Name": rig.named(volume), "Labels": rig.labels() });
            rig.ask("POST", "/volumes/create", &wish)?;
        }
        let initdb =
            ["initdb", "-D", CLUSTER, "--auth=trust", "--encoding=UTF8", "--username=postgres"];
        rig.server(image, "initdb", &initdb)?;
        let ended =
            rig.ask("POST", &format!("/containers/{}/wait", rig.named("initdb")), &Value::Null)?;
        if ended["StatusCode"] != 0 {
            bail!("initdb ended with {}", ended["StatusCode"]);
        }
        rig.server(image, "pg", &["postgres", "-D", CLUSTER, "-c", "listen_addresses="])?;
        let deadline = Instant::now() + PATIENCE;
        while rig.sql("CREATE ROLE odoo LOGIN CREATEDB").is_err() {
            if Instant::now() > deadline {
                bail!("the PostgreSQL server does not answer");
            }
            std::thread::sleep(POLL);
        }
        Ok(rig)
    }

    /// Starts Odoo on databases that do not exist yet. Returns the times to the login page, in
    /// milliseconds.
    pub(super) fn cold(&self, runs: usize) -> Result<Vec<u64>> {
        let times = (1..=runs).map(|number| {
            let took = self.odoo(&format!("cold{number}"), &["-i", "base"], Instant::now())?;
            progress::say(format!("cold start {number}/{runs}: {took} ms"));
            Ok(took)
        });
        times.collect()
    }

    /// Copies a prepared database and starts Odoo on the copy.
    pub(super) fn bare(&self, runs: usize) -> Result<Vec<u64>> {
        // Files in the database need no copying beside it.
        self.odoo(PREPARED, &["-i", "base"], Instant::now())?;
        let wish = "INSERT INTO ir_config_parameter (key, value) \
                    VALUES ('ir_attachment.location', 'db')";
        self.sql_on(PREPARED, wish)?;
        self.odoo(PREPARED, &[], Instant::now())?;
        let times = (1..=runs).map(|number| {
            let name = format!("bare{number}");
            let began = Instant::now();
            self.sql(&format!(
                "CREATE DATABASE {name} OWNER odoo TEMPLATE {PREPARED} STRATEGY WAL_LOG"
            ))?;
            let took = self.odoo(&name, &[], began)?;
            progress::say(format!("bare script {number}/{runs}: {took} ms"));
            Ok(took)
        });
        times.collect()
    }

    /// Runs Odoo until its login page was seen, and removes it.
    fn odoo(&self, database: &str, arguments: &[&str], began: Instant) -> Result<u64> {
        let mut command = vec!["-d", database, "--db_host=/run/postgresql", "--db_user=odoo"];
        command.extend(["--workers=0", "--max-cron-threads=1", "--no-database-list"]);
        command.extend(arguments);
        let (cpu, memory, pids) = LIMITS;
        let name = self.named(database);
        self.make(
            &name,
            &json!({
                "Image": self.odoo, "Entrypoint": ["odoo"], "Cmd": command, "Labels": self.labels(),
                "HostConfig": {
                    "NanoCpus": cpu, "Memory": memory, "MemorySwap": memory, "PidsLimit": pids,
                    "Mounts": [self.volume("run", "/run/postgresql")],
                },
            }),
        )?;
        let shown = self.ask("GET", &format!("/containers/{name}/json"), &Value::Null)?;
        let address = shown["NetworkSettings"]["Networks"]["bridge"]["IPAddress"].as_str();
        let address = address.context("the container is on the engine's bridge")?;
        let address = SocketAddr::new(address.parse().context("read its address")?, 8069);
        let took = visitor::until_login_page(address, database, began)?;
        self.ask("DELETE", &format!("/containers/{name}?force=1&v=1"), &Value::Null)?;
        u64::try_from(took.as_millis()).context("measure")
    }

    /// Starts a program of PostgreSQL as its own user.
    fn server(&self, image: &str, name: &str, command: &[&str]) -> Result<()> {
        let (data, run) = ("/var/lib/postgresql", "/var/run/postgresql");
        self.make(
            &self.named(name),
            &json!({
                "Image": image, "Entrypoint": command[..1], "Cmd": command[1..],
                "User": "postgres", "Labels": self.labels(),
                "HostConfig": {
                    "NetworkMode": "none",
                    "Mounts": [self.volume("data", data), self.volume("run", run)],
                },
            }),
        )
    }

    fn make(&self, name: &str, wish: &Value) -> Result<()> {
        self.ask("POST", &format!("/containers/create?name={name}"), wish)?;
        self.ask("POST", &format!("/containers/{name}/start"), &Value::Null).map(drop)
    }

    fn sql(&self, statement: &str) -> Result<()> {
        self.sql_on("postgres", statement)
    }

    fn sql_on(&self, database: &str, statement: &str) -> Result<()> {
        let command = ["psql", "-U", "postgres", "-d", database, "-c", statement];
        let wish = json!({ "AttachStdout": true, "AttachStderr": true, "Cmd": command });
        let made = self.ask("POST", &format!("/containers/{}/exec", self.named("pg")), &wish)?;
        let id = made["Id"].as_str().context("an exec has an id")?;
        let said = self.ask("POST", &format!("/exec/{id}/start"), &json!({ "Tty": false }))?;
        let ended = self.ask("GET", &format!("/exec/{id}/json"), &Value::Null)?;
        if ended["ExitCode"] != 0 {
            bail!("{statement}: {said}");
        }
        Ok(())
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        call(self.engine.socket(), (method, path, body), PATIENCE)
    }

    fn named(&self, what: &str) -> String {
        format!("{}-{what}", self.id)
    }

    fn labels(&self) -> Value {
        json!({ "berth.home": self.id })
    }

    fn volume(&self, name: &str, target: &str) -> Value {
        json!({ "Type": "volume", "Source": self.named(name), "Target": target })
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Err(error) = clear(&self.engine, &self.id, Path::new("")) {
            progress::say(format!("something of the benchmark stays: {error:#}"));
        }
    }
}
