//! The installation.

use std::path::Path;

use berth_domain::ObjectName;
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::daemon::Daemon;
use crate::disk::Disk;
use crate::home::{Home, Plan, Site};
use crate::setup::target;
use crate::socket_proxy::{Mode, SocketProxy};

/// Berth wants a gigabyte free before it makes anything; the cluster and some tenants take another.
const ROOM: u64 = 4 << 30;
/// A tenant to which nothing is done. It tells what it sees of the others.
const WITNESS: &str = "witness";
const CONFIGURATION: &str = "[tenants]\nmemory = \"512MiB\"\nmemory_percent = 1000\n";

/// An installation that shares nothing with anybody.
#[derive(Debug)]
pub struct Island {
    // In this order: first what is made, then where.
    pub home: Home,
    pub proxy: SocketProxy,
    pub daemon: Daemon,
    pub disk: Disk,
    witness: OnceCell<ObjectName>,
    backup: OnceCell<Bytes>,
}

impl Island {
    /// Makes it.
    ///
    /// # Panics
    ///
    /// Without root, or when something does not come up.
    pub async fn make(program: &Path, pool: &str) -> Self {
        let daemon = Daemon::start().await;
        let image = target().join("berth-home.img");
        // Whatever was in it belonged to a home that is gone.
        let _ = std::fs::remove_file(&image);
        let place = daemon.folder().join("home");
        let disk = Disk::mount(&image, ROOM, &place).expect("a disk can be mounted");
        let proxy = SocketProxy::start(&daemon.socket()).expect("a proxy can be started");
        let plan = Plan {
            program,
            pool,
            engine: Some(&proxy.socket()),
            configuration: CONFIGURATION,
            wrapper: &[],
        };
        let site =
            Site { engine: Some(&daemon.socket()), room: Some(disk.path()), ..Site::default() };
        let home = Home::new_at(&site, &plan).await;
        home.serve().await;
        let (witness, backup) = (OnceCell::new(), OnceCell::new());
        Self { home, proxy, daemon, disk, witness, backup }
    }

    /// The end of Berth's log.
    #[must_use]
    pub fn last_words(&self) -> String {
        let log = self.home.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }

    /// Takes back whatever a case that failed left, and waits until everything is at rest.
    ///
    /// # Panics
    ///
    /// When it cannot be taken back.
    pub async fn calm(&self) {
        self.proxy.set(Mode::Pass);
        self.disk.clear().expect("space can be given back");
        self.daemon.disk().clear().expect("space can be given back");
        if !self.daemon.is_up() {
            self.daemon.up().await;
        }
        let operations = self.home.get("operations?limit=1000").await;
        for operation in operations["items"].as_array().into_iter().flatten() {
            self.home.rest(operation["id"].as_str().unwrap_or_default()).await;
        }
    }

    /// The tenant to which nothing is done, made when it is first asked for.
    pub async fn witness(&self) -> &ObjectName {
        let make = || async {
            self.home.create_plain(WITNESS).await;
            self.home.object(WITNESS).await
        };
        self.witness.get_or_init(make).await
    }

    /// What is imported: the witness as it was when that was first asked for.
    pub(super) async fn upload(&self) -> String {
        self.witness().await;
        let backup = self.backup.get_or_init(|| self.home.export(WITNESS)).await;
        self.home.upload_of(backup).await
    }

    /// Since when the witness runs; `null` when it does not.
    pub async fn witness_since(&self) -> Value {
        let witness = self.witness().await;
        let container = self.home.engine().container(witness.as_str()).await;
        container.map_or(Value::Null, |container| container["State"]["StartedAt"].clone())
    }

    /// The status of the witness's login page.
    pub async fn witness_page(&self) -> u16 {
        self.home.visit(&format!("{WITNESS}.localhost"), "/web/login").await.status
    }

    /// The container of the PostgreSQL server.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn cluster(&self) -> String {
        let containers = self.home.engine().containers(self.home.id()).await;
        let cluster = containers.iter().find(|c| c["Labels"]["berth.role"] == "cluster");
        cluster.and_then(|c| c["Id"].as_str()).expect("the cluster has a container").to_owned()
    }
}
