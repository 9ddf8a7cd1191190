//! The only way to standard output and standard error.

use std::io::{self, IsTerminal as _, Write as _};

use berth_config::Environment;
use berth_domain::OrganisationName;
use clap::ValueEnum;
use owo_colors::OwoColorize as _;
use serde::Serialize;

use crate::cli::Global;
use crate::failure::Failure;
use crate::visible::visible;

/// What data looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Text,
    /// For programs: what the API says.
    Json,
}

/// Prints data and talk.
#[derive(Debug, Clone)]
pub(crate) struct Printer {
    output: Output,
    is_quiet: bool,
    has_colour: bool,
    /// Standard error is a terminal that can show progress.
    is_live: bool,
    /// Which organisation is meant. `None`: the one that is meant when nobody says.
    organisation: Option<String>,
}

/// What is said of commands depends on the organisation, if they begin with one of these.
const OF_AN_ORGANISATION: [&str; 14] = [
    "apply",
    "audit",
    "diff",
    "export",
    "invitation",
    "mail",
    "member",
    "operation",
    "quota",
    "schedule",
    "tenant",
    "token",
    "upload",
    "webhook",
];

impl Printer {
    pub(crate) fn new(global: &Global, environment: &Environment) -> Self {
        let is_terminal = io::stderr().is_terminal();
        let refuses = global.no_color || environment.refuses_colour();
        Self {
            output: global.output,
            is_quiet: global.quiet,
            has_colour: is_terminal && !refuses,
            is_live: is_terminal && environment.get("TERM") != Some("dumb"),
            organisation: global
                .organisation(environment)
                .ok()
                .filter(|name| name != OrganisationName::FIRST),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.output == Output::Json
    }

    /// Whether progress may be redrawn.
    pub(crate) fn is_live(&self) -> bool {
        self.is_live && !self.is_quiet
    }

    /// Says something, unless asked to be quiet. Nothing depends on anybody hearing it.
    pub(crate) fn talk(&self, text: &str) {
        if !self.is_quiet {
            self.say(&format!("{}\n", visible(text)));
        }
    }

    /// Says what could be done next, unless asked to be quiet.
    pub(crate) fn hint(&self, text: &str) {
        if !self.is_quiet {
            self.say(&format!("{}: {}\n", self.paint("hint"), visible(&self.placed(text))));
        }
    }

    /// Says what went wrong.
    pub(crate) fn report(&self, failure: &Failure) {
        if let Some(report) = failure.report() {
            self.say(&self.placed(&report.render(|label| self.paint(label))));
        }
    }

    /// The text with its commands as they are typed for the organisation that is meant.
    fn placed(&self, text: &str) -> String {
        let Some(organisation) = &self.organisation else { return text.to_owned() };
        OF_AN_ORGANISATION.iter().fold(text.to_owned(), |text, noun| {
            text.replace(
                &format!("`berth {noun} "),
                &format!("`berth --organisation {organisation} {noun} "),
            )
        })
    }

    fn paint(&self, label: &'static str) -> String {
        match (self.has_colour, label) {
            (true, "error") => label.red().bold().to_string(),
            (true, _) => label.cyan().bold().to_string(),
            (false, _) => label.to_owned(),
        }
    }
}

#[expect(clippy::unused_self, reason = "whoever has no printer has no business with the terminal")]
impl Printer {
    /// Prints lines of data.
    pub(crate) fn data(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(visible(text).as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        Ok(out.flush()?)
    }

    /// Prints data as it is, byte for byte.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Prints data for programs.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).expect("wire types have string keys only");
        self.raw((text + "\n").as_bytes())
    }

    /// Prints one line of JSON, for streams.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value).expect("wire types have string keys only");
        self.raw((text + "\n").as_bytes())
    }

    /// Asks a question and leaves the cursor behind it.
    pub(crate) fn ask(&self, question: &str) -> Result<(), Failure> {
        let mut error = io::stderr().lock();
        error.write_all(visible(question).as_bytes())?;
        Ok(error.flush()?)
    }

    fn say(&self, text: &str) {
        // When standard error is gone there is nobody left to tell.
        let _gone = io::stderr().lock().write_all(text.as_bytes());
    }
}
