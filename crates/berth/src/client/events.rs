//! Event streams (WHATWG HTML, "Server-sent events"), read one event at a time.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;

use super::Answer;
use crate::failure::Failure;

/// A stream of events.
#[derive(Debug)]
pub(crate) struct Events {
    answer: Answer,
    parser: Parser,
}

/// One event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: String,
}

/// Turns bytes into events, wherever they are cut.
#[derive(Debug, Default)]
struct Parser {
    line: Vec<u8>,
    event: Event,
    ready: VecDeque<Event>,
}

impl Events {
    pub(super) fn new(answer: Answer) -> Self {
        Self { answer, parser: Parser::default() }
    }

    /// Returns what the next event holds, `None` after the last one. The event `problem` is a
    /// failure.
    pub(crate) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Failure> {
        loop {
            if let Some(event) = self.parser.ready.pop_front() {
                return read(&event).map(Some);
            }
            match self.answer.chunk().await? {
                Some(chunk) => self.parser.feed(&chunk),
                None => return Ok(None),
            }
        }
    }
}

fn read<T: DeserializeOwned>(event: &Event) -> Result<T, Failure> {
    let strange = |error| anyhow::Error::new(error).context("cannot understand an event");
    if event.name == "problem" {
        let problem = serde_json::from_str(&event.data).map_err(strange)?;
        return Err(Failure::Problem(Box::new(problem)));
    }
    Ok(serde_json::from_str(&event.data).map_err(strange)?)
}

impl Parser {
    fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                self.take(&String::from_utf8_lossy(&line));
            } else {
                self.line.push(byte);
            }
        }
    }

    fn take(&mut self, line: &str) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            if !event.data.is_empty() {
                self.ready.push_back(event);
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // Comments are heartbeats, and ids are inside the data too.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_wherever_the_stream_is_cut() {
        let stream = ": alive\n\nevent: step\nid: 7\ndata: {\"a\":\ndata: 1}\n\ndata: 2\r\n\r\n";
        let event = |name: &str, data: &str| Event { name: name.to_owned(), data: data.to_owned() };

        for size in 1..stream.len() {
            let mut parser = Parser::default();
            stream.as_bytes().chunks(size).for_each(|chunk| parser.feed(chunk));

            assert_eq!(parser.ready, [event("step", "{\"a\":\n1}"), event("", "2")]);
        }
    }

    #[test]
    fn an_event_that_was_cut_off_does_not_count() {
        let mut parser = Parser::default();

        parser.feed(b"data: 1\n\ndata: 2\n");

        assert_eq!(parser.ready.len(), 1);
    }
}
