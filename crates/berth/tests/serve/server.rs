//! A home, and the processes that serve it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use berth_testkit::http::{Answer, HttpError, Place, request, send};
use berth_testkit::wait;
use http::header::{HOST, HeaderValue};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// How long anything may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);
const API: &str = "/api/v1/organisations/default";

/// A home without a container engine. Whatever serves it in the end is killed with the value.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

/// A server that was started here.
pub(crate) struct Server {
    child: Child,
    place: Place,
    log: PathBuf,
}

impl Home {
    /// A home with its control database in the home.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// A home with this control database.
    pub(crate) fn on(database: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;

        let home = Self::with("[store]\nurl_file = \"store-url\"\n");
        let file = home.path().join("store-url");
        std::fs::write(&file, database).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        home.configure(&format!("[store]\nurl_file = {}\n", json!(file)));
        home
    }

    fn with(configuration: &str) -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap() };
        home.configure(configuration);
        // The program can be replaced by another one, as an update would.
        home.install(Path::new(env!("CARGO_BIN_EXE_berth")));
        home
    }

    pub(crate) fn configure(&self, more: &str) {
        self.write("listen = \"127.0.0.1:0\"\n", more);
    }

    /// Configures how the API is reached over TCP.
    pub(crate) fn configure_console(&self, console: &str) {
        self.write(console, "");
    }

    fn write(&self, console: &str, more: &str) {
        let text = format!(
            "[edge]\nlisten = \"127.0.0.1:0\"\n[console]\n{console}\
             [engine]\nhost = \"unix:///nonexistent/engine.sock\"\n{more}"
        );
        std::fs::write(self.path().join("berth.toml"), text).unwrap();
    }

    /// Puts a program where servers of this home are started from.
    pub(crate) fn install(&self, program: &Path) {
        let beside = self.path().join("program.new");
        std::os::unix::fs::symlink(program, &beside).unwrap();
        std::fs::rename(beside, self.program()).unwrap();
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.path().join("program")
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `berth` as a person would, to its end. Returns what was said, and whether it succeeded.
    #[expect(clippy::disallowed_methods, reason = "the program itself is under test")]
    pub(crate) async fn berth(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_berth"));
        command.env_clear().env("BERTH_HOME", self.path()).args(arguments);
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(SOON, command.output()).await.unwrap().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Prepares `berth serve`, which ends with the thread that starts it.
    #[expect(clippy::disallowed_methods, reason = "the program itself is under test")]
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(self.program()).arg("serve");
        command.args(arguments).env_clear().env("BERTH_HOME", self.path());
        command.env("PATH", "/usr/bin:/bin").current_dir("/").stdin(Stdio::null());
        command
    }

    /// Starts a server and waits until it answers.
    pub(crate) async fn serve(&self) -> Server {
        self.start("berth", &[]).until_it_answers().await
    }

    /// Starts one that listens on an edge and a socket of its own.
    pub(crate) async fn serve_beside(&self, name: &str) -> Server {
        let set = format!("api.socket={}/{name}.sock", self.path().display());
        self.start(name, &["--set", &set]).until_it_answers().await
    }

    /// Starts a server whose socket has this name.
    pub(crate) fn start(&self, name: &str, arguments: &[&str]) -> Server {
        self.spawn(name, self.command(arguments))
    }

    pub(crate) fn spawn(&self, name: &str, mut command: Command) -> Server {
        let log = self.path().join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log).unwrap();
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap();
        let place = Place::Socket(self.path().join(format!("{name}.sock")));
        Server { child, place, log }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A successor is nobody's child here. It says itself who it is.
        let named = std::fs::read_to_string(self.path().join("serve.pid")).unwrap_or_default();
        let Some(pid) = named.trim().parse().ok().and_then(Pid::from_raw) else { return };
        let command = std::fs::read(format!("/proc/{named}/environ")).unwrap_or_default();
        let home = self.path().as_os_str().as_encoded_bytes();
        if command.windows(home.len()).any(|part| part == home) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

impl Server {
    pub(crate) async fn until_it_answers(mut self) -> Self {
        wait::until(SOON, async || {
            let ended = self.child.try_wait().unwrap();
            assert_eq!(ended, None, "it ended at once:\n{}", self.log());
            self.try_get("/api/v1/status").await.is_ok_and(|answer| answer.status == 200)
        })
        .await;
        self
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until the process ends.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        wait::until_some(SOON, async || self.child.try_wait().unwrap()).await
    }

    pub(crate) async fn try_get(&self, path: &str) -> Result<Answer, HttpError> {
        send(&self.place, request("GET", path, &Value::Null), SOON).await
    }

    pub(crate) async fn status(&self) -> Value {
        self.try_get("/api/v1/status").await.unwrap().json()
    }

    /// Where visitors come in.
    pub(crate) async fn edge(&self) -> SocketAddr {
        let status = self.status().await;
        let port = status["edge"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    pub(crate) async fn becomes(&self, role: &str) {
        wait::until(SOON, async || self.status().await["role"] == role).await;
    }

    /// Begins an operation that waits, and waits until it does.
    pub(crate) async fn begin_demo(&self) -> String {
        let path = format!("{API}/operations");
        let body = request("POST", &path, &json!({ "name": "rehearsal" }));
        let answer = send(&self.place, body, SOON).await.unwrap();
        assert_eq!(answer.status, 202, "{}", answer.text());
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        wait::until(SOON, async || self.waits(&id).await).await;
        id
    }

    async fn operation(&self, id: &str) -> Value {
        self.try_get(&format!("{API}/operations/{id}")).await.unwrap().json()
    }

    async fn waits(&self, id: &str) -> bool {
        let operation = self.operation(id).await;
        let steps = operation["steps"].as_array().into_iter().flatten();
        steps.into_iter().any(|step| step["name"] == "wait" && step["state"] == "running")
    }

    /// Tells an operation something: `release` or `cancel`.
    pub(crate) async fn tell(&self, id: &str, what: &str) {
        let path = format!("{API}/operations/{id}/{what}");
        let told = send(&self.place, request("POST", &path, &Value::Null), SOON).await.unwrap();
        assert!(told.status < 300, "{}", told.text());
    }

    pub(crate) async fn comes_to(&self, id: &str, state: &str) {
        let mut last = Value::Null;
        let rests = async || {
            last = self.operation(id).await;
            last["state"] == state
        };
        wait::until(SOON, rests).await;
    }

    /// Waits until this process has begun to drive for the `count`th time.
    pub(crate) async fn drives(&self, count: usize) {
        let begun = || self.log().matches("this process drives operations").count();
        wait::until(SOON, async || begun() >= count).await;
    }

    /// How often a step of an operation was begun that is at rest.
    pub(crate) async fn beginnings(&self, id: &str, step: &str) -> usize {
        let path = format!("{API}/operations/{id}/events");
        let events = self.try_get(&path).await.unwrap();
        let data = events.text();
        let data = data.lines().filter_map(|line| line.strip_prefix("data:"));
        let events = data.map(|data| serde_json::from_str::<Value>(data).unwrap());
        events.filter(|e| e["data"]["step"] == step && e["data"]["record"] == "started").count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), self.log().as_bytes());
        }
    }
}

/// Visits a host of nobody, which the edge answers by itself.
pub(crate) async fn visit(edge: SocketAddr, host: &str) -> Result<Answer, HttpError> {
    let mut visit = request("GET", "/", &Value::Null);
    visit.headers_mut().insert(HOST, HeaderValue::from_str(host).unwrap());
    send(&Place::Address(edge), visit, SOON).await
}
