//! HTTP/1.1 over a Unix socket, as little as the engine's API needs.
//!
//! # Invariants
//!
//! * One request per connection, so a half-read answer cannot confuse the next.
//! * Every wait has a deadline.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

pub(crate) const TAR: &str = "application/x-tar";
pub(crate) const JSON: &str = "application/json";

/// A body to send, of known length.
pub(crate) struct Body<'a> {
    pub(crate) content: &'a mut dyn Read,
    pub(crate) length: u64,
    /// Its media type.
    pub(crate) kind: &'static str,
}

/// An answer whose body has not been read yet.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: BufReader<Content>,
}

impl Answer {
    /// Waits at most `patience` for each further part of the body.
    pub(crate) fn wait_longer(&self, patience: Duration) -> Result<()> {
        let stream = self.body.get_ref().stream.get_ref();
        stream.set_read_timeout(Some(patience)).context("set the read timeout")
    }
}

/// Sends one request; waits at most `patience` for each part of the answer.
pub(crate) fn request(
    socket: &Path,
    method: &str,
    target: &str,
    body: Option<Body<'_>>,
    patience: Duration,
) -> Result<Answer> {
    let mut stream = UnixStream::connect(socket)
        .with_context(|| format!("connect to the engine's socket {}", socket.display()))?;
    stream.set_read_timeout(Some(patience)).context("set the read timeout")?;
    stream.set_write_timeout(Some(patience)).context("set the write timeout")?;
    let (length, kind) = body.as_ref().map_or((0, TAR), |body| (body.length, body.kind));
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\
         Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).context("send the request to the engine")?;
    if let Some(body) = body {
        std::io::copy(body.content, &mut stream).context("send the body to the engine")?;
    }
    answer(BufReader::new(stream)).with_context(|| format!("read the answer to {method} {target}"))
}

fn answer(mut stream: BufReader<UnixStream>) -> Result<Answer> {
    let status = parse_status(&line(&mut stream)?)?;
    // An answer without content has no body, whatever its header says (RFC 9112, section 6.3).
    let mut framing = if status == 204 { Framing::Ended } else { Framing::UntilClosed };
    loop {
        let header = line(&mut stream)?;
        if header.is_empty() {
            break;
        }
        framing = framing.after(&header);
    }
    Ok(Answer { status, body: BufReader::new(Content { stream, framing }) })
}

fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).context("wait for the engine")? == 0 {
        bail!("the engine closed the connection early");
    }
    Ok(line.trim_end().to_owned())
}

fn parse_status(line: &str) -> Result<u16> {
    let code = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    code.with_context(|| format!("`{line}` is not an HTTP status line"))
}

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    UntilClosed,
    /// Bytes left.
    Length(u64),
    /// Bytes left in the current chunk.
    Chunked(u64),
    Ended,
}

impl Framing {
    fn after(self, header: &str) -> Self {
        let (name, value) = header.split_once(':').unwrap_or((header, ""));
        match name.to_ascii_lowercase().as_str() {
            "transfer-encoding" if value.trim() == "chunked" => Self::Chunked(0),
            "content-length" => value.trim().parse().map_or(self, Self::Length),
            _ => self,
        }
    }
}

/// A body without its transfer encoding.
pub(crate) struct Content {
    stream: BufReader<UnixStream>,
    framing: Framing,
}

impl Content {
    fn next_chunk(&mut self) -> std::io::Result<u64> {
        let mut size = String::new();
        // The line break that closes the previous chunk comes first.
        while size.trim().is_empty() {
            size.clear();
            if self.stream.read_line(&mut size)? == 0 {
                return Ok(0);
            }
        }
        let digits = size.trim().split(';').next().unwrap_or_default();
        u64::from_str_radix(digits, 16).map_err(std::io::Error::other)
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.framing == Framing::Chunked(0) {
            let size = self.next_chunk()?;
            self.framing = if size == 0 { Framing::Ended } else { Framing::Chunked(size) };
        }
        let left = match self.framing {
            Framing::Ended | Framing::Length(0) => return Ok(0),
            Framing::UntilClosed => u64::MAX,
            Framing::Length(left) | Framing::Chunked(left) => left,
        };
        let room = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.stream.read(&mut buffer[..room])?;
        let left = left.saturating_sub(read as u64);
        self.framing = match self.framing {
            Framing::Length(_) => Framing::Length(left),
            Framing::Chunked(_) => Framing::Chunked(left),
            other => other,
        };
        Ok(read)
    }
}

/// Escapes a value for the query part of a target.
pub(crate) fn escape(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let escape = |byte| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    value.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(wire: &str) -> (u16, String) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(wire.as_bytes()).unwrap();
        drop(theirs);
        let mut answer = answer(BufReader::new(ours)).unwrap();
        let mut text = String::new();
        answer.body.read_to_string(&mut text).unwrap();
        (answer.status, text)
    }

    #[test]
    fn a_chunked_body_loses_its_framing() {
        let wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                    3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\n\r\n";

        assert_eq!(read_all(wire), (200, "abcdefgh".to_owned()));
    }

    #[test]
    fn a_body_of_known_length_ends_there() {
        let wire = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nnonsense";

        assert_eq!(read_all(wire), (404, "no".to_owned()));
    }

    #[test]
    fn values_are_escaped_for_queries() {
        assert_eq!(escape("a b/{\"c\"}"), "a%20b%2F%7B%22c%22%7D");
    }
}
