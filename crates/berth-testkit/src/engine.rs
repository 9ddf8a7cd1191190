//! The container engine, asked directly: what Berth says of it is checked against what it says itself.
//!
//! # Invariants
//!
//! * Removal is always by identifiers that a filter on one home's label returned.
//! * No type of Berth's own adapter is used: an error that both make would prove nothing.

use std::path::PathBuf;
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};

use crate::http::{Answer, Place, request, send};

/// The label that says whose an object is.
const HOME: &str = "berth.home";
/// No answer of an engine takes longer, the removal of a busy container included.
const PATIENCE: Duration = Duration::from_mins(2);

/// An engine behind a Unix socket.
#[derive(Debug, Clone)]
pub struct Engine {
    place: Place,
}

/// How a command inside a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    pub code: i64,
    pub stdout: String,
    pub stderr: String,
}

impl Engine {
    #[must_use]
    pub fn new(socket: PathBuf) -> Self {
        Self { place: Place::Socket(socket) }
    }

    /// Every container of a home, running or not, as `GET /containers/json` describes it.
    pub async fn containers(&self, home: &str) -> Vec<Value> {
        let filters = escape(&json!({ "label": [format!("{HOME}={home}")] }).to_string());
        self.list(&format!("/containers/json?all=1&filters={filters}")).await
    }

    /// Every network of a home, as `GET /networks` describes it.
    pub async fn networks(&self, home: &str) -> Vec<Value> {
        let filters = escape(&json!({ "label": [format!("{HOME}={home}")] }).to_string());
        self.list(&format!("/networks?filters={filters}")).await
    }

    /// A container, as `GET /containers/{name}/json` describes it; `None` when there is none.
    pub async fn container(&self, name: &str) -> Option<Value> {
        let answer = self.ask("GET", &format!("/containers/{name}/json"), &Value::Null).await;
        (answer.status == 200).then(|| answer.json())
    }

    /// Runs a command inside a container as its own user and waits for its end.
    ///
    /// # Panics
    ///
    /// When the engine does not run it.
    pub async fn exec(&self, container: &str, argv: &[&str], environment: &[&str]) -> Ran {
        let wish = json!({
            "AttachStdout": true, "AttachStderr": true, "Cmd": argv, "Env": environment,
        });
        let made = self.ask("POST", &format!("/containers/{container}/exec"), &wish).await;
        assert_eq!(made.status, 201, "exec in {container}: {}", made.text());
        let id = made.json()["Id"].as_str().expect("an exec has an id").to_owned();
        let wish = json!({ "Detach": false, "Tty": false });
        let output = self.ask("POST", &format!("/exec/{id}/start"), &wish).await;
        assert_eq!(output.status, 200, "exec in {container}: {}", output.text());
        let (stdout, stderr) = unframed(&output.body);
        let ended = self.ask("GET", &format!("/exec/{id}/json"), &Value::Null).await.json();
        let code = ended["ExitCode"].as_i64().expect("a command that ended has a code");
        Ran { code, stdout, stderr }
    }

    /// Everything that a container wrote, both outputs together.
    pub async fn logs(&self, container: &str) -> String {
        let path = format!("/containers/{container}/logs?stdout=1&stderr=1");
        let answer = self.ask("GET", &path, &Value::Null).await;
        let (out, error) = unframed(&answer.body);
        out + &error
    }

    /// Removes everything that a home has in the engine. What cannot be removed is returned.
    ///
    /// # Panics
    ///
    /// When the engine does not answer.
    pub async fn remove_all(&self, home: &str) -> Vec<String> {
        let mut left = Vec::new();
        for (objects, path, tail) in [
            (self.containers(home).await, "/containers/", "?force=1&v=1"),
            (self.networks(home).await, "/networks/", ""),
        ] {
            for object in objects {
                let id = object["Id"].as_str().expect("objects of an engine have an id");
                let answer = self.ask("DELETE", &format!("{path}{id}{tail}"), &Value::Null).await;
                if !matches!(answer.status, 200..300 | 404) {
                    left.push(answer.text());
                }
            }
        }
        left
    }

    /// Removes every container and every network that can be removed: of an engine that is all ours.
    pub(crate) async fn remove_everything(&self) {
        for container in self.list("/containers/json?all=1").await {
            self.remove_container(container["Id"].as_str().unwrap_or_default()).await;
        }
        let _ = self.ask("POST", "/networks/prune", &Value::Null).await;
    }

    /// The id of an image; `None` when the engine does not have it.
    pub(crate) async fn image_id(&self, reference: &str) -> Option<String> {
        let answer = self.ask("GET", &format!("/images/{reference}/json"), &Value::Null).await;
        let id = || answer.json()["Id"].as_str().map(str::to_owned);
        (answer.status == 200).then(id).flatten()
    }

