//! A visitor with some `WebSocket`s: on each, a message goes there and comes back before the next.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A message of 100 bytes as it stands on the wire: header, mask, masked text.
const FRAME: usize = 2 + 4 + 100;

pub(crate) async fn measure(
    address: SocketAddr,
    host: &str,
    connections: usize,
    seconds: u64,
) -> io::Result<Value> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(connect(address, host).await?);
    }
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let mut talks = JoinSet::new();
    for stream in open {
        talks.spawn(talk(stream, end));
    }
    let mut times = Vec::new();
    while let Some(talked) = talks.join_next().await {
        times.extend(talked.map_err(io::Error::other)??);
    }
    let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).max(1) - 1).copied();
    Ok(json!({
        "messages": times.len(),
        "took_us": took,
        "p50_us": at(50),
        "p99_us": at(99),
    }))
}

async fn connect(address: SocketAddr, host: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let request = format!(
        "GET /websocket HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    if head.starts_with(b"HTTP/1.1 101 ") {
        return Ok(stream);
    }
    Err(io::Error::other(format!("no WebSocket: {}", String::from_utf8_lossy(&head))))
}

/// Returns how long each message took, in microseconds.
async fn talk(mut stream: TcpStream, end: Instant) -> io::Result<Vec<u64>> {
    let mut frame = [b'x'; FRAME];
    // Final and text; masked and 100 long (0x80 and 0x64).
    frame[..2].copy_from_slice(&[0x81, 0xe4]);
    let mut back = [0; FRAME];
    let mut times = Vec::new();
    loop {
        let began = Instant::now();
        if began >= end {
            return Ok(times);
        }
        stream.write_all(&frame).await?;
        stream.read_exact(&mut back).await?;
        if back != frame {
            return Err(io::Error::other("a message came back changed"));
        }
        times.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;

    use berth_edge::RouteTable;
    use tokio::sync::watch;
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::{door, table, upstream};

    #[tokio::test]
    async fn messages_go_through_the_edge_and_come_back() {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (listener, address) = upstream::listen().await.expect("a free port");
        tasks.spawn(upstream::accept(listener, "one".to_owned(), tasks.clone()));
        let routes = RouteTable::new(table::routes(3, address).expect("three routes"));
        let (_table, watched) = watch::channel(Arc::new(routes));
        let edge = door::open(watched, None, NonZeroUsize::MIN).await.expect("an edge");
        let address = edge.address();
        tasks.spawn(edge.serve(stop.clone()));

        let measured = measure(address, &table::host(1), 2, 1).await.expect("echoes");
        let refused = measure(address, "nobody.bench.localhost", 1, 1).await;
        stop.cancel();

        assert!(measured["messages"].as_u64() > Some(0), "{measured}");
        assert!(refused.is_err(), "{refused:?}");
    }
}
