//! Operations: beginning them and waiting for them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{API, Home};
use crate::http::{read_until, request};

/// The longest operation of a test builds a blueprint on a machine that does something else as well.
const REST: Duration = Duration::from_mins(6);
/// Steps may be as short as this times a few.
const GLANCE: Duration = Duration::from_millis(2);

fn is_at_rest(operation: &Value) -> bool {
    matches!(operation["state"].as_str(), Some("done" | "undone" | "stuck"))
}

impl Home {
    /// Begins something and returns the operation.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn begin(&self, method: &str, path: &str, body: &Value) -> String {
        let answer = self.api(method, path, body).await;
        assert_eq!(answer.status, 202, "{method} {path}: {}", answer.text());
        answer.json()["id"].as_str().expect("an operation has an id").to_owned()
    }

    /// Makes a tenant and returns what came of it.
    pub async fn create(&self, tenant: &Value) -> Value {
        let operation = self.begin("POST", "tenants", tenant).await;
        self.rest(&operation).await
    }

    /// Makes a tenant with nothing but a name.
    ///
    /// # Panics
    ///
    /// When it does not come to be.
    pub async fn create_plain(&self, name: &str) {
        let operation = self.create(&json!({ "name": name })).await;
        assert_eq!(operation["state"], "done", "{operation}");
    }

    /// Removes a tenant.
    ///
    /// # Panics
    ///
    /// When it stays.
    pub async fn delete(&self, name: &str) {
        let path = format!("tenants/{name}");
        let operation = self.begin("DELETE", &path, &Value::Null).await;
        let operation = self.rest(&operation).await;
        assert_eq!(operation["state"], "done", "{operation}");
    }

    /// Waits until an operation is at rest, and returns it.
    pub async fn rest(&self, operation: &str) -> Value {
        self.rest_within(operation, REST).await
    }

    /// The same with a deadline.
    ///
    /// # Panics
    ///
    /// When the deadline passes first.
    pub async fn rest_within(&self, operation: &str, deadline: Duration) -> Value {
        let end = Instant::now() + deadline;
        loop {
            let found = self.get(&format!("operations/{operation}")).await;
            if is_at_rest(&found) {
                return found;
            }
            assert!(Instant::now() < end, "not at rest after {deadline:?}: {found}");
            sleep(GLANCE * 10).await;
        }
    }

    /// Waits until an operation is in this step, looking as often as it can.
    ///
    /// # Panics
    ///
    /// When it never is.
    pub async fn in_step(&self, operation: &str, step: &str) {
        let end = Instant::now() + REST;
        loop {
            let found = self.get(&format!("operations/{operation}")).await;
            let steps = found["steps"].as_array().into_iter().flatten();
            if steps.into_iter().any(|s| s["name"] == step && s["state"] == "running") {
                return;
            }
            assert!(Instant::now() < end, "`{step}` was never reached: {found}");
            assert!(!is_at_rest(&found), "`{step}` was missed: {found}");
            sleep(GLANCE).await;
        }
    }

    /// Waits until an operation is in this step or past it, looking as often as it can. False when it is
    /// at rest already.
    ///
    /// # Panics
    ///
    /// When it never is.
    pub async fn reaches(&self, operation: &str, step: &str) -> bool {
        let end = Instant::now() + REST;
        loop {
            let found = self.get(&format!("operations/{operation}")).await;
            if is_at_rest(&found) {
                return false;
            }
            let mut steps = found["steps"].as_array().into_iter().flatten();
            if steps.any(|s| s["name"] == step && s["state"] != "waiting") {
                return true;
            }
            assert!(Instant::now() < end, "`{step}` was never reached: {found}");
            sleep(GLANCE).await;
        }
    }

    /// Follows the events of an operation until one of them is what was waited for.
    ///
    /// # Panics
    ///
    /// When the operation comes to rest without, or takes too long.
    pub async fn until_event(&self, operation: &str, is_it: impl Fn(&Value) -> bool) {
        let path = format!("{API}/operations/{operation}/events");
        let is_it = |line: &str| {
            let event = line.strip_prefix("data:").map(serde_json::from_str::<Value>);
            event.is_some_and(|event| is_it(&event.expect("events are JSON")))
        };
        let found =
            read_until(&self.socket(), request("GET", &path, &Value::Null), REST, is_it).await;
        assert!(found.expect("the API streams events"), "{operation} came to rest without");
    }

    /// Every event of an operation that is at rest: what they say of themselves, in their order.
    ///
    /// # Panics
    ///
    /// When the stream cannot be read.
    pub async fn events(&self, operation: &str) -> Vec<Value> {
        let path = format!("operations/{operation}/events");
        let answer = self.api("GET", &path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = answer.text();
        let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
        data.map(|data| serde_json::from_str(data).expect("events are JSON")).collect()
    }
}
