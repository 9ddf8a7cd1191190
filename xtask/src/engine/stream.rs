//! The stream of messages with which the engine reports a pull or a build.
//!
//! # Invariants
//!
//! * Everything goes to the log; people see the start of each step.
//! * An error in the stream is an error, although the status was 200.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::http::Answer;
use crate::progress;

const LAST_LINES: usize = 25;
/// How long people are left without a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(10);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message {
    stream: Option<String>,
    status: Option<String>,
    id: Option<String>,
    error: Option<String>,
}

/// Follows a stream of messages and tells people what matters in it.
#[derive(Debug)]
pub(crate) struct Narration {
    log: Option<File>,
    last: VecDeque<String>,
    said: Instant,
}

impl Narration {
    pub(crate) fn silent() -> Self {
        Self { log: None, last: VecDeque::new(), said: Instant::now() }
    }

    /// Keeps everything in `log`.
    pub(crate) fn into_log(log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("create {}", log.display()))?;
        Ok(Self { log: Some(file), ..Self::silent() })
    }

    /// Reads the stream to its end; fails when a message says that the work failed.
    pub(super) fn follow(&mut self, answer: Answer) -> Result<()> {
        for line in answer.body.lines() {
            let line = line.context("wait for the engine's next message")?;
            let Ok(message) = serde_json::from_str::<Message>(&line) else { continue };
            if let Some(error) = message.error {
                if self.log.is_some() {
                    self.last.iter().for_each(|line| progress::detail(line));
                }
                bail!("{}", brief(&error));
            }
            self.hear(&message)?;
        }
        Ok(())
    }

    fn hear(&mut self, message: &Message) -> Result<()> {
        let Some(log) = &mut self.log else { return Ok(()) };
        let text = message.stream.as_deref().or(message.status.as_deref()).unwrap_or_default();
        let text = text.trim_end();
        if text.is_empty() {
            return Ok(());
        }
        writeln!(log, "{text}").context("write the build log")?;
        self.say(message, text.lines().last().unwrap_or_default());
        if !is_bookkeeping(text) {
            self.last.push_back(text.to_owned());
        }
        if self.last.len() > LAST_LINES {
            self.last.pop_front();
        }
        Ok(())
    }

    fn say(&mut self, message: &Message, line: &str) {
        let brief: String = line.chars().take(100).collect();
        let of = message.id.as_deref().map(|id| format!("{id}: ")).unwrap_or_default();
        if is_worth_saying(message) {
            progress::say(format!("  {of}{}", brief.trim_start_matches("==> ")));
        } else if self.said.elapsed() >= HEARTBEAT {
            progress::say(format!("  still at it: {of}{brief}"));
        } else {
            return;
        }
        self.said = Instant::now();
    }
}

/// An error without the whole command that the engine quotes in it.
fn brief(error: &str) -> &str {
    error.rfind("returned a non-zero code").map_or(error, |at| &error[at..]).trim()
}

/// What an engine says about itself rather than about the work.
fn is_bookkeeping(text: &str) -> bool {
    ["Step ", " --->", "Removing intermediate"].iter().any(|start| text.starts_with(start))
}

/// A line that a recipe marked, or the beginning and the finished layers of a pull.
fn is_worth_saying(message: &Message) -> bool {
    let marked = |text: &String| text.starts_with("==> ");
    let pull =
        |text: &String| text.starts_with("Pull complete") || text.starts_with("Pulling from");
    message.stream.as_ref().is_some_and(marked) || message.status.as_ref().is_some_and(pull)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_build_step_is_not_quoted_whole() {
        let error = "The command '/bin/sh -c a; b; c' returned a non-zero code: 100";

        assert_eq!(brief(error), "returned a non-zero code: 100");
        assert_eq!(brief("no space left"), "no space left");
    }
}
