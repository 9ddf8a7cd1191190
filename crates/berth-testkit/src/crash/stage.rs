//! The installation that is killed, and the tenant to which things are done.

mod backup;
mod judge;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use berth_domain::ObjectName;
use serde_json::{Value, json};

use super::WITNESS;
use super::case::Case;
use super::scene::{Ask, MODULE, Scene, Standing, way};
use crate::home::{Contents, Home};
use crate::wait;
use backup::Backup;

/// Until an operation is where it is to be killed.
const REACHED: Duration = Duration::from_mins(4);
/// Until everything is at rest after a start. What takes longer is stuck.
const REST: Duration = Duration::from_mins(2);
/// A dump takes a second or two, so not every case has one.
const BETWEEN_DUMPS: u32 = 10;

pub(super) struct Stage {
    home: Home,
    witness: ObjectName,
    /// Since when the witness runs.
    since: Value,
    /// What is imported.
    backup: Backup,
    /// The upload that waits for an import.
    sent: Option<String>,
    standing: Standing,
    subject: Option<Subject>,
    /// Names given so far.
    named: u32,
    /// Cases so far.
    round: u32,
}

/// The tenant to which things are done.
#[derive(Debug, Clone)]
struct Subject {
    name: String,
    id: String,
    object: ObjectName,
    sums: String,
    /// `None`: its address was changed since, and it was not readable then.
    contents: Option<Contents>,
}

impl Stage {
    pub(super) async fn new(home: Home) -> Self {
        let witness = home.object(WITNESS).await;
        let backup = Backup::of(&home, (WITNESS, &witness)).await;
        let mut stage = Self {
            home,
            witness,
            since: Value::Null,
            backup,
            sent: None,
            standing: Standing::Absent,
            subject: None,
            named: 0,
            round: 0,
        };
        stage.since = stage.witness_since().await;
        stage
    }

    pub(super) fn last_words(&self) -> String {
        let log = self.home.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }

    /// Whether a case that begins from there can begin now.
    pub(super) fn stands_for(&self, before: Standing) -> bool {
        before == self.standing || before == Standing::Anywhere
    }

    /// Kills the program at a place. Returns how long it took from the start of the next one until the
    /// operation was at rest.
    ///
    /// # Panics
    ///
    /// When something is not as it should be.
    pub(super) async fn play(&mut self, case: &Case, scene: Scene) -> Duration {
        self.bring(scene.before).await;
        if let Ask::Modules(word) = scene.ask {
            self.ready_module(word).await;
        }
        self.round += 1;
        if self.round.is_multiple_of(BETWEEN_DUMPS) {
            self.compare_everything().await;
        }
        let _ = fs::remove_file(self.reached());
        fs::write(self.script(), case.script()).expect("the home can be written");
        let next = self.next_name(scene.ask);
        let operation = self.begin(scene.ask, &next).await;
        let place = case.script().lines().last().map(|line| line["park ".len()..].to_owned());
        wait::until(REACHED, async || fs::read_to_string(self.reached()).ok() == place).await;

        self.home.kill();
        let began = Instant::now();
        self.home.serve().await;
        let rested = self.home.rest_within(&operation, REST).await;
        let took = began.elapsed();

        let left = fs::read_to_string(self.script()).unwrap_or_default();
        assert_eq!(left, "", "not everything that was to happen did");
        let expected = if case.undone_after.is_some() { "undone" } else { "done" };
        assert_eq!(rested["state"], expected, "{rested:#}");
        if expected == "done" {
            self.is_done(scene, next).await;
        }
        self.judge().await;
        took
    }

