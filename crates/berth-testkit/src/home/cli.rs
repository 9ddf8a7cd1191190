//! The command line of Berth, as people and scripts use it.

use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::Home;

/// How long one command may take: the longest waits for a creation with a new blueprint.
const PATIENCE: Duration = Duration::from_mins(8);

/// What a command said, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Said {
    /// Standard output as text.
    ///
    /// # Panics
    ///
    /// When it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("commands write UTF-8")
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in what a command said: {self:?}"))
    }
}

impl Home {
    /// Runs `berth` with these arguments to its end.
    ///
    /// # Panics
    ///
    /// When it takes too long.
    pub async fn berth(&self, arguments: &[&str]) -> Said {
        self.berth_with_input(arguments, b"").await
    }

    /// Runs `berth` and expects success.
    ///
    /// # Panics
    ///
    /// When it fails. What it said is shown.
    pub async fn done(&self, arguments: &[&str]) -> Said {
        let said = self.berth(arguments).await;
        assert_eq!(said.code, Some(0), "berth {}: {}", arguments.join(" "), said.stderr);
        said
    }

    /// Runs `berth` with something on its standard input.
    ///
    /// # Panics
    ///
    /// When it takes too long.
    pub async fn berth_with_input(&self, arguments: &[&str], input: &[u8]) -> Said {
        let shown = arguments.join(" ");
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped());
        let mut child = command.spawn().expect("`berth` can be started");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let feed = async {
            // A command that does not read closes the pipe, which is its right.
            let _ = stdin.write_all(input).await;
            drop(stdin);
        };
        let run = async { tokio::join!(child.wait_with_output(), feed).0 };
        let output = tokio::time::timeout(PATIENCE, run).await;
        let output = output.unwrap_or_else(|_| panic!("`berth {shown}` did not end"));
        let Output { status, stdout, stderr } = output.expect("the output can be read");
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        Said { code: status.code(), stdout, stderr }
    }

    #[expect(clippy::disallowed_methods, reason = "the program that tests are about")]
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("BERTH_HOME", self.path()).env("NO_COLOR", "1").env_remove("DOCKER_HOST");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }
}
