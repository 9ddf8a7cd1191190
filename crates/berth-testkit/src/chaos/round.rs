//! One operation, one fault in the middle of it, and everything at rest again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use berth_domain::{ObjectName, TenantId};
use bytes::Bytes;
use serde_json::{Value, json};

use super::blow::Blow;
use super::{Report, WITNESS, Wish};
use crate::dice::Dice;
use crate::home::{Contents, Home};
use crate::socket_proxy::{Mode, SocketProxy};
use crate::stories::caught;

/// Until an operation is at rest, on a machine that does something else as well.
const REST: Duration = Duration::from_mins(5);
/// Drift is found and put right within this time, where that is promised.
const HEAL: Duration = Duration::from_secs(90);

/// How often it is looked whether it has been.
const POLL: Duration = Duration::from_millis(200);

/// A run between two rounds.
pub(super) struct Run<'a> {
    home: &'a Home,
    proxy: &'a SocketProxy,
    witness: ObjectName,
    /// The witness, before anything was put into it.
    backup: Bytes,
    tenants: Vec<String>,
    dice: Dice,
    report: Report,
    /// What each tenant had when it was last looked at.
    known: BTreeMap<String, (ObjectName, Contents)>,
}

impl<'a> Run<'a> {
    pub(super) async fn new((home, proxy): (&'a Home, &'a SocketProxy), wish: &Wish<'_>) -> Self {
        let documented = home.try_get("/api/v1/openapi.json").await.map(|answer| answer.text());
        let heals = documented.is_ok_and(|text| text.contains("orphans"));
        Self {
            home,
            proxy,
            witness: home.object(WITNESS).await,
            backup: home.export(WITNESS).await,
            tenants: (1..=wish.tenants).map(|number| format!("chaos-{number}")).collect(),
            dice: Dice::new(wish.seed),
            report: Report { seed: wish.seed, heals, ..Report::default() },
            known: BTreeMap::new(),
        }
    }

    /// Plays a round and says how it went and what is wrong, which is noted. The next one begins anew.
    pub(super) async fn round(&mut self, number: u32) -> String {
        let (problems, repaired) = (self.report.problems.len(), self.report.repaired.len());
        let said = self.survive(number).await;
        let wrong = self.report.problems.iter().skip(problems);
        let wrong = wrong.chain(self.report.repaired.iter().skip(repaired));
        wrong.fold(said, |said, wrong| format!("{said}\n    {wrong}"))
    }

    async fn survive(&mut self, number: u32) -> String {
        match caught(Box::pin(self.play(number))).await {
            Ok(said) => said,
            Err(panic) => {
                self.problem(number, &format!("broke off: {panic}"));
                self.proxy.set(Mode::Pass);
                if self.home.try_get("/api/v1/status").await.is_err() {
                    self.home.kill();
                    self.home.serve().await;
                }
                "broke off".to_owned()
            }
        }
    }

    async fn play(&mut self, number: u32) -> String {
        let tenant = self.dice.one_of(&self.tenants).clone();
        let (kind, operation) = self.begin(&tenant).await;
        let step = self.step_of(&operation).await;
        self.home.reaches(&operation, &step).await;
        let victim = self.victim().await;
        let blow = *self.dice.one_of(&Blow::ALL);

        let began = Instant::now();
        let hit = blow.fall(self.home, self.proxy, &victim).await;
        let ended = self.rest(number, kind, &operation).await;
        self.well(number, blow).await;
        let took = began.elapsed();
        if hit {
            self.report.blows.entry(blow).or_default().push(took);
        }
        self.look_into(number, &tenant).await;
        let missed = if hit { "" } else { " (nothing to hit)" };
        format!(
            "{} in `{step}` of {kind} {tenant}{missed}: {ended}, all well after {:.1} s",
            blow.name(),
            took.as_secs_f64()
        )
    }

    /// Begins something that the tenant's state allows.
    async fn begin(&mut self, tenant: &str) -> (&'static str, String) {
        let state = self.state(tenant).await;
        let kinds: &[&'static str] = match state.as_deref() {
            None => &["create", "import"],
            Some("running") => &["restart", "stop", "set", "delete"],
            Some(_) => &["start", "start", "delete"],
        };
        let kind = *self.dice.one_of(kinds);
        let pids = 150 + self.dice.throw() % 100;
        let of = |end: &str| format!("tenants/{tenant}{end}");
        let (method, path, body) = match kind {
            "create" => ("POST", "tenants".to_owned(), json!({ "name": tenant })),
            "import" => {
                let upload = self.home.upload_of(&self.backup).await;
                ("POST", "imports".to_owned(), json!({ "upload": upload, "name": tenant }))
            }
            "set" => ("PATCH", of(""), json!({ "pids": pids })),
            "delete" => ("DELETE", of(""), Value::Null),
            change => ("POST", of(&format!("/{change}")), Value::Null),
        };
        (kind, self.home.begin(method, &path, &body).await)
    }

    async fn state(&self, tenant: &str) -> Option<String> {
        let found = self.home.api("GET", &format!("tenants/{tenant}"), &Value::Null).await;
        let state =
            (found.status == 200).then(|| found.json()["state"].as_str().map(str::to_owned));
        state.flatten()
    }

