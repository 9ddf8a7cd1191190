//! Backups: taking one out of a home, and sending one in.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::{ANSWER, API, Home};
use crate::http::send;

impl Home {
    /// Packs a tenant as Odoo would.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn export(&self, tenant: &str) -> Bytes {
        let path = format!("tenants/{tenant}/export");
        let answer = self.api("GET", &path, &Value::Null).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        answer.body
    }

    /// Sends a backup in and returns the id of the upload.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn send_in(&self, backup: &Bytes) -> String {
        let path = format!("{API}/uploads?name=backup.zip");
        let request = Request::builder().method("POST").uri(&path).body(backup.clone());
        let request = request.expect("the path is one");
        let answer = send(&self.socket(), request, ANSWER).await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error:?}\n{}", self.log()));
        assert_eq!(answer.status, 201, "{path}: {}", answer.text());
        answer.json()["id"].as_str().expect("an upload has an id").to_owned()
    }

    /// The upload that waits for an import, else another one. Not for two who import at the same time.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn upload_of(&self, backup: &Bytes) -> String {
        let uploads = self.uploads().await;
        let waiting = uploads.iter().find(|upload| upload["operation"].is_null());
        match waiting.and_then(|upload| upload["id"].as_str()) {
            Some(id) => id.to_owned(),
            None => self.send_in(backup).await,
        }
    }

    /// What was sent in and is still there.
    ///
    /// # Panics
    ///
    /// When Berth does not say.
    pub async fn uploads(&self) -> Vec<Value> {
        self.get("uploads").await["items"].as_array().cloned().unwrap_or_default()
    }
}
