//! A tenant on a real socket that remembers every byte it was sent.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::talk::{field, find};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Which connection it came over, from 1.
    pub(crate) connection: usize,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        field(&self.head, name)
    }
}

/// What a tenant does after it read a request.
pub(crate) enum Act {
    /// Writes this and reads the next request.
    Say(String),
    /// Writes this and closes.
    SayAndClose(String),
    /// Says nothing and keeps the connection.
    Hang,
    /// Writes this and returns every byte from then on.
    Echo(String),
}

type Script = dyn Fn(&Seen) -> Act + Send + Sync;

/// A tenant.
pub(crate) struct Tenant {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    _stop: DropGuard,
}

/// An answer with a length.
pub(crate) fn ok(body: &str) -> Act {
    Act::Say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

impl Tenant {
    /// A tenant that answers everything with its name.
    pub(crate) async fn named(name: &'static str) -> Self {
        Self::start(move |_| ok(name)).await
    }

    pub(crate) async fn start(script: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let connections = Arc::<AtomicUsize>::default();
        let stop = CancellationToken::new();
        let script: Arc<Script> = Arc::new(script);
        let tasks = TaskTracker::new();
        let (noted, counted, until) = (Arc::clone(&seen), Arc::clone(&connections), stop.clone());
        tasks.clone().spawn(until.clone().run_until_cancelled_owned(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
                let serve = serve(stream, number, Arc::clone(&noted), Arc::clone(&script));
                tasks.spawn(until.clone().run_until_cancelled_owned(serve));
            }
        }));
        Self { address, seen, connections, _stop: stop.drop_guard() }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().expect("the tenant was asked")
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Script>,
) {
    let mut read = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut read).await {
        let request = Seen { head, body, connection };
        seen.lock().unwrap().push(request.clone());
        match script(&request) {
            Act::Say(text) => stream.write_all(text.as_bytes()).await.unwrap_or(()),
            Act::SayAndClose(text) => {
                stream.write_all(text.as_bytes()).await.unwrap_or(());
                return;
            }
            Act::Hang => std::future::pending().await,
            Act::Echo(text) => {
                stream.write_all(text.as_bytes()).await.unwrap_or(());
                stream.write_all(&read).await.unwrap_or(());
                let (mut from, mut to) = stream.split();
                tokio::io::copy(&mut from, &mut to).await.unwrap_or(0);
                return;
            }
        }
    }
}

/// Reads one request. `None` at the end of the connection.
async fn request(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let end = loop {
        if let Some(end) = find(read, b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, read).await?;
    };
    let rest = read.split_off(end);
    let head = String::from_utf8(std::mem::replace(read, rest)).unwrap();
    if field(&head, "transfer-encoding").is_some() {
        let end = loop {
            if read.starts_with(b"0\r\n\r\n") {
                break 5;
            }
            if let Some(end) = find(read, b"\r\n0\r\n\r\n") {
                break end + 7;
            }
            more(stream, read).await?;
        };
        let rest = read.split_off(end);
        return Some((head, std::mem::replace(read, rest)));
    }
    let length = field(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    while read.len() < length {
        more(stream, read).await?;
    }
    let rest = read.split_off(length);
    Some((head, std::mem::replace(read, rest)))
}

async fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut piece = vec![0; 16 << 10];
    let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
    read.extend_from_slice(&piece[..count]);
    Some(())
}
