//! Asking a server behind a Unix socket for JSON: the engine, or Berth itself.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::http::{self, Body, JSON};

/// Sends JSON (nothing for `null`) and returns the answer's: `null` for an empty one, text for what is
/// none. Fails when the answer is not a success.
pub(crate) fn call(
    socket: &Path,
    request: (&str, &str, &Value),
    patience: Duration,
) -> Result<Value> {
    let (method, target, json) = request;
    let text = if json.is_null() { String::new() } else { json.to_string() };
    let body = Body { content: &mut text.as_bytes(), length: text.len() as u64, kind: JSON };
    let mut answer = http::request(socket, method, target, Some(body), patience)?;
    let mut content = Vec::new();
    answer.body.read_to_end(&mut content).context("read the answer")?;
    let text = String::from_utf8_lossy(&content);
    if !(200..300).contains(&answer.status) {
        bail!("{method} {target} was refused with {}: {}", answer.status, text.trim());
    }
    Ok(match text.trim() {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    })
}