    async fn begin(&mut self, ask: Ask, next: &str) -> String {
        let upload = if ask == Ask::Import { Some(self.upload().await) } else { None };
        let (name, object) = match &self.subject {
            Some(subject) => (subject.name.as_str(), subject.object.as_str()),
            None => ("", ""),
        };
        let source = upload.as_deref().unwrap_or(object);
        let (method, path, body) = ask.request((name, next), source, self.round);
        let operation = self.home.begin(method, &path, &body).await;
        if ask == Ask::Demo {
            let path = format!("operations/{operation}/release");
            let answer = self.home.api("POST", &path, &Value::Null).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        operation
    }

    /// What the tenant, or the demo, is called afterwards.
    fn next_name(&mut self, ask: Ask) -> String {
        match (&self.subject, ask) {
            (_, Ask::Create | Ask::Import | Ask::Adopt | Ask::Rename | Ask::Demo) | (None, _) => {
                self.named += 1;
                format!("subject-{}", self.named)
            }
            (Some(subject), _) => subject.name.clone(),
        }
    }

    /// The operation did what it promised.
    async fn is_done(&mut self, scene: Scene, next: String) {
        if scene.after != Standing::Anywhere {
            self.standing = scene.after;
        }
        match scene.ask {
            Ask::Create => self.subject = Some(self.meet(next).await),
            Ask::Import => self.subject = Some(self.meet_imported(next).await),
            Ask::Purge => self.subject = None,
            Ask::Rename | Ask::Adopt => {
                let subject = self.subject.as_mut().expect("there is one");
                subject.name = next;
                // Its address is in the database.
                subject.contents = None;
            }
            Ask::Modules(_) => self.know_again().await,
            Ask::Set | Ask::Demo | Ask::Post(_) | Ask::Delete => {}
        }
    }

    /// Gets to know a new tenant, and puts something into it.
    async fn meet(&self, name: String) -> Subject {
        let object = self.home.object(&name).await;
        self.home.mark(&object).await;
        self.know(name, object).await
    }

    async fn know(&self, name: String, object: ObjectName) -> Subject {
        let found = self.home.get(&format!("tenants/{name}")).await;
        let id = found["id"].as_str().expect("a tenant has an id").to_owned();
        let sums = self.sums(&object).await;
        let contents = Some(self.home.contents(&object).await);
        Subject { name, id, object, sums, contents }
    }

    /// Has a module be installed, or not, as is needed for what comes.
    async fn ready_module(&mut self, word: &str) {
        let name = self.subject.as_ref().expect("there is one").name.clone();
        let found = self.home.get(&format!("tenants/{name}/modules?text={MODULE}")).await;
        let is_it = |module: &&Value| module["name"] == MODULE;
        let module = found["items"].as_array().into_iter().flatten().find(is_it);
        let is_there = module.is_some_and(|module| module["state"] == "installed");
        let before = match (word, is_there) {
            ("install", true) => "uninstall",
            ("upgrade" | "uninstall", false) => "install",
            _ => return,
        };
        let operation = self.begin(Ask::Modules(before), &name).await;
        let rested = self.home.rest_within(&operation, REST).await;
        assert_eq!(rested["state"], "done", "cannot prepare: {rested:#}");
        self.know_again().await;
    }

    /// Other modules are other data.
    async fn know_again(&mut self) {
        let subject = self.subject.take().expect("there is one");
        self.subject = Some(self.know(subject.name, subject.object).await);
    }

    /// Takes the tenant to where a case begins.
    async fn bring(&mut self, wanted: Standing) {
        while let Some(ask) = way(self.standing, wanted) {
            let after = match ask {
                Ask::Create | Ask::Import => Standing::Running,
                Ask::Adopt => Standing::Archived,
                Ask::Purge => Standing::Absent,
                Ask::Delete => Standing::Deleted,
                Ask::Post("stop") => Standing::Stopped,
                Ask::Post("suspend") => Standing::Suspended,
                Ask::Post("archive") => Standing::Archived,
                Ask::Post(_) | Ask::Set | Ask::Rename | Ask::Modules(_) | Ask::Demo => {
                    Standing::Running
                }
            };
            if after == Standing::Absent {
                self.compare_everything().await;
            }
            let next = self.next_name(ask);
            let operation = self.begin(ask, &next).await;
            let rested = self.home.rest(&operation).await;
            assert_eq!(rested["state"], "done", "cannot prepare: {rested:#}");
            self.is_done(Scene { before: self.standing, after, ask }, next).await;
        }
        if wanted == Standing::Orphaned && self.standing == Standing::Archived {
            self.lose_row().await;
        }
    }

    /// Takes the row away while nobody drives, as an older copy of the control database would.
    async fn lose_row(&mut self) {
        let id = self.subject.as_ref().expect("there is one").id.clone();
        self.home.lose_rows(&[&id]).await;
        self.standing = Standing::Orphaned;
    }

    /// Takes back what a case that failed left.
    ///
    /// # Panics
    ///
    /// When it cannot be taken back.
    pub(super) async fn recover(&mut self) {
        self.home.kill();
        let _ = fs::remove_file(self.script());
        self.home.serve().await;
        let operations = self.home.get("operations?limit=1000").await;
        for operation in operations["items"].as_array().into_iter().flatten() {
            self.home.rest_within(operation["id"].as_str().unwrap_or_default(), REST).await;
        }
        let tenants = self.home.get("tenants?limit=1000").await;
        for tenant in tenants["items"].as_array().into_iter().flatten() {
            let name = tenant["name"].as_str().unwrap_or_default();
            if name != WITNESS {
                let path = format!("tenants/{name}?now=true");
                let operation = self.home.begin("DELETE", &path, &Value::Null).await;
                self.home.rest(&operation).await;
            }
        }
        let orphans = self.home.get("/orphans").await;
        let names = orphans["items"].as_array().into_iter().flatten().map(|orphan| {
            let word = |key: &str| orphan[key].as_str().unwrap_or_default().to_owned();
            format!("{}/{}", word("kind"), word("name"))
        });
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            let removed =
                self.home.api("POST", "/orphans/remove", &json!({ "names": names })).await;
            assert_eq!(removed.status, 200, "{}", removed.text());
        }
        self.forget_uploads().await;
        self.standing = Standing::Absent;
        self.subject = None;
        self.since = self.witness_since().await;
    }

    fn script(&self) -> PathBuf {
        self.home.path().join("failpoints")
    }

    fn reached(&self) -> PathBuf {
        self.home.path().join("failpoints.reached")
    }
}
