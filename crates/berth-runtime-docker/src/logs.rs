//! What containers said.

use std::collections::VecDeque;
use std::sync::Arc;

use berth_domain::Timestamp;
use berth_runtime::{LogLine, LogQuery, RuntimeError, Stream, WorkloadName};
use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptions;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use crate::client::Client;
use crate::lines::LineBuffer;
use crate::{failure, workloads};

const ACTION: &str = "read the log";

/// Reads a log, as the engine kept it.
pub(crate) async fn read(
    client: &Arc<Client>,
    name: &WorkloadName,
    query: LogQuery,
) -> Result<Stream<LogLine>, RuntimeError> {
    let there = client.get_ours(name).await?;
    let options = LogsOptions {
        follow: query.follow,
        stdout: true,
        stderr: true,
        timestamps: true,
        // The engine counts in seconds; the exact comparison is ours.
        since: query.since.and_then(|at| i32::try_from(at.as_second()).ok()).unwrap_or_default(),
        tail: query.tail.map_or_else(|| "all".to_owned(), |tail| tail.to_string()),
        until: 0,
    };
    let docker = client.streaming().await?;
    let reader = Reader {
        frames: docker.logs(workloads::id(&there), Some(options)).boxed(),
        lines: Lines::new(query.since),
        ready: VecDeque::new(),
        seconds: client.deadlines().call.as_secs(),
        has_ended: false,
    };
    Ok(stream::unfold(reader, async |mut reader| {
        let line = reader.next_line().await?;
        Some((line, reader))
    })
    .boxed())
}

struct Reader {
    frames: BoxStream<'static, Result<LogOutput, bollard::errors::Error>>,
    lines: Lines,
    ready: VecDeque<LogLine>,
    /// The deadline, for the failure that names it.
    seconds: u64,
    has_ended: bool,
}

impl Reader {
    /// `None`: the log ended.
    async fn next_line(&mut self) -> Option<Result<LogLine, RuntimeError>> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(Ok(line));
            }
            if self.has_ended {
                return None;
            }
            match self.frames.next().await {
                Some(Ok(frame)) => self.ready.extend(self.lines.push(&frame)),
                Some(Err(error)) => {
                    self.has_ended = true;
                    return Some(Err(failure::sort(ACTION, self.seconds, error)));
                }
                None => {
                    self.has_ended = true;
                    self.ready.extend(self.lines.finish());
                }
            }
        }
    }
}

/// Puts lines together. The engine keeps a long line in pieces of 16 KiB, each in a frame of its own
/// with a time of its own, of which only the last has a line end.
struct Lines {
    since: Option<Timestamp>,
    outputs: [Output; 2],
}

#[derive(Default)]
struct Output {
    buffer: LineBuffer,
    /// When the line that is in the buffer began.
    began: Option<Timestamp>,
}

impl Lines {
    fn new(since: Option<Timestamp>) -> Self {
        Self { since, outputs: Default::default() }
    }

    fn push(&mut self, frame: &LogOutput) -> Vec<LogLine> {
        let is_error = matches!(frame, LogOutput::StdErr { .. });
        let output = &mut self.outputs[usize::from(is_error)];
        let (at, text) = split_time(frame.as_ref());
        if output.buffer.is_at_line_start() {
            output.began = at;
        }
        let at = output.began;
        let since = self.since;
        let lines = output.buffer.push(text).into_iter();
        lines.map(|text| LogLine { at, is_error, text }).filter(|l| is_wanted(l, since)).collect()
    }

    fn finish(&mut self) -> Vec<LogLine> {
        let mut lines = Vec::new();
        for (output, is_error) in self.outputs.iter_mut().zip([false, true]) {
            let text = output.buffer.finish();
            lines.extend(text.map(|text| LogLine { at: output.began, is_error, text }));
        }
        lines.retain(|line| is_wanted(line, self.since));
        lines
    }
}

fn is_wanted(line: &LogLine, since: Option<Timestamp>) -> bool {
    match (since, line.at) {
        (Some(since), Some(at)) => at > since,
        (None, _) | (_, None) => true,
    }
}

/// Takes the time off that the engine put in front.
fn split_time(frame: &[u8]) -> (Option<Timestamp>, &[u8]) {
    let Some(space) = frame.iter().position(|&byte| byte == b' ') else {
        return (None, frame);
    };
    let time = std::str::from_utf8(&frame[..space]).ok().and_then(|text| text.parse().ok());
    match time {
        Some(time) => (Some(time), &frame[space + 1..]),
        None => (None, frame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(text: &str) -> LogOutput {
        LogOutput::StdOut { message: text.to_owned().into() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_long_line_has_the_time_of_its_first_piece() {
        let mut lines = Lines::new(None);

        assert!(lines.push(&out("2026-05-04T10:00:00.000000001Z begin ")).is_empty());
        let line = lines.push(&out("2026-05-04T10:00:00.000000002Z and end\n"));

        let expected = LogLine {
            at: Some(at("2026-05-04T10:00:00.000000001Z")),
            is_error: false,
            text: "begin and end".to_owned(),
        };
        assert_eq!(line, [expected]);
    }

    #[test]
    fn only_younger_lines_are_wanted_to_the_nanosecond() {
        let mut lines = Lines::new(Some(at("2026-05-04T10:00:00.5Z")));

        assert!(lines.push(&out("2026-05-04T10:00:00.500000000Z old\n")).is_empty());
        assert_eq!(lines.push(&out("2026-05-04T10:00:00.500000001Z new\n")).len(), 1);
    }

    #[test]
    fn a_line_without_a_time_is_kept_whole() {
        let mut lines = Lines::new(None);

        let line = lines.push(&out("no time here\n"));

        let expected = LogLine { at: None, is_error: false, text: "no time here".to_owned() };
        assert_eq!(line, [expected]);
    }
}
