//! Bodies larger than anything may hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use crate::door::{Door, route};
use crate::talk::{Talk, find, soon, until};

/// More than all socket buffers on the way hold together.
const SIZE: usize = 50 << 20;

/// How far a sender got, and whether it has to wait for a receiver who does not read.
#[derive(Debug, Default)]
struct Progress {
    bytes: AtomicUsize,
    blocked: AtomicBool,
}

/// Sends `SIZE` bytes that tell where they stand, and notes when nobody takes them.
async fn pour(stream: &mut TcpStream, progress: &Progress) {
    let block: Vec<u8> = (0..=255).cycle().take(64 << 10).collect();
    let mut sent = 0;
    while sent < SIZE {
        let piece = &block[sent % 256..];
        let piece = &piece[..piece.len().min(SIZE - sent)];
        let count = loop {
            let write = stream.write(piece);
            match tokio::time::timeout(Duration::from_millis(300), write).await {
                Ok(count) => break count.unwrap(),
                Err(_elapsed) => progress.blocked.store(true, Ordering::SeqCst),
            }
        };
        sent += count;
        progress.bytes.store(sent, Ordering::SeqCst);
    }
}

/// Reads `SIZE` bytes behind a head and checks each.
async fn drink(stream: &mut TcpStream, mut first: Vec<u8>) {
    let mut at = 0_usize;
    let mut piece = vec![0; 64 << 10];
    loop {
        for byte in &first {
            assert_eq!(usize::from(*byte), at % 256, "byte {at}");
            at += 1;
        }
        if at == SIZE {
            return;
        }
        let count = soon("more bytes", stream.read(&mut piece)).await.unwrap();
        assert!(count > 0, "the end after {at} bytes");
        first = piece[..count].to_vec();
    }
}

async fn head(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = find(&read, b"\r\n\r\n") {
            return read.split_off(end + 4);
        }
        let mut piece = vec![0; 4096];
        let count = soon("a head", stream.read(&mut piece)).await.unwrap();
        read.extend_from_slice(&piece[..count]);
    }
}

#[tokio::test]
async fn a_long_answer_waits_for_its_reader_and_arrives_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Door::open(vec![route(Some(listener.local_addr().unwrap()))]).await;
    let progress = Arc::new(Progress::default());
    let tenant = TaskTracker::new();
    let poured = Arc::clone(&progress);
    tenant.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head(&mut stream).await;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        pour(&mut stream, &poured).await;
    });
    let mut talk = Talk::with(door.address).await;
    talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;

    until("the tenant to be kept waiting", || progress.blocked.load(Ordering::SeqCst)).await;
    assert!(progress.bytes.load(Ordering::SeqCst) < SIZE, "somebody gathers the answer");

    let first = head(&mut talk.stream).await;
    drink(&mut talk.stream, first).await;
}

#[tokio::test]
async fn a_long_upload_waits_for_its_tenant_and_arrives_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Door::open(vec![route(Some(listener.local_addr().unwrap()))]).await;
    let progress = Arc::new(Progress::default());
    let visitor = TaskTracker::new();
    let poured = Arc::clone(&progress);
    let mut talk = Talk::with(door.address).await;
    visitor.spawn(async move {
        talk.say(&format!(
            "POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: {SIZE}\r\n\r\n"
        ))
        .await;
        pour(&mut talk.stream, &poured).await;
        assert_eq!(talk.reply(true).await.status, 200);
    });
    let (mut stream, _) = soon("the edge", listener.accept()).await.unwrap();

    until("the visitor to be kept waiting", || progress.blocked.load(Ordering::SeqCst)).await;
    assert!(progress.bytes.load(Ordering::SeqCst) < SIZE, "somebody gathers the upload");

    let first = head(&mut stream).await;
    drink(&mut stream, first).await;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    visitor.close();
    soon("the visitor to be answered", visitor.wait()).await;
}

#[tokio::test]
async fn an_answer_that_comes_before_the_upload_is_over_is_passed_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Door::open(vec![route(Some(listener.local_addr().unwrap()))]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say("POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 10\r\n\r\n12").await;
    let (mut stream, _) = soon("the edge", listener.accept()).await.unwrap();
    head(&mut stream).await;

    stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").await.unwrap();

    assert_eq!(talk.reply(true).await.status, 403);
    let mut rest = Vec::new();
    soon("the half-used connection to end", stream.read_to_end(&mut rest)).await.unwrap_or(0);
    assert!(rest.len() <= 2, "{rest:?}");
}

#[tokio::test]
async fn a_tenant_that_refuses_an_upload_and_hangs_up_is_still_heard() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Door::open(vec![route(Some(listener.local_addr().unwrap()))]).await;
    let text = vec![b'x'; 2 << 20];
    for _ in 0..50 {
        let mut talk = Talk::with(door.address).await;
        talk.say(&format!(
            "POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: {}\r\n\r\n",
            text.len()
        ))
        .await;
        let (mut reading, mut writing) = talk.stream.into_split();
        let refusing = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            head(&mut stream).await;
            stream
                .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch")
                .await
                .unwrap();
            // Closing over what was not read resets the connection.
        };
        let mut answer = Vec::new();
        let hearing = async {
            while !answer.ends_with(b"much") && reading.read_buf(&mut answer).await.unwrap() > 0 {}
        };
        // What is still written after the answer may fail.
        let pouring = async { writing.write_all(&text).await.unwrap_or(()) };
        soon("an answer", async { tokio::join!(hearing, pouring, refusing) }).await;

        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("much"), "{answer}");
    }
}