    /// One of the operation's steps.
    async fn step_of(&mut self, operation: &str) -> String {
        let shown = self.home.get(&format!("operations/{operation}")).await;
        let steps: Vec<String> = shown["steps"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|step| step["name"].as_str().map(str::to_owned))
            .collect();
        self.dice.one_of(&steps).clone()
    }

    /// Whose container or network is hit: anybody's but the witness's, if there is somebody. What ends
    /// often and is not started by anybody in between is started again after long pauses.
    async fn victim(&mut self) -> ObjectName {
        let mut there = Vec::new();
        for tenant in &self.tenants {
            let found = self.home.api("GET", &format!("tenants/{tenant}"), &Value::Null).await;
            if found.status == 200 {
                let id = found.json()["id"].as_str().unwrap_or_default().parse::<TenantId>();
                there.push(id.expect("a tenant's id").object_name());
            }
        }
        if there.is_empty() {
            return self.witness.clone();
        }
        self.dice.one_of(&there).clone()
    }

    /// Waits until the operation is at rest. One that is stuck asks a person, who tries it again.
    async fn rest(&mut self, number: u32, kind: &'static str, operation: &str) -> String {
        let mut rested = self.home.rest_within(operation, REST).await;
        if rested["state"] == "stuck" {
            self.report.ended(kind, "stuck");
            self.home.done(&["operation", "retry", operation]).await;
            rested = self.home.rest_within(operation, REST).await;
        }
        let state = rested["state"].as_str().unwrap_or_default().to_owned();
        if state == "stuck" {
            self.problem(number, &format!("{kind} is stuck for good: {rested}"));
        }
        self.report.ended(kind, &state);
        state
    }

    /// Waits until nothing is left over and nobody lacks anything; does what a person would when nobody
    /// else does.
    async fn well(&mut self, number: u32, blow: Blow) {
        let problems = self.lasting().await;
        if problems.is_empty() {
            self.report.healed += u32::from(blow.is_drift());
            return;
        }
        self.report.repaired.push(format!("after {number}: {}", problems.join("; ")));
        self.repair(&problems).await;
        for problem in self.audit().await {
            self.problem(number, &problem);
        }
    }

    /// What is wrong and is not put right in the time in which that is promised.
    async fn lasting(&self) -> Vec<String> {
        let patience = if self.report.heals { HEAL } else { Duration::ZERO };
        let began = Instant::now();
        let mut problems = self.audit().await;
        while !problems.is_empty() && began.elapsed() < patience {
            tokio::time::sleep(POLL).await;
            problems = self.audit().await;
        }
        problems
    }

    /// What is wrong. PostgreSQL may be on its way back, and the witness with it.
    async fn audit(&self) -> Vec<String> {
        self.home.get("/doctor").await;
        match caught(self.home.audit(&self.witness)).await {
            Ok(problems) => problems,
            Err(panic) => vec![format!("ghost: {WITNESS} (nobody answers): {panic}")],
        }
    }

    /// Restarts whoever lacks something, as a person would.
    async fn repair(&self, problems: &[String]) {
        let lacking = |problem: &String| {
            Some(problem.strip_prefix("ghost: ")?.split_once(" (")?.0.to_owned())
        };
        let names: std::collections::BTreeSet<String> =
            problems.iter().filter_map(lacking).collect();
        for name in names {
            let change = match self.state(&name).await.as_deref() {
                Some("running") => "restart",
                _ => "start",
            };
            let path = format!("tenants/{name}/{change}");
            let answer = self.home.api("POST", &path, &Value::Null).await;
            if let (202, Some(id)) = (answer.status, answer.json()["id"].as_str()) {
                self.home.rest_within(id, REST).await;
            }
        }
    }

    /// Compares what a tenant has with what it had. A new one is given something first.
    async fn look_into(&mut self, number: u32, tenant: &str) {
        if self.state(tenant).await.is_none() {
            self.known.remove(tenant);
            return;
        }
        let object = self.home.object(tenant).await;
        let known =
            self.known.get(tenant).filter(|(of, _)| *of == object).map(|known| known.1.clone());
        if known.is_none() {
            self.home.mark(&object).await;
        }
        let contents = self.home.contents(&object).await;
        if let Some(known) = known {
            self.report.compared += 1;
            let changed = known.differences(&contents);
            if !changed.is_empty() {
                self.problem(number, &format!("changed: {tenant}: {}", changed.join(", ")));
            }
        }
        self.known.insert(tenant.to_owned(), (object, contents));
    }

    fn problem(&mut self, number: u32, what: &str) {
        self.report.problems.push(format!("after {number}: {what}"));
    }

    /// Looks at everything once more.
    pub(super) async fn end(mut self) -> Report {
        let all: Vec<String> = self.known.keys().cloned().collect();
        for tenant in all {
            if let Err(panic) = caught(self.look_into(u32::MAX, &tenant)).await {
                self.problem(u32::MAX, &format!("cannot look into {tenant}: {panic}"));
            }
        }
        // Somebody may have interrupted in the middle of a round.
        for problem in self.lasting().await {
            self.problem(u32::MAX, &problem);
        }
        self.report
    }
}
