//! Running `berth` as a person would.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// Prepares `berth` in a home, with nothing of this process's environment.
pub(crate) fn command(home: &Path, arguments: &[&str]) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the program itself is under test")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_berth"));
    command
        .env_clear()
        .env("BERTH_HOME", home)
        .current_dir(home)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs `berth` to its end.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> Output {
    command(home, arguments).output().unwrap()
}

/// Starts `berth` with something to read.
pub(crate) fn start_with_input(home: &Path, arguments: &[&str]) -> Child {
    command(home, arguments).stdin(Stdio::piped()).spawn().unwrap()
}

/// Runs `berth` and returns everything that a person sees, with the home folder left out.
pub(crate) fn transcript(home: &Path, arguments: &[&str]) -> String {
    describe(home, arguments, &run(home, arguments))
}

/// Returns everything that a person saw.
pub(crate) fn describe(home: &Path, arguments: &[&str], output: &Output) -> String {
    let mut text = format!("$ berth {}\n", arguments.join(" "));
    let out = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    if !out.is_empty() {
        write!(text, "{out}").unwrap();
    }
    if !error.is_empty() {
        write!(text, "----- stderr -----\n{error}").unwrap();
    }
    writeln!(text, "----- exit {} -----", output.status.code().unwrap_or(-1)).unwrap();
    text.replace(&home.display().to_string(), "$BERTH_HOME")
}
