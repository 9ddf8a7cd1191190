//! The client against an engine that says what it is told to.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::thread::JoinHandle;

use super::*;

/// An engine that answers one request; the thread returns the request line.
fn engine_that_says(name: &str, answer: String) -> (Engine, JoinHandle<String>) {
    let file = format!("xtask-{}-{name}.sock", std::process::id());
    let socket = std::env::temp_dir().join(file);
    drop(std::fs::remove_file(&socket));
    let listener = UnixListener::bind(&socket).unwrap();
    let path = socket.clone();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::fs::remove_file(path).unwrap();
        let mut request = String::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        reader.read_line(&mut request).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        request.trim().to_owned()
    });
    (Engine { socket }, thread)
}

fn streamed(messages: &[&str]) -> String {
    let chunks = messages.iter().map(|text| format!("{:x}\r\n{text}\n\r\n", text.len() + 1));
    let chunks: String = chunks.collect();
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
}

fn refusal(status: &str, text: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{text}", text.len())
}

#[test]
fn api_versions_compare_as_numbers() {
    assert!(parse_api("1.9").unwrap() < OLDEST_API);
    assert!(parse_api("1.51").unwrap() >= OLDEST_API);
    assert_eq!(parse_api("five"), None);
}

#[test]
fn only_unix_sockets_are_engines() {
    assert_eq!(socket_of("unix:///run/e.sock").unwrap(), PathBuf::from("/run/e.sock"));
    assert!(socket_of("tcp://engine:2375").is_err());
}

#[test]
fn a_pull_follows_the_stream_to_its_end() {
    let messages = [r#"{"status":"Pulling from library/odoo"}"#, r#"{"status":"Done"}"#];
    let (engine, thread) = engine_that_says("pull", streamed(&messages));

    engine.pull("odoo", "19.0", &mut Narration::silent()).unwrap();

    assert_eq!(thread.join().unwrap(), "POST /images/create?fromImage=odoo&tag=19.0 HTTP/1.1");
}

#[test]
fn an_error_in_the_stream_is_an_error() {
    let messages = [r#"{"status":"Pulling from library/odoo"}"#, r#"{"error":"no space left"}"#];
    let (engine, thread) = engine_that_says("error", streamed(&messages));

    let error = engine.pull("odoo", "19.0", &mut Narration::silent()).unwrap_err();

    assert_eq!(error.to_string(), "no space left");
    thread.join().unwrap();
}

#[test]
fn a_missing_image_is_no_error() {
    let answer = refusal("404 Not Found", r#"{"message":"no such image"}"#);
    let (engine, thread) = engine_that_says("image", answer);

    assert!(engine.image("berth.local/odoo:19.0").unwrap().is_none());
    assert_eq!(thread.join().unwrap(), "GET /images/berth.local/odoo:19.0/json HTTP/1.1");
}

#[test]
fn a_refusal_carries_what_the_engine_said() {
    let answer = refusal("500 Internal Server Error", r#"{"message":"no such host"}"#);
    let (engine, thread) = engine_that_says("refusal", answer);

    let error = engine.pull("odoo", "19.0", &mut Narration::silent()).unwrap_err().to_string();

    assert!(error.contains("500") && error.contains("no such host"), "{error}");
    thread.join().unwrap();
}
