//! What people see: progress with elapsed time, questions, errors.
//!
//! # Invariants
//!
//! * The only module of `xtask` that prints, [`fact`] excepted all on stderr.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is this module's job")]

use std::io::{BufRead, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::environment;

fn began() -> Instant {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    *BEGAN.get_or_init(Instant::now)
}

/// Says what happens now, with the time since the command began.
pub(crate) fn say(text: impl AsRef<str>) {
    eprintln!("[{:>6.1} s] {}", began().elapsed().as_secs_f64(), text.as_ref());
}

/// Prints a result, on standard output.
pub(crate) fn fact(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// Prints lines of some other program below what was just said.
pub(crate) fn detail(lines: &str) {
    for line in lines.lines() {
        eprintln!("             {line}");
    }
}

/// Prints an error and its causes.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// A duration as people read it.
pub(crate) fn human(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// How a question that nobody can be asked is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unattended {
    /// Goes on: the answer only costs time and disk.
    GoesOn,
    /// Refuses: the answer destroys something.
    Refuses,
}

/// Asks for consent; `YES=1` and `yes` answer it beforehand.
pub(crate) fn consent(question: &str, yes: bool, unattended: Unattended) -> Result<()> {
    if yes || environment::is_yes() {
        return Ok(());
    }
    if !environment::is_interactive() {
        return match unattended {
            Unattended::GoesOn => Ok(()),
            Unattended::Refuses => bail!("nobody to ask: set YES=1 to go on without a question"),
        };
    }
    eprint!("{question} [y/N] ");
    std::io::stderr().flush().context("write the question")?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).context("read the answer")?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => bail!("stopped: the question was not answered with y"),
    }
}
