//! A throw-away home of Berth, for tests of the real program on a real engine.
//!
//! # Invariants
//!
//! * Its id begins with `test-` or `soak-`, so that nothing of it is ever taken for somebody's own, and
//!   whatever is left of it can be swept.
//! * Its ports are chosen by the system and its networks come from a range of its own.
//! * The program ends with the test process, also when that is killed. What a killed process left in
//!   the engine and on disk is removed by the next home.
//! * Everything panics with what it saw: a test has nothing better to do.

mod audit;
mod backup;
mod cli;
mod data;
mod folder;
mod inventory;
mod lost;
mod operation;
mod outside;

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::http::{Answer, HttpError, Place, request, send};
use crate::program::{Program, bound};
use crate::setup::Setup;
use crate::wait;
use folder::Folder;

pub use cli::Said;
pub use data::Contents;
pub use folder::Purpose;
pub use inventory::Inventory;

/// How long Berth may take until its socket answers.
const START: Duration = Duration::from_mins(1);
/// How long it may take to stop.
const STOP: Duration = Duration::from_mins(1);
/// How long one answer of the API or of a tenant may take.
const ANSWER: Duration = Duration::from_mins(2);
/// Where the API is, below the socket.
pub const API: &str = "/api/v1/organisations/default";

/// What a home is to be like.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The program: `env!("CARGO_BIN_EXE_berth")`.
    pub program: &'a Path,
    /// A range of its own, as in `10.214.0.0/20`.
    pub pool: &'a str,
    /// Where Berth finds the engine, when that is not the engine's own socket.
    pub engine: Option<&'a Path>,
    /// More of `berth.toml`: whole sections that are not written otherwise. Without
    /// `delete_grace_days` in `[tenants]`, what is deleted is gone at once.
    pub configuration: &'a str,
    /// Programs that start Berth, such as a tracer with its options. Usually none.
    pub wrapper: &'a [&'a str],
}

/// Where a home is, when that is not the usual place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Site<'a> {
    pub purpose: Purpose,
    /// The socket of an engine of its own; `None` is the one that set-up found. What Berth itself is
    /// told may be a proxy before it ([`Plan::engine`]).
    pub engine: Option<&'a Path>,
    /// The folder below which the home is; `None` is a folder for things that may be large.
    pub room: Option<&'a Path>,
}

/// A home and the Berth that serves it.
#[derive(Debug)]
pub struct Home {
    // In this order: the program ends before its folder goes.
    process: Mutex<Option<Program>>,
    engine: Engine,
    setup: Setup,
    program: PathBuf,
    wrapper: Vec<String>,
    folder: Folder,
}

impl Home {
    /// Makes a home and starts Berth in it.
    pub async fn start(plan: &Plan<'_>) -> Self {
        let home = Self::new(plan).await;
        home.serve().await;
        home
    }

    /// Makes a home in which nothing runs yet.
    ///
    /// # Panics
    ///
    /// When there is no engine, or no place for the home.
    pub async fn new(plan: &Plan<'_>) -> Self {
        Self::new_at(&Site::default(), plan).await
    }

    /// Makes a home at a certain place, in which nothing runs yet.
    ///
    /// # Panics
    ///
    /// When there is no engine, or no place for the home.
    pub async fn new_at(site: &Site<'_>, plan: &Plan<'_>) -> Self {
        let mut setup = Setup::read();
        folder::sweep(&Engine::new(setup.socket())).await;
        if let Some(socket) = site.engine {
            setup.docker_host = format!("unix://{}", socket.display());
        }
        let engine = Engine::new(setup.socket());
        let folder = Folder::new(site.purpose, site.room).expect("a folder for a home can be made");
        let text = configuration(plan, &setup);
        std::fs::write(folder.path().join("berth.toml"), text).expect("the home can be written");
        Self {
            process: Mutex::default(),
            engine,
            setup,
            program: plan.program.to_owned(),
            wrapper: plan.wrapper.iter().map(|&word| word.to_owned()).collect(),
            folder,
        }
    }

