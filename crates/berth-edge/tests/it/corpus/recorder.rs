//! Two tenants that read by the letter of RFC 9112 and write everything down.
//!
//! # Invariants
//!
//! * They answer a whole and well-formed request with who they are and what they were asked, so an
//!   answer tells where it comes from. Where something is crooked they write that down and close.
//! * A request that broke off in the middle is none: it is neither answered nor written down.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::chunks;
use super::escape::escape;
use crate::talk::find;

/// A request as a tenant read it.
#[derive(Debug, Clone)]
pub(super) struct Request {
    tenant: &'static str,
    pub(super) line: String,
    /// Without what the edge says itself, in the order of their names.
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn lines(&self) -> Vec<String> {
        let body = (!self.body.is_empty()).then(|| format!("| {}", escape(&self.body)));
        let all = std::iter::once(&self.line).chain(&self.headers).chain(&body);
        all.map(|line| format!("{}: {line}", self.tenant)).collect()
    }

    pub(super) fn answer(&self) -> String {
        format!("{} {}", self.tenant, self.line)
    }
}

pub(super) struct Recorders {
    pub(super) acme: SocketAddr,
    pub(super) beta: SocketAddr,
    reached: Arc<Mutex<Vec<Request>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Clone)]
struct Recorder {
    name: &'static str,
    /// What it answers instead, except to a canary.
    said: Option<Vec<u8>>,
    reached: Arc<Mutex<Vec<Request>>>,
}

impl Recorders {
    pub(super) async fn start(said: Option<Vec<u8>>) -> Self {
        let reached = Arc::default();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let mut addresses = Vec::new();
        for (name, said) in [("acme", said), ("beta", None)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            addresses.push(listener.local_addr().unwrap());
            let recorder = Recorder { name, said, reached: Arc::clone(&reached) };
            let connections = tasks.clone();
            tasks.spawn(stop.clone().run_until_cancelled_owned(async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    connections.spawn(recorder.clone().serve(stream));
                }
            }));
        }
        Self { acme: addresses[0], beta: addresses[1], reached, tasks, stop }
    }

    /// Waits until nothing can come any more, and returns all that came.
    pub(super) async fn finish(self) -> Vec<Request> {
        self.stop.cancel();
        self.tasks.close();
        crate::talk::soon("the tenants to be left alone", self.tasks.wait()).await;
        self.reached.lock().unwrap().clone()
    }
}

impl Recorder {
    async fn serve(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        loop {
            while let Some((request, length)) = self.read(&bytes) {
                bytes.drain(..length);
                let text = request.answer();
                let length = text.len();
                let own = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{text}");
                let answer = match &self.said {
                    Some(said) if !request.line.contains("/canary") => said,
                    _ => own.as_bytes(),
                };
                self.reached.lock().unwrap().push(request);
                if stream.write_all(answer).await.is_err() {
                    return;
                }
            }
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Reads the request at the start of some bytes, and says how many it takes. `None` if it is not
    /// whole yet.
    fn read(&self, bytes: &[u8]) -> Option<(Request, usize)> {
        let end = find(bytes, b"\r\n\r\n")?;
        let crooked = |why: &str| {
            let line = format!("CROOKED: {why}: {}", escape(bytes));
            Some((Request { tenant: self.name, line, headers: vec![], body: vec![] }, bytes.len()))
        };
        let mut lines = bytes[..end].split(|byte| *byte == b'\n').map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            (line, line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t'))
        });
        let whole: Vec<&[u8]> = bytes[..end].split(|byte| *byte == b'\n').collect();
        let (last, others) = whole.split_last().expect("at least one line");
        if last.ends_with(b"\r") || !others.iter().all(|line| line.ends_with(b"\r")) {
            return crooked("a line does not end in CR LF");
        }
        let (line, has_control) = lines.next().expect("at least one line");
        let parts: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        let is_line = matches!(parts.as_slice(), [method, [b'/', ..], b"HTTP/1.1"]
            if is_token(method) && *method != b"CONNECT");
        if has_control || line.contains(&b'\t') || !is_line {
            return crooked("this is no request line");
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for (line, has_control) in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                return crooked("a line without a colon");
            };
            let name = &line[..colon];
            if has_control || !is_token(name) || name.contains(&b'_') {
                return crooked("a crooked header");
            }
            let name = String::from_utf8(name.to_ascii_lowercase()).expect("a token is text");
            fields.push((name, escape(line[colon + 1..].trim_ascii())));
        }
        let rest = &bytes[end + 4..];
        let (body, used) = match self.framing(&mut fields) {
            Err(why) => return crooked(&why),
            Ok(None) => {
                let (body, left) = chunks(rest)?;
                (body, rest.len() - left.len())
            }
            Ok(Some(length)) => (rest.get(..length)?.to_vec(), length),
        };
        let mut headers: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}").trim_end().to_owned())
            .collect();
        headers.sort();
        let line = escape(line);
        Some((Request { tenant: self.name, line, headers, body }, end + 4 + used))
    }

    /// Checks what the edge says itself and takes it out. Returns the length of the body, `None` if it
    /// comes in chunks.
    fn framing(&self, fields: &mut Vec<(String, String)>) -> Result<Option<usize>, String> {
        let all = |name: &str| -> Vec<String> {
            let named = fields.iter().filter(|(field, _)| field == name);
            named.map(|(_, value)| value.clone()).collect()
        };
        let one = |name: &str| match all(name).as_slice() {
            [value] => Ok(value.clone()),
            several => Err(format!("{name} {several:?}")),
        };
        let (lengths, encodings) = (all("content-length"), all("transfer-encoding"));
        let body = match (lengths.as_slice(), encodings.as_slice()) {
            ([], []) => Some(0),
            ([length], []) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(length.parse().map_err(|_| format!("a length {length:?}"))?)
            }
            ([], [encoding]) if encoding == "chunked" => None,
            _ => return Err(format!("lengths {lengths:?}, encodings {encodings:?}")),
        };
        let host = one("host")?;
        let own = format!("{}.localhost", self.name);
        let is_ours = host.strip_prefix(&own).is_some_and(|port| {
            port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok())
        });
        if !is_ours || one("x-forwarded-host")? != host {
            return Err(format!("the request is for {host}"));
        }
        let edge_says = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-real-ip", "127.0.0.1"),
            ("x-forwarded-proto", "http"),
        ];
        for (name, expected) in edge_says {
            let value = one(name)?;
            if value != expected {
                return Err(format!("{name}: {value}"));
            }
        }
        let request_id = one("x-request-id")?;
        if request_id.is_empty() || request_id.contains(['\\', ' ']) {
            return Err(format!("x-request-id: {request_id}"));
        }
        fields.retain(|(name, value)| match name.as_str() {
            "host" => *value != own,
            name => {
                !name.starts_with("x-forwarded-") && !["x-real-ip", "x-request-id"].contains(&name)
            }
        });
        Ok(body)
    }
}

fn is_token(name: &[u8]) -> bool {
    let is_char = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_char)
}
