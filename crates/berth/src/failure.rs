//! Why a command did not do what it was asked for, and how that reads.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use berth_api::v1 as api;
use berth_config::Invalid;

use crate::exit::Exit;
use crate::files::Wrong;
use crate::visible::visible;

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server said no.
    Problem(Box<api::Problem>),
    /// Nobody answers at the socket.
    NotRunning {
        socket: PathBuf,
    },
    /// There is no way to a server elsewhere.
    Unreachable {
        message: String,
        because: String,
        hint: String,
    },
    /// The server went away in the middle.
    Lost(anyhow::Error),
    /// An operation did not end the way it should.
    Operation(Box<api::Operation>),
    /// The configuration cannot be read.
    Config(Invalid),
    /// Files are not right, or what they say cannot be. Nothing was begun.
    Files(Vec<Wrong>),
    /// One of several things failed.
    About {
        name: String,
        failure: Box<Failure>,
    },
    /// It was understood, and is refused here.
    Refused {
        message: String,
        hint: Option<String>,
    },
    /// Whoever read the output has gone.
    ReaderGone,
    Other(anyhow::Error),
}

impl Failure {
    pub(crate) fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), hint: Some(hint.into()) }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            // It was done, and not refused; only what it says is lost.
            Self::Problem(problem) if problem.is_done() => Exit::Failed,
            Self::Problem(problem) if problem.status < 500 => Exit::Refused,
            Self::Refused { .. } | Self::Files(_) => Exit::Refused,
            Self::About { failure, .. } => failure.exit(),
            Self::ReaderGone => Exit::Success,
            Self::Problem(_)
            | Self::NotRunning { .. }
            | Self::Unreachable { .. }
            | Self::Lost(_)
            | Self::Operation(_)
            | Self::Config(_)
            | Self::Other(_) => Exit::Failed,
        }
    }

    /// Whether what was asked for may be done all the same: the answer got lost or cannot be read, or Berth
    /// failed, which may have been afterwards.
    pub(crate) fn leaves_open(&self) -> bool {
        match self {
            Self::Problem(problem) => problem.status >= 500,
            Self::Lost(_) | Self::Other(_) => true,
            Self::About { failure, .. } => failure.leaves_open(),
            Self::NotRunning { .. }
            | Self::Unreachable { .. }
            | Self::Operation(_)
            | Self::Config(_)
            | Self::Files(_)
            | Self::Refused { .. }
            | Self::ReaderGone => false,
        }
    }

    /// The lines under `error:` and `hint:`; `None` when there is nobody to tell.
    pub(crate) fn report(&self) -> Option<Report> {
        Some(match self {
            Self::Problem(problem) => of_problem(problem),
            Self::NotRunning { socket } => Report {
                error: "berth is not running".to_owned(),
                details: vec![format!("because: nobody answers at {}", socket.display())],
                hint: Some("start it with `berth serve` or `make run`".to_owned()),
            },
            Self::Unreachable { message, because, hint } => Report {
                error: message.clone(),
                details: vec![format!("because: {because}")],
                hint: Some(hint.clone()),
            },
            Self::Lost(error) => Report {
                error: "berth went away".to_owned(),
                details: causes(error),
                hint: Some("look at its log; operations go on when it is back".to_owned()),
            },
            Self::Operation(operation) => of_operation(operation),
            Self::Config(invalid) => of_config(invalid),
            Self::Files(wrong) => of_files(wrong),
            Self::About { name, failure } => {
                let report = failure.report()?;
                Report { error: format!("{name}: {}", report.error), ..report }
            }
            Self::Refused { message, hint } => {
                Report { error: message.clone(), details: Vec::new(), hint: hint.clone() }
            }
            Self::Other(error) => {
                Report { error: error.to_string(), details: causes(error).split_off(1), hint: None }
            }
            Self::ReaderGone => return None,
        })
    }
}

impl Failure {
    /// All of it on one line, for programs; `None` when there is nobody to tell.
    pub(crate) fn in_one_line(&self) -> Option<String> {
        let Report { error, details, .. } = self.report()?;
        Some(std::iter::once(error).chain(details).collect::<Vec<_>>().join("; "))
    }
}

/// What people read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    error: String,
    details: Vec<String>,
    hint: Option<String>,
}

impl Report {
    /// `paint` colours the labels `error` and `hint`.
    pub(crate) fn render(&self, paint: impl Fn(&'static str) -> String) -> String {
        let mut text = format!("{}: {}\n", paint("error"), visible(&self.error));
        for detail in &self.details {
            writeln!(text, "  {}", visible(detail)).expect("writing to a string cannot fail");
        }
        if let Some(hint) = &self.hint {
            write!(text, "\n{}: {}\n", paint("hint"), visible(hint))
                .expect("writing to a string cannot fail");
        }
        text
    }
}

fn causes(error: &anyhow::Error) -> Vec<String> {
    error.chain().map(|cause| format!("because: {cause}")).collect()
}

fn of_problem(problem: &api::Problem) -> Report {
    let mut details: Vec<String> =
        problem.because.iter().map(|cause| format!("because: {cause}")).collect();
    for found in &problem.problems {
        details.push(match found.field.as_str() {
            "" => found.message.clone(),
            field => format!("{field}: {}", found.message),
        });
        details.extend(found.hint.iter().map(|hint| format!("  hint: {hint}")));
    }
    Report { error: problem.detail.clone(), details, hint: problem.hint.clone() }
}

fn of_operation(operation: &api::Operation) -> Report {
    let api::Operation { id, kind, target, state, error, .. } = operation;
    let details = error.iter().map(|error| format!("because: {error}")).collect();
    let (error, hint) = match state.as_str() {
        "undone" => (format!("{kind} of {target} was undone"), None),
        "stuck" => (
            format!("{kind} of {target} is stuck"),
            Some(format!(
                "`berth operation retry {id}` tries it again, `berth operation undo {id}` takes it back"
            )),
        ),
        state => (format!("{kind} of {target} is {state}"), None),
    };
    Report { error, details, hint }
}

fn of_config(invalid: &Invalid) -> Report {
    let mut details = Vec::new();
    for mistake in &invalid.0 {
        details.push(mistake.to_string());
        details.extend(mistake.hint.iter().map(|hint| format!("  hint: {hint}")));
    }
    let hint = Some("`berth config sample` shows every setting".to_owned());
    Report { error: invalid.to_string(), details, hint }
}

fn of_files(wrong: &[Wrong]) -> Report {
    let mut details = Vec::new();
    for Wrong { line, hint } in wrong {
        details.push(line.clone());
        details.extend(hint.iter().map(|hint| format!("  hint: {hint}")));
    }
    let error = match wrong.len() {
        1 => "something is wrong with the files".to_owned(),
        count => format!("{count} things are wrong with the files"),
    };
    Report { error, details, hint: None }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::Config(invalid)
    }
}

/// A failure to write to standard output or standard error.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Self::Other(anyhow::Error::new(error).context("cannot write the output"))
    }
}
