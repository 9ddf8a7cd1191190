//! One command, from its first frame to its exit.
//!
//! # Invariants
//!
//! * Input and output are pumped side by side: a command that does not read cannot keep its output
//!   from being read, and the other way round.
//! * The last frame says how it ended, unless the client went away first.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use berth_api::v1::exec::{
    ClientMessage, MAX_FRAME, Run, STDERR, STDIN, STDOUT, ServerMessage, Start,
};
use berth_api::v1::exec::{Exit, TerminalSize};
use berth_domain::access::Right;
use berth_engine::request::TenantCommand;
use berth_runtime::{ExecInput, ExecOutput, ExecSession, Stream as Outputs};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc::Sender;

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;

/// How long a client may take to say what to run.
const START_WITHIN: Duration = Duration::from_secs(10);

type Sink = SplitSink<WebSocket, Message>;

/// Runs the command that the client asks for in its first frame.
pub(super) async fn run(socket: WebSocket, context: Context, (org, name): TenantPath) {
    let (mut sink, mut frames) = socket.split();
    let began = begin(&mut frames, &context, &org, &name).await;
    let last = match began {
        Ok(session) => pump(&mut sink, frames, session, &context).await,
        Err(error) => Some(ServerMessage::Problem(error.problem(&context.request))),
    };
    if let Some(last) = last {
        let text = serde_json::to_string(&last).expect("wire types have string keys only");
        // The client may be gone, which is its right.
        let _gone = sink.send(Message::Text(text.into())).await;
    }
    let _gone = sink.close().await;
}

async fn begin(
    frames: &mut SplitStream<WebSocket>,
    context: &Context,
    org: &str,
    name: &str,
) -> Result<ExecSession, ApiError> {
    let first = tokio::time::timeout(START_WITHIN, frames.next()).await;
    let Ok(Some(Ok(Message::Text(text)))) = first else {
        return Err(unreadable("the first frame must be text that says what to run".to_owned()));
    };
    let Start { run, terminal } = serde_json::from_str(&text)
        .map_err(|error| unreadable(format!("the first frame cannot be read: {error}")))?;
    let (right, command) = match run {
        Run::Command(arguments) => (Right::Exec, TenantCommand::Exec(arguments)),
        Run::Psql(arguments) => (Right::Psql, TenantCommand::Psql(arguments)),
        Run::Shell => (Right::Exec, TenantCommand::Shell),
    };
    context.demand(right, "run_command").await?;
    let terminal = terminal.map(size);
    Ok(context.engine.run_command(&context.actor, org, name, (command, terminal)).await?)
}

fn unreadable(detail: String) -> ApiError {
    ApiError::Unreadable { detail, problems: Vec::new() }
}

fn size(TerminalSize { columns, rows }: TerminalSize) -> berth_runtime::TerminalSize {
    berth_runtime::TerminalSize { columns, rows }
}

/// Returns the last word, `None` when nobody is there to hear it.
async fn pump(
    sink: &mut Sink,
    frames: SplitStream<WebSocket>,
    session: ExecSession,
    context: &Context,
) -> Option<ServerMessage> {
    let ExecSession { input, output } = session;
    tokio::select! {
        last = send_output(sink, output, context) => last,
        () = take_input(frames, input) => None,
        over = context.over() => Some(ServerMessage::Problem(over.problem(&context.request))),
    }
}

/// Hands the client's input on until the client goes away.
async fn take_input(mut frames: SplitStream<WebSocket>, input: Sender<ExecInput>) {
    // `None` after the client said that there is no more.
    let mut input = Some(input);
    while let Some(Ok(frame)) = frames.next().await {
        let given = match frame {
            Message::Binary(data) if data.first() == Some(&STDIN) => {
                Some(ExecInput::Data(data.slice(1..)))
            }
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(ClientMessage::Resize(to)) => Some(ExecInput::Resize(size(to))),
                Ok(ClientMessage::EndOfInput) => {
                    input = None;
                    None
                }
                Err(_) => return,
            },
            Message::Binary(_) | Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => None,
        };
        if let (Some(given), Some(to)) = (given, &input)
            && to.send(given).await.is_err()
        {
            // The command does not read any more; its output may still come.
            input = None;
        }
    }
}

/// Hands the command's output on until it ends.
async fn send_output(
    sink: &mut Sink,
    mut output: Outputs<ExecOutput>,
    context: &Context,
) -> Option<ServerMessage> {
    while let Some(piece) = output.next().await {
        let (channel, data) = match piece {
            Ok(ExecOutput::Out(data)) => (STDOUT, data),
            Ok(ExecOutput::Error(data)) => (STDERR, data),
            Ok(ExecOutput::Exit(exit)) => {
                let exit = Exit { code: exit.code, out_of_memory: exit.out_of_memory };
                return Some(ServerMessage::Exit(exit));
            }
            Err(error) => {
                let error = ApiError::from(error);
                return Some(ServerMessage::Problem(error.problem(&context.request)));
            }
        };
        for chunk in data.chunks(MAX_FRAME - 1) {
            sink.send(Message::Binary(framed(channel, chunk))).await.ok()?;
        }
    }
    let lost = ApiError::BrokeOff { what: "output of the command" };
    Some(ServerMessage::Problem(lost.problem(&context.request)))
}

fn framed(channel: u8, data: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(data.len() + 1);
    frame.put_u8(channel);
    frame.put_slice(data);
    frame.freeze()
}
