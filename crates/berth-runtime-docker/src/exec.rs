//! Commands inside running containers.

use std::sync::Arc;

use berth_runtime::{
    ExecInput, ExecOutput, ExecSession, ExecSpec, Exit, RuntimeError, Stream, TerminalSize,
    WorkloadName,
};
use bollard::models::ExecConfig;
use bollard::query_parameters::ResizeExecOptions;
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;

use crate::client::Client;
use crate::frames::{Chunks, Source};
use crate::{hijack, workloads};

const ACTION: &str = "run a command inside the container";

/// How much input may wait for a command that does not read.
const INPUT_BACKLOG: usize = 32;

/// The character that a terminal takes for the end of input (termios, `VEOF`). Twice, because the first
/// only ends a line that was begun.
const END_OF_INPUT: &[u8] = &[4, 4];

/// Starts a command and returns both its ends.
pub(crate) async fn run(
    client: &Arc<Client>,
    name: &WorkloadName,
    spec: ExecSpec,
) -> Result<ExecSession, RuntimeError> {
    let there = client.get_ours(name).await?;
    let docker = client.docker().await?;
    let terminal = spec.terminal;
    let config = describe(spec);
    let id = client.call(ACTION, docker.create_exec(workloads::id(&there), config)).await?.id;

    let connection = start(client, &id, terminal).await?;
    let (reader, writer) = tokio::io::split(connection);
    let (input, received) = mpsc::channel(INPUT_BACKLOG);
    let writer = Input { client: Arc::clone(client), id: id.clone(), writer, terminal };
    #[expect(
        clippy::disallowed_methods,
        reason = "the task ends when the session's owner drops its input, or the connection breaks"
    )]
    tokio::spawn(writer.pass_on(received));
    let chunks = match terminal {
        Some(_) => Chunks::plain(reader),
        None => Chunks::multiplexed(reader),
    };
    let output = Output { client: Arc::clone(client), id, chunks, has_ended: false };
    Ok(ExecSession { input, output: output.into_stream() })
}

async fn start(
    client: &Client,
    id: &str,
    terminal: Option<TerminalSize>,
) -> Result<hijack::Connection, RuntimeError> {
    let request = serde_json::json!({
        "Detach": false,
        "Tty": terminal.is_some(),
        "ConsoleSize": terminal.map(|size| [size.rows, size.columns]),
    });
    let path = format!("/exec/{id}/start");
    let start = hijack::post(client.socket(), &path, Some(request.to_string()));
    let connection = client.call(ACTION, start).await?;
    if let Some(size) = terminal {
        // Engines before API 1.42 take no size at the start.
        resize(client, id, size).await?;
    }
    Ok(connection)
}

/// Runs as the container's user, with the container's privileges, which are none.
fn describe(spec: ExecSpec) -> ExecConfig {
    let ExecSpec { command, environment, terminal } = spec;
    let environment = environment.into_iter().map(|(name, value)| format!("{name}={value}"));
    ExecConfig {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        tty: Some(terminal.is_some()),
        console_size: terminal.map(|size| vec![size.rows.into(), size.columns.into()]),
        env: Some(environment.collect()),
        cmd: Some(command),
        privileged: Some(false),
        ..ExecConfig::default()
    }
}

async fn resize(client: &Client, id: &str, size: TerminalSize) -> Result<(), RuntimeError> {
    let docker = client.docker().await?;
    let size = ResizeExecOptions { h: size.rows.into(), w: size.columns.into() };
    // A command that already ended has no terminal to resize.
    client.find("resize the terminal", docker.resize_exec(id, size)).await.map(|_| ())
}

struct Input {
    client: Arc<Client>,
    id: String,
    writer: WriteHalf<hijack::Connection>,
    terminal: Option<TerminalSize>,
}

impl Input {
    async fn pass_on(mut self, mut received: mpsc::Receiver<ExecInput>) {
        while let Some(input) = received.recv().await {
            let passed = match input {
                ExecInput::Data(data) => self.write(&data).await,
                ExecInput::Resize(size) => {
                    if let Err(error) = resize(&self.client, &self.id, size).await {
                        tracing::debug!(%error, "a terminal keeps its size");
                    }
                    Ok(())
                }
            };
            // The command ended, or the connection broke: its output says which.
            if passed.is_err() {
                return;
            }
        }
        // The engine ends the whole session when the input of one with a terminal is shut down, so the
        // terminal itself has to say that the input ended.
        let closed = match self.terminal {
            Some(_) => self.write(END_OF_INPUT).await,
            None => self.writer.shutdown().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "a command ended before its input was closed");
        }
    }

    async fn write(&mut self, data: &[u8]) -> std::io::Result<()> {
        self.writer.write_all(data).await?;
        self.writer.flush().await
    }
}

struct Output {
    client: Arc<Client>,
    id: String,
    chunks: Chunks<ReadHalf<hijack::Connection>>,
    has_ended: bool,
}

impl Output {
    fn into_stream(self) -> Stream<ExecOutput> {
        stream::unfold(self, async |mut output| {
            if output.has_ended {
                return None;
            }
            let next = output.next().await;
            output.has_ended = matches!(next, Err(_) | Ok(ExecOutput::Exit(_)));
            Some((next, output))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<ExecOutput, RuntimeError> {
        let chunk = self.chunks.next().await;
        match chunk.map_err(|error| RuntimeError::Unreachable(Box::new(error)))? {
            Some((Source::Out, data)) => Ok(ExecOutput::Out(data)),
            Some((Source::Error, data)) => Ok(ExecOutput::Error(data)),
            None => exit(&self.client, &self.id).await.map(ExecOutput::Exit),
        }
    }
}

/// The output ends a moment before the engine knows how the command did.
async fn exit(client: &Client, id: &str) -> Result<Exit, RuntimeError> {
    let docker = client.docker().await?;
    client
        .wait_for("end the command", || async {
            let now = client.call(ACTION, docker.inspect_exec(id)).await?;
            // Engines do not tell whether it was the kernel that ended a command.
            let exit = now.exit_code.map(|code| Exit { code, out_of_memory: false });
            Ok(exit.filter(|_| now.running == Some(false)))
        })
        .await
}
