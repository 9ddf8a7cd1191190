//! How long it takes from a changed list of routes until a request goes to the new upstream.
//!
//! One visitor keeps one connection open and asks on it again and again, as the edge promises: the next
//! request sees the change.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use berth_edge::RouteTable;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{door, table, upstream};

pub(crate) async fn measure(count: u32, runs: usize, workers: NonZeroUsize) -> io::Result<Value> {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let mut addresses = Vec::new();
    for name in ["one", "two"] {
        let (listener, address) = upstream::listen().await?;
        addresses.push(address);
        tasks.spawn(upstream::accept(listener, name.to_owned(), tasks.clone()));
    }
    let mut routes = table::routes(count, addresses[0])?;
    let (sender, watched) = watch::channel(Arc::new(RouteTable::new(routes.clone())));
    let edge = door::open(watched, None, workers).await?;
    let address = edge.address();
    tasks.spawn(edge.serve(stop.clone()));

    let number = count / 2;
    let host = table::host(number);
    let mut visitor = TcpStream::connect(address).await?;
    visitor.set_nodelay(true)?;
    let (mut made, mut seen) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        let (name, upstream) = [("two", addresses[1]), ("one", addresses[0])][run % 2];
        let at = usize::try_from(number).map_err(io::Error::other)?;
        routes[at] = table::route(number, upstream)?;
        let changed = routes.clone();
        let began = Instant::now();
        let table = Arc::new(RouteTable::new(changed));
        let built = began.elapsed();
        sender.send_replace(table);
        while who(&mut visitor, &host).await? != name {}
        // The first run opens connections.
        if run > 0 {
            made.push(micros(built));
            seen.push(micros(began.elapsed()));
        }
    }
    stop.cancel();
    Ok(json!({ "table_us": median(made), "seen_us": median(seen), "runs": runs }))
}

/// Asks who answers.
async fn who(visitor: &mut TcpStream, host: &str) -> io::Result<String> {
    let request = format!("GET /who HTTP/1.1\r\nHost: {host}\r\n\r\n");
    visitor.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    let mut piece = [0; 4096];
    // The answer is three letters behind its head.
    loop {
        let count = visitor.read(&mut piece).await?;
        if count == 0 {
            return Err(io::Error::other(format!("the edge hung up: {text}")));
        }
        text.push_str(&String::from_utf8_lossy(&piece[..count]));
        match text.split_once("\r\n\r\n") {
            Some((_, body)) if body.len() == 3 => return Ok(body.to_owned()),
            _ => {}
        }
    }
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_change_is_seen_and_a_table_is_made_before() {
        let measured =
            measure(30, 3, NonZeroUsize::MIN).await.expect("the edge and both upstreams come up");

        assert!(measured["seen_us"].as_u64() >= measured["table_us"].as_u64(), "{measured}");
        assert_eq!(measured["runs"], 3);
    }
}
