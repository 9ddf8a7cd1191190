//! Which paths are closed, and which need a closer look.
//!
//! The database manager creates, copies, downloads and drops databases with one master password, and
//! its first caller may set that password (`odoo/service/db.py`, `verify_access`). So nobody gets
//! there, however the path is spelled.
//!
//! # Invariants
//!
//! * A path is closed if *any* reading of it is: as it stands, percent-decoded up to three times,
//!   with dot segments resolved or not, with slashes merged (werkzeug's `merge_slashes`), with one
//!   segment in front (Odoo's website drops a language code: `ir_http._match`, `path_no_lang`).
//! * Letters match in both cases. Closing a path that leads nowhere costs nothing.

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathClass {
    /// The database manager or the database service.
    Closed,
    /// JSON-RPC, where the service is named in the body.
    JsonRpc,
    /// What Odoo's gevent process serves.
    Live,
    Ordinary,
}

/// How often a path is decoded. Odoo decodes once; a proxy in between may have done so before.
const DECODINGS: usize = 3;

/// Says what a path (without query) leads to.
pub(crate) fn classify(path: &str) -> PathClass {
    let mut worst = reading(path);
    if path.contains(['%', '\\']) || path.contains("/.") {
        let mut current = path.as_bytes().to_vec();
        for _ in 0..=DECODINGS {
            let text = String::from_utf8_lossy(&current).replace('\\', "/");
            worst = worse(worst, reading(&text));
            worst = worse(worst, reading(&resolve_dots(&text)));
            let Some(next) = decode(&current) else { break };
            current = next;
        }
    }
    worst
}

fn worse(one: PathClass, other: PathClass) -> PathClass {
    let rank = |class| match class {
        PathClass::Closed => 3,
        PathClass::JsonRpc => 2,
        PathClass::Live => 1,
        PathClass::Ordinary => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn reading(path: &str) -> PathClass {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let whole = segments.clone();
    let first = segments.next().unwrap_or_default();
    let behind_language = segments;
    if is_closed(whole.clone()) || is_closed(behind_language.clone()) {
        PathClass::Closed
    } else if is_json_rpc(whole) || is_json_rpc(behind_language) {
        PathClass::JsonRpc
    } else if matches!(first, "websocket" | "longpolling") {
        PathClass::Live
    } else {
        PathClass::Ordinary
    }
}

fn is_closed<'a>(mut segments: impl Iterator<Item = &'a str>) -> bool {
    let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
    match segments.next() {
        Some(first) if is(first, "web") => {
            segments.next().is_some_and(|second| is(second, "database"))
        }
        // `/xmlrpc/db`, `/xmlrpc/2/db`, and whatever number comes next.
        Some(first) if is(first, "xmlrpc") => segments.any(|segment| is(segment, "db")),
        _ => false,
    }
}

fn is_json_rpc<'a>(mut segments: impl Iterator<Item = &'a str>) -> bool {
    segments.next().is_some_and(|first| first.eq_ignore_ascii_case("jsonrpc"))
}

/// Decodes every `%xx`. `None` means that there is none.
fn decode(path: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path;
    let mut changed = false;
    while let Some((&byte, tail)) = rest.split_first() {
        let pair = (byte == b'%').then(|| tail.get(..2).and_then(hex_pair)).flatten();
        decoded.push(pair.unwrap_or(byte));
        rest = if pair.is_some() { &tail[2..] } else { tail };
        changed |= pair.is_some();
    }
    changed.then_some(decoded)
}

fn hex_pair(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(digit(pair[0])? << 4 | digit(pair[1])?)
}

/// Resolves `.` and `..` (RFC 3986 section 5.2.4) and merges slashes.
fn resolve_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    kept.join("/")
}

#[cfg(test)]
mod tests;
