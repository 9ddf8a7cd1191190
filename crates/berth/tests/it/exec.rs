//! Commands inside tenants, over a real WebSocket.

use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use berth_api::v1::examples;
use berth_api::v1::exec::{ClientMessage, Exit, Run, STDERR, STDIN, STDOUT, ServerMessage, Start};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::run::start_with_input;

type Socket = WebSocketStream<UnixStream>;

/// Runs `berth` with `input` against a server that does `serve` with the one connection it gets.
fn session<S, F, T>(arguments: &[&str], input: &[u8], serve: S) -> (Output, T)
where
    S: FnOnce(Socket) -> F,
    F: Future<Output = T>,
{
    let home = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(async { bind(home.path()) });
    let mut child = start_with_input(home.path(), arguments);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A pipe holds less than some inputs, and nobody reads it before the connection is there.
    let writer = std::thread::spawn(move || {
        // The command may end before it has read everything.
        let _gone = stdin.write_all(&input);
    });
    let said = runtime.block_on(async {
        let (stream, _) = listener.accept().await.unwrap();
        serve(tokio_tungstenite::accept_async(stream).await.unwrap()).await
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (output, said)
}

fn bind(home: &Path) -> UnixListener {
    UnixListener::bind(home.join("berth.sock")).unwrap()
}

async fn started(socket: &mut Socket) -> Start {
    let first = socket.next().await.unwrap().unwrap();
    serde_json::from_str(first.to_text().unwrap()).unwrap()
}

/// Everything that the command was given, until its input ended.
async fn input(socket: &mut Socket) -> Vec<u8> {
    let mut given = Vec::new();
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Binary(data) => {
                assert_eq!(data[0], STDIN);
                given.extend_from_slice(&data[1..]);
            }
            Message::Text(text) => {
                assert_eq!(
                    serde_json::from_str::<ClientMessage>(&text).unwrap(),
                    ClientMessage::EndOfInput
                );
                return given;
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn output(socket: &mut Socket, channel: u8, data: &str) {
    let frame: Vec<u8> = std::iter::once(channel).chain(data.bytes()).collect();
    socket.send(Message::Binary(Bytes::from(frame))).await.unwrap();
}

async fn last(socket: &mut Socket, message: &ServerMessage) {
    let text = serde_json::to_string(message).unwrap();
    socket.send(Message::Text(text.into())).await.unwrap();
    // The client has all it needs and may be gone.
    let _gone = socket.close(None).await;
}

fn exit(code: i64) -> ServerMessage {
    ServerMessage::Exit(Exit { code, out_of_memory: false })
}

#[test]
fn a_command_in_a_pipe_gets_its_input_and_gives_its_output_and_code() {
    let arguments = ["tenant", "exec", "acme", "--", "tr", "-d", "x"];
    let large = vec![b'x'; 300_000];

    let (seen, (start, given)) = session(&arguments, &large, async |mut socket| {
        let start = started(&mut socket).await;
        let given = input(&mut socket).await;
        output(&mut socket, STDOUT, "to out").await;
        output(&mut socket, STDERR, "to error").await;
        last(&mut socket, &exit(7)).await;
        (start, given)
    });

    let command = ["tr", "-d", "x"].map(str::to_owned).to_vec();
    assert_eq!(start, Start { run: Run::Command(command), terminal: None });
    assert_eq!(given, large);
    assert_eq!(seen.stdout, b"to out");
    assert_eq!(seen.stderr, b"to error");
    assert_eq!(seen.status.code(), Some(7));
}

#[test]
fn a_command_that_ends_before_its_input_does_is_not_a_failure() {
    let arguments = ["tenant", "exec", "acme", "true"];

    let (seen, ()) = session(&arguments, &vec![b'x'; 60_000], async |mut socket| {
        started(&mut socket).await;
        last(&mut socket, &exit(0)).await;
    });

    assert_eq!(seen.status.code(), Some(0), "{seen:?}");
}

#[test]
fn psql_takes_arguments_after_two_hyphens() {
    let arguments = ["tenant", "psql", "acme", "--", "-c", "select 1"];

    let (seen, start) = session(&arguments, b"", async |mut socket| {
        let start = started(&mut socket).await;
        last(&mut socket, &exit(0)).await;
        start
    });

    assert_eq!(start.run, Run::Psql(vec!["-c".to_owned(), "select 1".to_owned()]));
    assert!(seen.status.success());
}

#[test]
fn the_shell_of_odoo_is_one_word() {
    let (_, start) = session(&["tenant", "shell", "acme"], b"", async |mut socket| {
        let start = started(&mut socket).await;
        last(&mut socket, &exit(0)).await;
        start
    });

    assert_eq!(start.run, Run::Shell);
}

#[test]
fn a_command_that_cannot_be_run_is_a_refusal() {
    let (seen, ()) = session(&["tenant", "exec", "acme", "ls"], b"", async |mut socket| {
        started(&mut socket).await;
        last(&mut socket, &ServerMessage::Problem(examples::problem())).await;
    });

    assert_eq!(seen.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&seen.stderr).starts_with("error: 2 things are wrong"));
}

#[test]
fn a_connection_that_is_lost_is_a_failure() {
    let (seen, ()) = session(&["tenant", "exec", "acme", "ls"], b"", async |mut socket| {
        started(&mut socket).await;
    });

    assert_eq!(seen.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&seen.stderr).starts_with("error: berth went away"));
}

#[test]
fn a_code_that_does_not_fit_is_not_success() {
    let (seen, ()) = session(&["tenant", "exec", "acme", "ls"], b"", async |mut socket| {
        started(&mut socket).await;
        last(&mut socket, &exit(256)).await;
    });

    assert_eq!(seen.status.code(), Some(255));
}
