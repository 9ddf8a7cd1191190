//! A command inside a tenant, as if it ran here.
//!
//! # Invariants
//!
//! * The command's exit code becomes ours.
//! * The terminal is as it was before, however this ends.

use berth_api::v1::exec::{
    ClientMessage, MAX_FRAME, Run, STDERR, STDIN, STDOUT, ServerMessage, Start,
};
use berth_domain::TenantName;
use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::signal::unix::{SignalKind, signal};

use crate::client::{Frame, Sender, WebSocket};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::{self, RawMode};

/// Runs a command in the tenant's container, with this terminal if `wants_terminal` and there is one.
pub(crate) async fn run(
    session: &Session<'_>,
    name: &TenantName,
    run: Run,
    wants_terminal: bool,
) -> Result<Exit, Failure> {
    let has_terminal = wants_terminal && terminal::is_interactive();
    let path = session.client.tenant(name, "/exec");
    let mut socket = session.client.websocket(&path).await?;
    let start = Start { run, terminal: has_terminal.then(terminal::size) };
    socket.sender.send(text(&start)).await?;

    let raw = if has_terminal { Some(RawMode::enter()?) } else { None };
    let exit = pump(socket, has_terminal).await;
    drop(raw);

    let exit = exit?;
    if exit.out_of_memory {
        session.printer.talk("the command was killed: it reached the tenant's memory limit");
    }
    Ok(match exit.code {
        0 => Exit::Success,
        // Codes have eight bits; one beyond them must not look like success.
        code => Exit::Command(u8::try_from(code).unwrap_or(u8::MAX)),
    })
}

fn text(message: &impl serde::Serialize) -> Frame {
    Frame::Text(serde_json::to_string(message).expect("wire types have string keys only"))
}

async fn pump(socket: WebSocket, has_terminal: bool) -> Result<berth_api::v1::exec::Exit, Failure> {
    let WebSocket { sender, mut receiver } = socket;
    let output = async {
        let (mut out, mut error) = (tokio::io::stdout(), tokio::io::stderr());
        while let Some(frame) = receiver.next().await? {
            match frame {
                Frame::Binary(data) => match data.split_first() {
                    Some((&STDOUT, data)) => {
                        out.write_all(data).await?;
                        out.flush().await?;
                    }
                    Some((&STDERR, data)) => {
                        error.write_all(data).await?;
                        error.flush().await?;
                    }
                    _ => return Err(anyhow::anyhow!("cannot understand the server").into()),
                },
                Frame::Text(text) => return last_word(&text),
            }
        }
        Err(Failure::Lost(anyhow::anyhow!("the connection was closed")))
    };
    tokio::select! {
        exit = output => exit,
        failure = input(sender, has_terminal) => Err(failure),
    }
}

fn last_word(text: &str) -> Result<berth_api::v1::exec::Exit, Failure> {
    let message = serde_json::from_str(text)
        .map_err(|error| anyhow::Error::new(error).context("cannot understand the server"))?;
    match message {
        ServerMessage::Exit(exit) => Ok(exit),
        ServerMessage::Problem(problem) => Err(Failure::Problem(Box::new(problem))),
    }
}

/// Hands input and sizes of the terminal on. Ends only with a failure on this side: when the server
/// does not take them any more, its last frame says why.
async fn input(sender: Sender, has_terminal: bool) -> Failure {
    match hand_on(sender, has_terminal).await {
        Ok(()) | Err(Failure::Lost(_)) => std::future::pending().await,
        Err(failure) => failure,
    }
}

async fn hand_on(mut sender: Sender, has_terminal: bool) -> Result<(), Failure> {
    let mut sizes = signal(SignalKind::window_change())?;
    let mut stdin = tokio::io::stdin();
    let mut buffer = vec![STDIN; MAX_FRAME / 2];
    let mut is_open = true;
    while is_open || has_terminal {
        tokio::select! {
            count = stdin.read(&mut buffer[1..]), if is_open => match count? {
                0 => {
                    is_open = false;
                    sender.send(text(&ClientMessage::EndOfInput)).await?;
                }
                count => {
                    let data = Bytes::copy_from_slice(&buffer[..=count]);
                    sender.send(Frame::Binary(data)).await?;
                }
            },
            Some(()) = sizes.recv(), if has_terminal => {
                sender.send(text(&ClientMessage::Resize(terminal::size()))).await?;
            }
        }
    }
    Ok(())
}