    /// Every image, as `GET /images/json` describes it.
    pub(crate) async fn images(&self) -> Vec<Value> {
        self.list("/images/json").await
    }

    /// Removes an image with all its names. One that something still stands on stays.
    pub(crate) async fn remove_image(&self, id: &str) {
        let _ = self.ask("DELETE", &format!("/images/{id}?force=1"), &Value::Null).await;
    }

    /// Makes and starts a container as `POST /containers/create` takes it, and returns its id.
    ///
    /// # Panics
    ///
    /// When the engine refuses.
    pub async fn start_container(&self, name: &str, wish: &Value) -> String {
        let made = self.ask("POST", &format!("/containers/create?name={name}"), wish).await;
        assert_eq!(made.status, 201, "making {name}: {}", made.text());
        let id = made.json()["Id"].as_str().expect("a container has an id").to_owned();
        let started = self.ask("POST", &format!("/containers/{id}/start"), &Value::Null).await;
        assert_eq!(started.status, 204, "starting {name}: {}", started.text());
        id
    }

    /// Waits for a container to end, and returns its code.
    ///
    /// # Panics
    ///
    /// When it does not end in time.
    pub async fn wait_container(&self, id: &str) -> i64 {
        let ended = self.ask("POST", &format!("/containers/{id}/wait"), &Value::Null).await;
        ended.json()["StatusCode"].as_i64().expect("a container that ended has a code")
    }

    /// Makes a network for containers that a test starts by itself.
    ///
    /// # Panics
    ///
    /// When the engine refuses.
    pub async fn make_network(&self, name: &str, home: &str) {
        let wish = json!({ "Name": name, "Labels": { HOME: home } });
        let made = self.ask("POST", "/networks/create", &wish).await;
        assert_eq!(made.status, 201, "making the network {name}: {}", made.text());
    }

    /// Ends a container as the kernel does, behind Berth's back. False when it does not run.
    pub async fn kill_container(&self, name: &str) -> bool {
        let path = format!("/containers/{name}/kill?signal=KILL");
        self.ask("POST", &path, &Value::Null).await.status == 204
    }

    /// Removes a container behind Berth's back. False when there is none.
    pub async fn remove_container(&self, name: &str) -> bool {
        let path = format!("/containers/{name}?force=1&v=1");
        self.ask("DELETE", &path, &Value::Null).await.status == 204
    }

    /// Removes a network behind Berth's back, from under containers. False when there is none.
    pub async fn remove_network(&self, name: &str) -> bool {
        let inspected = self.ask("GET", &format!("/networks/{name}"), &Value::Null).await;
        if inspected.status != 200 {
            return false;
        }
        let containers = inspected.json()["Containers"].as_object().cloned().unwrap_or_default();
        for container in containers.keys() {
            let wish = json!({ "Container": container, "Force": true });
            self.ask("POST", &format!("/networks/{name}/disconnect"), &wish).await;
        }
        self.ask("DELETE", &format!("/networks/{name}"), &Value::Null).await.status == 204
    }

    async fn list(&self, path: &str) -> Vec<Value> {
        let answer = self.ask("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        answer.json().as_array().expect("lists are arrays").clone()
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let mut asked: Request<_> = request(method, path, body);
        if body.is_null() && method == "POST" {
            asked.headers_mut().insert("content-length", http::HeaderValue::from_static("0"));
        }
        match send(&self.place, asked, PATIENCE).await {
            Ok(answer) => answer,
            Err(error) => panic!("the engine does not answer {method} {path}: {error}"),
        }
    }
}

/// Splits the two outputs of a command that has no terminal. Each piece is preceded by its stream, three
/// zeros and its length (Docker Engine API, "Attach to a container", stream format).
fn unframed(mut bytes: &[u8]) -> (String, String) {
    let (mut out, mut error) = (Vec::new(), Vec::new());
    while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let length = rest.len().min(length as usize);
        let (piece, rest) = rest.split_at(length);
        if head[0] == 2 { &mut error } else { &mut out }.extend_from_slice(piece);
        bytes = rest;
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(out), text(error))
}

/// Escapes a value for the query part of a path.
fn escape(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let escape = |byte| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    value.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_outputs_of_a_command_are_told_apart() {
        let wire = b"\x01\0\0\0\0\0\0\x02ab\x02\0\0\0\0\0\0\x01e\x01\0\0\0\0\0\0\x01c";

        assert_eq!(unframed(wire), ("abc".to_owned(), "e".to_owned()));
    }

    #[test]
    fn filters_are_escaped() {
        assert_eq!(escape("{\"a\":1}"), "%7B%22a%22%3A1%7D");
    }
}
