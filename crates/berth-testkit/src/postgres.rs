//! A PostgreSQL server that lives as long as the test process.
//!
//! # Invariants
//!
//! * The server never outlives the process that started it: the kernel ends it (`setpriv
//!   --pdeathsig`), so a test that is killed leaves no server behind.
//! * It listens on a Unix socket in its own folder and on one port of the loopback, wants a password
//!   on both, and is not made to survive a crash (`fsync` is off).
//! * Its folder is removed when it stops. One that was left by a killed process is removed by the
//!   next server that starts: the lock beside it is free.
//!
//! PostgreSQL refuses to run as root, so root runs it as `postgres` or `nobody`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

mod folder;
mod process;
mod tools;

use berth_domain::chain;
use folder::Folder;
use process::Process;
use tools::Tools;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error(
        "cannot find `initdb`: install PostgreSQL, its programs are looked for in PATH and in /usr/lib/postgresql"
    )]
    NotInstalled,
    #[error("cannot run `{program}`")]
    Run { program: String, source: std::io::Error },
    #[error("`{program}` failed: {output}")]
    Failed { program: String, output: String },
    #[error("the server did not come up: {log}")]
    NotUp { log: String },
    #[error("cannot make a folder for the server")]
    Folder(#[source] std::io::Error),
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    // In this order: the process ends before its folder goes.
    process: Process,
    folder: Folder,
    tools: Tools,
    password: String,
    databases: AtomicU32,
}

/// The server's superuser.
pub const SUPERUSER: &str = "postgres";

impl Server {
    /// Returns the one server of this test process, started by the first who asks.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| match Self::start() {
            Ok(server) => server,
            Err(error) => panic!("{}", chain(&error)),
        })
    }

    /// Starts a server of its own, for tests that stop or break it. It stops when dropped.
    pub fn start() -> Result<Self, ServerError> {
        folder::sweep();
        let tools = Tools::find()?;
        let folder = Folder::new(tools.user()).map_err(ServerError::Folder)?;
        let password = folder::random_word().map_err(ServerError::Folder)?;
        tools.init(&folder, &password)?;
        let process = Process::start(&tools, &folder)?;
        Ok(Self { process, folder, tools, password, databases: AtomicU32::new(0) })
    }

    /// Makes a new, empty database and returns its URL over the loopback, as the superuser.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    #[must_use]
    pub fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("test_{number}");
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0");
        if let Err(error) = self.execute("postgres", &sql) {
            panic!("{}", chain(&error));
        }
        self.url(&name)
    }

    /// Runs one statement as the superuser. The text is the test's own, never input.
    pub fn execute(&self, database: &str, sql: &str) -> Result<String, ServerError> {
        self.tools.psql(&self.url(database), sql)
    }

    /// The URL of a database over the loopback, as the superuser.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let (password, port) = (&self.password, self.port());
        format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}")
    }

    /// Of the loopback address.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.process.port()
    }

    /// The folder that holds the server's Unix socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    /// Of [`SUPERUSER`].
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Where the server's programs are, `pg_dump` and others.
    #[must_use]
    pub fn programs(&self) -> PathBuf {
        self.tools.folder().to_owned()
    }

    /// The id of the server's first process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}