    /// Starts `berth serve` and waits until its socket answers.
    ///
    /// # Panics
    ///
    /// When it does not come up. Its log is shown.
    pub async fn serve(&self) {
        let log = File::options().create(true).append(true).open(self.log_file());
        let log = log.expect("the home can be written");
        let words = self.wrapper.iter().map(std::ffi::OsString::from);
        let mut command = bound(words.chain([self.program.clone().into(), "serve".into()]));
        let errors = log.try_clone().expect("a file can be opened twice");
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        command.env("BERTH_HOME", self.path()).env_remove("DOCKER_HOST").current_dir("/");
        command.env("TMPDIR", self.folder.temporary());
        // An interrupt from the keyboard is for whoever runs the tests, who may have questions left.
        command.process_group(0);
        let (process, _) = Program::start(command).expect("`setpriv` and `berth` can be started");
        *self.process() = Some(process);
        wait::until(START, async || {
            let ended = self.process().as_ref().and_then(Program::ended);
            assert_eq!(ended, None, "berth ended at once:\n{}", self.log());
            self.try_get("/api/v1/status").await.is_ok_and(|answer| answer.status == 200)
        })
        .await;
    }

    /// Ends Berth as the kernel does when memory is short, and returns when it is gone.
    pub fn kill(&self) {
        // Dropping kills, and waits for the end.
        drop(self.process().take());
    }

    /// Asks Berth to stop, and returns when it has.
    pub async fn stop(&self) {
        if let Some(process) = &*self.process() {
            process.signal(Signal::TERM);
        }
        wait::until(STOP, async || {
            self.process().as_ref().is_none_or(|process| process.ended().is_some())
        })
        .await;
        self.kill();
    }

    /// The id of the process.
    ///
    /// # Panics
    ///
    /// When it does not run.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process().as_ref().expect("berth runs").pid()
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Program>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What marks its objects in the engine.
    #[must_use]
    pub fn id(&self) -> &str {
        self.folder.id()
    }

    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Everything that Berth wrote since the home was made.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("serve.log")
    }

    /// Asks the API: a path below `/api/v1`, or below the organisation when it does not begin with a
    /// slash.
    ///
    /// # Panics
    ///
    /// When nobody answers.
    pub async fn api(&self, method: &str, path: &str, body: &Value) -> Answer {
        let path =
            if path.starts_with('/') { format!("/api/v1{path}") } else { format!("{API}/{path}") };
        let answer = send(&self.socket(), request(method, &path, body), ANSWER).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error:?}\n{}", self.log()))
    }

    /// Asks the API for something that is there.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.api("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        answer.json()
    }

    /// Asks for a whole path, and takes any outcome.
    pub async fn try_get(&self, path: &str) -> Result<Answer, HttpError> {
        send(&self.socket(), request("GET", path, &Value::Null), ANSWER).await
    }

    fn socket(&self) -> Place {
        Place::Socket(self.path().join("berth.sock"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let end = &lines[lines.len().saturating_sub(60)..];
            // Read by whoever looks at the failed test.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), end.join("\n").as_bytes());
        }
        folder::clear_blocking(&self.engine, self.folder.id());
    }
}

fn configuration(plan: &Plan<'_>, setup: &Setup) -> String {
    let host = match plan.engine {
        Some(socket) => format!("unix://{}", socket.display()),
        None => setup.docker_host.clone(),
    };
    let quoted = |text: &str| json!(text).to_string();
    format!(
        "[images]\nodoo = {}\npostgres = {}\n\n[engine]\nhost = {}\n\n\
         [edge]\nlisten = \"127.0.0.1:0\"\n\n[console]\nlisten = \"127.0.0.1:0\"\n\n\
         [network]\npool = {}\n\n{}",
        quoted(&setup.odoo),
        quoted(&setup.postgres),
        quoted(&host),
        quoted(plan.pool),
        without_grace(plan.configuration),
    )
}

/// What is deleted is gone at once, unless the plan says otherwise.
fn without_grace(configuration: &str) -> String {
    const SECTION: &str = "[tenants]\n";
    const SETTING: &str = "delete_grace_days = 0\n";
    if configuration.contains("delete_grace_days") {
        configuration.to_owned()
    } else if configuration.contains(SECTION) {
        configuration.replacen(SECTION, &format!("{SECTION}{SETTING}"), 1)
    } else {
        format!("{configuration}\n{SECTION}{SETTING}")
    }
}
