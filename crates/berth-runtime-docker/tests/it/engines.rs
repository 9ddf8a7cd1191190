//! Engines that say one thing, whatever they are asked.

use std::time::Duration;

use berth_runtime::Runtime;
use berth_runtime_docker::{ConnectOptions, Deadlines, connect_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// An engine's socket, in a folder of its own.
#[derive(Debug)]
pub(crate) struct Engine {
    folder: tempfile::TempDir,
}

impl Engine {
    /// Answers every request with the same JSON; `None` takes requests and never answers.
    pub(crate) fn start(answer: Option<&'static str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("engine.sock")).unwrap();
        #[expect(clippy::disallowed_methods, reason = "it ends with the executor of its test")]
        tokio::spawn(async move {
            let mut open = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                if let Some(answer) = answer {
                    serve(&mut stream, answer).await.unwrap();
                }
                // Closing it would be an answer.
                open.push(stream);
            }
        });
        Self { folder }
    }

    pub(crate) fn connect(&self, call: Duration) -> Runtime {
        let socket = self.folder.path().join("engine.sock");
        let docker_host = format!("unix://{}", socket.display());
        let options = ConnectOptions { docker_host, home: "test-unhelpful".to_owned() };
        connect_with(&options, Deadlines { call, ..Deadlines::default() }).unwrap()
    }
}

async fn serve(stream: &mut UnixStream, answer: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_buf(&mut request).await?;
    }
    let length = answer.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(answer.as_bytes()).await
}
