//! Something that runs, from its input to its end, and how that is told.
//!
//! # Invariants
//!
//! * More than so much of what it says is thrown away and not kept, and it runs on: how it ends is told.
//! * Nobody waits longer than so long. What is let go finds its input closed and its output gone, as it does when
//!   a client of the API goes away. It may go on all the same: nothing ends a program in a container but itself.

use std::time::Duration;

use askama::Template;
use berth_domain::Bytes as Size;
use berth_runtime::{ExecInput, ExecOutput, ExecSession, Exit};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use crate::error::ApiError;
use crate::pages::tenant::harmless;
use crate::pages::words::{Status, size, span};

/// How long it is waited for.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// How many bytes of what it says are shown, of both outputs together: far more than anybody reads.
pub(super) const MOST_SAID: usize = 256 * 1024;
/// What a program ends with that was killed (128 and SIGKILL; POSIX.1-2024, Shell Command Language, 2.8.2).
const KILLED: i64 = 137;

/// What came of it. Nobody prints it.
pub(super) struct Ran {
    said: Said,
    end: End,
    took: Duration,
}

/// What it said.
#[derive(Default)]
struct Said {
    out: Vec<u8>,
    error: Vec<u8>,
    is_cut: bool,
}

/// How it ended, as far as anybody knows.
enum End {
    Exit(Exit),
    /// It was let go.
    TooLong(Duration),
    /// Contact with it was lost, or whoever began it may not stay.
    Lost(ApiError),
}

/// The same for people.
#[derive(Template)]
#[template(path = "parts/ran.html")]
pub(super) struct Outcome {
    status: Status,
    took: String,
    /// In sentences.
    notes: Vec<String>,
    out: String,
    error: String,
}

/// Gives it its input and takes what it says, until it ends, or has run for too long, or `over` says that
/// whoever began it may not stay.
pub(super) async fn follow(
    (session, given): (ExecSession, Bytes),
    patience: Duration,
    over: impl Future<Output = ApiError>,
) -> Ran {
    let began = Instant::now();
    let mut said = Said::default();
    let end = tokio::select! {
        end = timeout(patience, said.take(session, given)) => end.unwrap_or(End::TooLong(patience)),
        over = over => End::Lost(over),
    };
    Ran { said, end, took: began.elapsed() }
}

impl Said {
    async fn take(&mut self, session: ExecSession, given: Bytes) -> End {
        let ExecSession { input, mut output } = session;
        if !given.is_empty() {
            // One that ended already says so by itself.
            let _ended = input.send(ExecInput::Data(given)).await;
        }
        drop(input);
        while let Some(piece) = output.next().await {
            match piece {
                Ok(ExecOutput::Out(bytes)) => {
                    let room = self.room(bytes.len());
                    self.out.extend_from_slice(&bytes[..room]);
                }
                Ok(ExecOutput::Error(bytes)) => {
                    let room = self.room(bytes.len());
                    self.error.extend_from_slice(&bytes[..room]);
                }
                Ok(ExecOutput::Exit(exit)) => return End::Exit(exit),
                Err(error) => return End::Lost(error.into()),
            }
        }
        End::Lost(ApiError::BrokeOff { what: "output of the command" })
    }

    /// How many of so many bytes are kept.
    fn room(&mut self, wanted: usize) -> usize {
        let left = MOST_SAID - self.out.len() - self.error.len();
        self.is_cut |= wanted > left;
        wanted.min(left)
    }
}

impl Outcome {
    /// `in_words` words a failure.
    pub(super) fn of(
        Ran { said, end, took }: Ran,
        in_words: impl FnOnce(&ApiError) -> String,
    ) -> Self {
        let (status, note) = told(&end, in_words);
        let cut = said.is_cut.then(|| {
            let most = size(Size(MOST_SAID as u64));
            format!("It said more than {most}. The rest was cut off.")
        });
        let is_silent = said.out.is_empty() && said.error.is_empty();
        let silent = is_silent.then(|| "It said nothing.".to_owned());
        let text = |said: &[u8]| harmless::lines(&String::from_utf8_lossy(said));
        Self {
            status,
            took: span(took),
            notes: [note, cut, silent].into_iter().flatten().collect(),
            out: text(&said.out),
            error: text(&said.error),
        }
    }
}

/// How it ended, and what there is to say of that.
fn told(end: &End, in_words: impl FnOnce(&ApiError) -> String) -> (Status, Option<String>) {
    match end {
        End::Exit(Exit { out_of_memory: true, .. }) => {
            let why = "It was killed, because it reached the tenant's memory limit.";
            (Status::new("error", "Out of memory"), Some(why.to_owned()))
        }
        End::Exit(Exit { code: 0, .. }) => (Status::new("ok", "Ended with 0"), None),
        End::Exit(Exit { code: KILLED, .. }) => {
            let why = "That is how a program ends that is killed: mostly it reached the tenant's memory limit.";
            (Status::new("error", format!("Failed with {KILLED}")), Some(why.to_owned()))
        }
        End::Exit(Exit { code, .. }) => (Status::new("error", format!("Failed with {code}")), None),
        End::TooLong(patience) => {
            let note = format!(
                "After {} s it is not waited for any more. Its input was closed; it may go on in the tenant \
                 all the same. From the terminal there is no such limit.",
                patience.as_secs()
            );
            (Status::new("warn", "Not over yet"), Some(note))
        }
        End::Lost(error) => {
            let note = format!("{} It may go on in the tenant all the same.", in_words(error));
            (Status::new("warn", "Contact was lost"), Some(note))
        }
    }
}

#[cfg(test)]
mod tests;
