//! One circle of operations on one tenant after the other, and what came of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::home::Home;

/// How often an operation is asked after. Asking is load as well, and not the one that is meant.
const POLL: Duration = Duration::from_millis(100);
/// Nothing takes longer, also on a machine that does something else.
const PATIENCE: Duration = Duration::from_mins(10);

/// What all workers did.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    /// By the name of an operation: how long each took.
    times: BTreeMap<&'static str, Vec<Duration>>,
    failures: Vec<String>,
}

impl Tally {
    /// How many operations ended.
    pub(super) fn operations(&self) -> u32 {
        let count = self.lock().times.values().map(Vec::len).sum::<usize>();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub(super) fn failures(&self) -> Vec<String> {
        self.lock().failures.clone()
    }

    /// How often each operation was done, and the median of its times in milliseconds.
    pub(super) fn medians(&self) -> BTreeMap<&'static str, (usize, u128)> {
        let middle = |times: &Vec<Duration>| {
            let mut sorted = times.clone();
            sorted.sort_unstable();
            (sorted.len(), sorted.get(sorted.len() / 2).map_or(0, Duration::as_millis))
        };
        self.lock().times.iter().map(|(name, times)| (*name, middle(times))).collect()
    }

    pub(super) fn note(&self, failure: String) {
        self.lock().failures.push(failure);
    }

    fn took(&self, name: &'static str, time: Duration) {
        self.lock().times.entry(name).or_default().push(time);
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who makes, changes and removes tenants, one after the other.
pub(super) struct Worker {
    pub(super) home: Arc<Home>,
    pub(super) tally: Tally,
    /// What is imported.
    pub(super) backup: Bytes,
}

impl Worker {
    /// Works until told to stop. What is begun is finished.
    pub(super) async fn work(self, number: u32, stopped: watch::Receiver<bool>) {
        for round in 1.. {
            if *stopped.borrow() {
                return;
            }
            self.circle(&format!("soak-{number}-{round}"), round, &stopped).await;
        }
    }

    async fn circle(&self, name: &str, round: u32, stopped: &watch::Receiver<bool>) {
        let path = format!("tenants/{name}");
        if !self.make(name, round).await {
            return;
        }
        self.visit(name).await;
        let mut changes = ["restart", "stop", "start"].into_iter();
        while !*stopped.borrow() {
            let Some(change) = changes.next() else {
                // Only whoever went all the way round is started.
                self.look(name, round).await;
                break;
            };
            self.operate(change, ("POST", &format!("{path}/{change}")), &Value::Null).await;
        }
        // Every third goes over the command line, which follows the events of what it begins.
        if round.is_multiple_of(3) {
            self.command("delete", &["tenant", "delete", name, "--yes"]).await;
        } else {
            self.operate("delete", ("DELETE", &path), &Value::Null).await;
        }
    }

    /// Makes every other tenant of a backup. False when it failed.
    async fn make(&self, name: &str, round: u32) -> bool {
        if round.is_multiple_of(2) {
            let upload = self.home.send_in(&self.backup).await;
            let body = json!({ "upload": upload, "name": name });
            self.operate("import", ("POST", "imports"), &body).await
        } else {
            self.operate("create", ("POST", "tenants"), &json!({ "name": name })).await
        }
    }

    /// Begins an operation and waits until it is at rest. False when it failed.
    async fn operate(
        &self,
        kind: &'static str,
        (method, path): (&str, &str),
        body: &Value,
    ) -> bool {
        let began = Instant::now();
        let answer = self.home.api(method, path, body).await;
        if answer.status != 202 {
            self.tally.note(format!("{method} {path}: {} {}", answer.status, answer.text()));
            return false;
        }
        let id = answer.json()["id"].as_str().unwrap_or_default().to_owned();
        loop {
            let found = self.home.get(&format!("operations/{id}")).await;
            match found["state"].as_str() {
                Some("done") => break,
                Some("undone" | "stuck") => {
                    self.tally.note(format!("{kind}: {found}"));
                    return false;
                }
                _ if began.elapsed() > PATIENCE => {
                    self.tally.note(format!("{kind} does not come to rest: {found}"));
                    return false;
                }
                _ => sleep(POLL).await,
            }
        }
        self.tally.took(kind, began.elapsed());
        true
    }

    async fn command(&self, kind: &'static str, arguments: &[&str]) {
        let began = Instant::now();
        let said = self.home.berth(arguments).await;
        if said.code == Some(0) {
            self.tally.took(kind, began.elapsed());
        } else {
            self.tally.note(format!("berth {}: {}", arguments.join(" "), said.stderr));
        }
    }

    async fn visit(&self, name: &str) {
        let page = self.home.visit(&format!("{name}.localhost"), "/web/login").await;
        if page.status != 200 {
            self.tally.note(format!("a visit of {name}: {}", page.status));
        }
    }

    /// Uses what streams: logs, a program inside, an export. Each holds descriptors while it lasts.
    async fn look(&self, name: &str, round: u32) {
        let path = format!("tenants/{name}");
        let export = format!("{path}/export");
        match round % 4 {
            0 => self.command("logs", &["tenant", "logs", name, "--tail", "5"]).await,
            1 => self.command("exec", &["tenant", "exec", name, "--", "true"]).await,
            2 => {
                let answer = self.home.api("GET", &export, &Value::Null).await;
                if answer.status != 200 {
                    self.tally.note(format!("GET {export}: {}", answer.status));
                }
            }
            _ => self.visit(name).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_by_kind() {
        let tally = Tally::default();
        for time in [30, 10, 20] {
            tally.took("stop", Duration::from_millis(time));
        }

        assert_eq!(tally.operations(), 3);
        assert_eq!(tally.medians()["stop"], (3, 20));
    }
}
