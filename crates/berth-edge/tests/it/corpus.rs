//! Hostile requests and hostile answers, as bytes, and what becomes of each (`corpus/*.txt`).
//!
//! # Invariants
//!
//! * Every row has an edge and two tenants of its own, and is sent twice: in one piece, and byte by
//!   byte (what is very long in larger pieces from some point on). Both must end alike.
//! * Right behind the row, on the same connection, goes a canary for `beta`; afterwards come canaries
//!   from another visitor for both. Each must be answered with its own answer, unless the connection
//!   ended.
//! * A tenant reads by the letter of RFC 9112. What is not well-formed there stands in what was
//!   observed, and no row expects that.

#[path = "corpus/answer.rs"]
mod answer;
#[path = "corpus/escape.rs"]
mod escape;
#[path = "corpus/recorder.rs"]
mod recorder;
#[path = "corpus/row.rs"]
mod row;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::door::{Door, named_route};
use crate::talk::{find, get, soon};
use recorder::Recorders;
use row::Row;

const CANARY: &str = "GET /canary HTTP/1.1\r\nHost: beta.localhost\r\n\r\n";
const SUNG: &[u8] = b"beta GET /canary HTTP/1.1";
/// How many bytes go one by one.
const SINGLY: usize = 2_000;

#[derive(Debug, Clone, Copy)]
enum Pieces {
    One,
    Bytes,
}

#[tokio::test]
async fn no_hostile_framing_reaches_whom_it_was_not_sent_to() {
    hold(include_str!("corpus/framing.txt")).await;
}

#[tokio::test]
async fn no_hostile_addressee_reaches_another_tenant() {
    hold(include_str!("corpus/addressee.txt")).await;
}

#[tokio::test]
async fn no_hostile_header_is_believed() {
    hold(include_str!("corpus/headers.txt")).await;
}

#[tokio::test]
async fn no_hostile_answer_reaches_another_visitor() {
    hold(include_str!("corpus/answers.txt")).await;
}

async fn hold(corpus: &str) {
    let mut wrong = Vec::new();
    let rows = row::read(corpus);
    for row in &rows {
        for pieces in [Pieces::One, Pieces::Bytes] {
            let observed = observe(row, pieces).await;
            if !row.allows(&observed) {
                wrong.push(format!(
                    "[{}] ({pieces:?})\nexpected:\n{}\nobserved:\n{observed}\n",
                    row.name, row.expected
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "of {} rows these ended otherwise:\n{}",
        rows.len(),
        wrong.join("\n")
    );
}

/// Sends a row and writes down what became of it, in the form of the corpus.
async fn observe(row: &Row, pieces: Pieces) -> String {
    let tenants = Recorders::start(row.said.clone()).await;
    let door = Door::open(vec![
        named_route("acme", 1, Some(tenants.acme)),
        named_route("beta", 2, Some(tenants.beta)),
    ])
    .await;

    let received = converse(&door, row, pieces).await;
    for name in ["acme", "beta"] {
        let reply = get(door.address, &format!("{name}.localhost"), "/canary").await;
        let expected = format!("{name} GET /canary HTTP/1.1");
        assert_eq!(reply.text(), expected, "[{}] a canary of another visitor", row.name);
    }
    door.close().await;
    let reached = tenants.finish().await;

    let is_head = row.sent.starts_with(b"HEAD ");
    let mut answers = answer::read(&received, is_head);
    let is_open = answers.last().is_some_and(|last| last.body == SUNG);
    if is_open {
        answers.pop();
    }
    let (canaries, reached): (Vec<_>, Vec<_>) =
        reached.into_iter().partition(|request| request.line == "GET /canary HTTP/1.1");
    // The other visitor's two, and the one on the connection if it was answered.
    assert_eq!(canaries.len(), 2 + usize::from(is_open), "[{}] canaries that arrived", row.name);
    let mut lines = Vec::new();
    if row.said.is_none() && !is_head {
        let own = answers.iter().filter(|answer| answer.status == 200);
        let answered: Vec<_> = own.map(|answer| String::from_utf8_lossy(&answer.body)).collect();
        let expected: Vec<String> = reached.iter().map(recorder::Request::answer).collect();
        if answered != expected {
            lines.push(format!("MIXED UP: {answered:?}"));
        }
    }
    let statuses: Vec<String> = answers.iter().map(|answer| answer.status.to_string()).collect();
    let end = if is_open { "open" } else { "closed" };
    lines.insert(0, format!("= {} {end}", statuses.join(" ")).replace("  ", " "));
    lines.extend(reached.iter().flat_map(recorder::Request::lines));
    if row.said.is_some() {
        lines.extend(answers.iter().flat_map(answer::Answer::lines));
    }
    lines.join("\n")
}

/// Sends a row and the canary behind it. Returns what comes until the canary is answered or the
/// connection ends.
async fn converse(door: &Door, row: &Row, pieces: Pieces) -> Vec<u8> {
    let stream = soon("a connection", TcpStream::connect(door.address)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut from, mut to) = stream.into_split();
    let bytes = [&row.sent, CANARY.as_bytes()].concat();
    let writing = async {
        match pieces {
            Pieces::One => drop(to.write_all(&bytes).await),
            Pieces::Bytes => {
                let (first, rest) = bytes.split_at(bytes.len().min(SINGLY));
                for piece in first.chunks(1).chain(rest.chunks(SINGLY)) {
                    if to.write_all(piece).await.is_err() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
        }
        to
    };
    let reading = async {
        let mut received = Vec::new();
        while find(&received, SUNG).is_none() {
            match from.read_buf(&mut received).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        received
    };
    let (_to, received) = soon(&row.name, async { tokio::join!(writing, reading) }).await;
    received
}
