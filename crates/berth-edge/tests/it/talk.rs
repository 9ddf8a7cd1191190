//! A visitor who writes bytes as they are, and reads answers by the book.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long anything in a test may take before the test is given up.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Waits for something that has to happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("waited for: {what}"))
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    soon(what, async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the values of a header, joined by commas. `None` if it is not there.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        field(&self.head, name)
    }
}

/// Returns the values of a header of a head, joined by commas.
pub(crate) fn field(head: &str, name: &str) -> Option<String> {
    let values: Vec<&str> = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// One connection to the edge.
pub(crate) struct Talk {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Talk {
    pub(crate) async fn with(address: SocketAddr) -> Self {
        let stream = soon("a connection", TcpStream::connect(address)).await.unwrap();
        Self { stream, read: Vec::new() }
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    async fn more(&mut self) -> bool {
        let mut piece = vec![0; 16 << 10];
        match soon("bytes", self.stream.read(&mut piece)).await {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.read.extend_from_slice(&piece[..count]);
                true
            }
        }
    }

    pub(crate) async fn read_head(&mut self) -> String {
        loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                let head = std::mem::replace(&mut self.read, rest);
                return String::from_utf8(head).unwrap();
            }
            assert!(self.more().await, "the connection ended: {:?}", self.so_far());
        }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.read).into_owned()
    }

    pub(crate) async fn exactly(&mut self, count: usize) -> Vec<u8> {
        while self.read.len() < count {
            assert!(self.more().await, "the connection ended: {:?}", self.so_far());
        }
        let rest = self.read.split_off(count);
        std::mem::replace(&mut self.read, rest)
    }

    async fn line(&mut self) -> String {
        loop {
            if let Some(end) = find(&self.read, b"\r\n") {
                let line = self.exactly(end + 2).await;
                return String::from_utf8(line).unwrap().trim_end().to_owned();
            }
            assert!(self.more().await, "the connection ended: {:?}", self.so_far());
        }
    }

    /// Reads one answer. `has_body` is false for the answer to a `HEAD`.
    pub(crate) async fn reply(&mut self, has_body: bool) -> Reply {
        let head = self.read_head().await;
        let status: u16 = head[9..12].parse().unwrap();
        let body = if !has_body || matches!(status, 101 | 204 | 304) {
            Vec::new()
        } else if field(&head, "transfer-encoding").as_deref() == Some("chunked") {
            self.chunks().await
        } else if let Some(length) = field(&head, "content-length") {
            self.exactly(length.parse().unwrap()).await
        } else {
            while self.more().await {}
            std::mem::take(&mut self.read)
        };
        Reply { status, head, body }
    }

    async fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line().await, 16).unwrap();
            body.extend(self.exactly(size).await);
            assert_eq!(self.line().await, "");
            if size == 0 {
                return body;
            }
        }
    }

    pub(crate) async fn get(&mut self, host: &str, path: &str) -> Reply {
        self.say(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        self.reply(true).await
    }

    /// Reads what is left until the other side closes.
    pub(crate) async fn rest(&mut self) -> String {
        while self.more().await {}
        self.so_far()
    }
}

/// Says something on a connection of its own and reads until the other side closes.
pub(crate) async fn shout(address: SocketAddr, text: &str) -> String {
    let mut talk = Talk::with(address).await;
    talk.say(text).await;
    talk.rest().await
}

/// Asks for a page on a connection of its own.
pub(crate) async fn get(address: SocketAddr, host: &str, path: &str) -> Reply {
    Talk::with(address).await.get(host, path).await
}

pub(crate) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
