//! Follows what an installing Odoo prints.
//!
//! A log line is `2026-05-04 10:00:00,123 1 INFO t_0 odoo.modules.loading: Loading module crm (40/44)`
//! (`odoo/netsvc.py`); a traceback follows the line that announces it, without that beginning.

use std::collections::VecDeque;

/// How far the installation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A module's turn has come.
    Module { name: String, index: u32, total: u32 },
    /// The registry is whole; what follows is shutting down.
    Loaded,
}

/// Why the installation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One sentence.
    pub reason: String,
    /// The last traceback. `None`: there was none.
    pub traceback: Option<String>,
    /// The module whose turn it was. `None`: it failed before the first.
    pub module: Option<String>,
}

/// Longer tracebacks lose their beginning: the end says what happened.
const TRACEBACK_LINES: usize = 120;
const REASON_CHARS: usize = 500;

/// Reads an installation's output, line by line.
#[derive(Debug, Clone, Default)]
pub struct InstallOutput {
    module: Option<String>,
    in_traceback: bool,
    traceback: VecDeque<String>,
    last_error: Option<String>,
    last_line: Option<String>,
}

impl InstallOutput {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one line. `None`: it says nothing about progress.
    pub fn push(&mut self, line: &str) -> Option<Progress> {
        let line = line.trim_end();
        if line.starts_with("Traceback (most recent call last)") {
            // A chain ("During handling of the above exception …") is one traceback.
            if !self.in_traceback {
                self.traceback.clear();
            }
            self.in_traceback = true;
        }
        let Some(log) = LogLine::parse(line) else {
            if self.in_traceback {
                self.keep(line);
            } else if !line.trim().is_empty() {
                self.last_line = Some(line.to_owned());
            }
            return None;
        };
        self.in_traceback = false;
        if matches!(log.level, "ERROR" | "CRITICAL") {
            self.last_error = Some(log.message.to_owned());
        }
        self.progress(log.message)
    }

    /// Says why the run failed, after it did.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let last_of_traceback =
            self.traceback.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty());
        let reason = last_of_traceback
            .or(self.last_error.as_deref())
            .or(self.last_line.as_deref())
            .unwrap_or("Odoo ended without saying why");
        let traceback: Vec<&str> = self.traceback.iter().map(String::as_str).collect();
        Failure {
            reason: reason.chars().take(REASON_CHARS).collect(),
            traceback: (!traceback.is_empty()).then(|| traceback.join("\n").trim_end().to_owned()),
            module: self.module.clone(),
        }
    }

    fn progress(&mut self, message: &str) -> Option<Progress> {
        if message == "Modules loaded." {
            self.module = None;
            return Some(Progress::Loaded);
        }
        let (name, count) = message.strip_prefix("Loading module ")?.split_once(" (")?;
        let (index, total) = count.strip_suffix(')')?.split_once('/')?;
        let (index, total) = (index.parse().ok()?, total.parse().ok()?);
        self.module = Some(name.to_owned());
        Some(Progress::Module { name: name.to_owned(), index, total })
    }

    fn keep(&mut self, line: &str) {
        if self.traceback.len() == TRACEBACK_LINES {
            self.traceback.pop_front();
        }
        self.traceback.push_back(line.to_owned());
    }
}

struct LogLine<'a> {
    level: &'a str,
    message: &'a str,
}

impl<'a> LogLine<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        // Date, time, process, level, database, logger: message.
        let mut rest = line;
        let mut field = || {
            let (first, after) = rest.split_once(' ')?;
            rest = after;
            Some(first)
        };
        let (date, time, process, level) = (field()?, field()?, field()?, field()?);
        let is_log = date.len() == 10
            && date.starts_with(|c: char| c.is_ascii_digit())
            && time.contains(',')
            && process.bytes().all(|b| b.is_ascii_digit());
        let is_level = matches!(
            level,
            "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL" | "RUNBOT" | "TEST"
        );
        if !is_log || !is_level {
            return None;
        }
        let (_, message) = rest.split_once(": ")?;
        Some(Self { level, message: message.trim_end() })
    }
}
