//! Other programs, started from argument vectors.
//!
//! # Invariants
//!
//! * The only module of `xtask` that starts processes.
//! * A failing program is named in the error, with the last lines it wrote.
#![expect(clippy::disallowed_methods, reason = "automation is made of other programs")]

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{environment, progress};

/// How often a long silent program is reported on.
const HEARTBEAT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);
const LAST_LINES: usize = 25;

/// A program and its arguments, not yet started.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    argv: Vec<String>,
    directory: Option<PathBuf>,
    variables: Vec<(String, String)>,
}

impl fmt::Display for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.argv.join(" "))
    }
}

impl Tool {
    pub(crate) fn new(program: impl Into<String>) -> Self {
        Self { argv: vec![program.into()], directory: None, variables: Vec::new() }
    }

    pub(crate) fn arg(mut self, argument: impl Into<String>) -> Self {
        self.argv.push(argument.into());
        self
    }

    pub(crate) fn args<I: IntoIterator<Item: Into<String>>>(mut self, arguments: I) -> Self {
        self.argv.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_path_buf());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The same program started by `sudo`, unless this process is root already.
    pub(crate) fn with_root(mut self) -> Result<Self> {
        if is_root()? {
            return Ok(self);
        }
        if find("sudo").is_none() {
            bail!("`{self}` needs root: run this as root, or install sudo");
        }
        // sudo drops variables; `env` sets them on the other side.
        let variables = self.variables.drain(..).map(|(name, value)| format!("{name}={value}"));
        let prefix = ["sudo".to_owned(), "env".to_owned()].into_iter().chain(variables);
        self.argv = prefix.chain(self.argv).collect();
        Ok(self)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(resolve(&self.argv[0]));
        command.args(&self.argv[1..]);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
    }

    /// Runs it in front of the person who started us.
    pub(crate) fn run(&self) -> Result<()> {
        let status = self.command().status().with_context(|| format!("start `{self}`"))?;
        if !status.success() {
            bail!("`{self}` failed ({status})");
        }
        Ok(())
    }

    /// Becomes it: whoever started us, the keyboard included, then deals with it directly. Returns only
    /// when it cannot be started.
    pub(crate) fn become_it(&self) -> anyhow::Error {
        anyhow::Error::new(self.command().exec()).context(format!("start `{self}`"))
    }

    /// Runs it and returns whether it succeeded; its output is thrown away.
    pub(crate) fn succeeds(&self) -> bool {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Runs it and returns its output whatever its status.
    pub(crate) fn capture(&self) -> Result<Output> {
        let mut command = self.command();
        command.stdin(Stdio::null()).output().with_context(|| format!("start `{self}`"))
    }

    /// Runs it and returns its standard output.
    pub(crate) fn output(&self) -> Result<Vec<u8>> {
        let output = self.capture()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("`{self}` failed ({}): {}", output.status, last_lines(&said));
        }
        Ok(output.stdout)
    }

    /// Runs it with its output in `log`, reporting now and then that it still runs.
    pub(crate) fn logged(&self, log: &Path) -> Result<()> {
        let mut child = self.spawn(log, true)?;
        let began = Instant::now();
        let mut reported = began;
        let status = loop {
            if let Some(status) = child.try_wait().with_context(|| format!("wait for `{self}`"))? {
                break status;
            }
            if reported.elapsed() >= HEARTBEAT {
                reported = Instant::now();
                let name = log.file_stem().unwrap_or_default().display();
                progress::say(format!("  {name}, still at it: {}", last_line(log)));
            }
            std::thread::sleep(POLL);
        };
        if !status.success() {
            progress::detail(&last_lines_of(log));
            bail!("`{self}` failed ({status}); its output is in {}", log.display());
        }
        Ok(())
    }

    /// Starts it so that it outlives us and the terminal, with its output in `log`.
    pub(crate) fn detached(&self, log: &Path) -> Result<Child> {
        self.spawn(log, false)
    }

    fn spawn(&self, log: &Path, attached: bool) -> Result<Child> {
        let file = File::options().create(true).append(true).open(log);
        let file = file.with_context(|| format!("open the log {}", log.display()))?;
        let twin = file.try_clone().context("open the log twice")?;
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(file).stderr(twin);
        if !attached {
            command.process_group(0);
        }
        command.spawn().with_context(|| format!("start `{self}`"))
    }

    /// Runs it with everything that is read from `input` on its standard input.
    pub(crate) fn fed(&self, input: &mut dyn Read) -> Result<()> {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("start `{self}`"))?;
        let mut stdin = child.stdin.take().context("the pipe to a program is missing")?;
        let copied = std::io::copy(input, &mut stdin);
        drop(stdin);
        let output = child.wait_with_output().with_context(|| format!("wait for `{self}`"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!("`{self}` failed ({}): {}", output.status, last_lines(&said));
        }
        copied.with_context(|| format!("hand the input to `{self}`")).map(drop)
    }

    /// Starts it with its standard output in a pipe for us to read.
    pub(crate) fn piped(&self) -> Result<Child> {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.spawn().with_context(|| format!("start `{self}`"))
    }
}

/// Whether this process may do what root may.
pub(crate) fn is_root() -> Result<bool> {
    let id = Tool::new("id").arg("-u").output()?;
    Ok(id.trim_ascii() == b"0")
}

/// Where `program` is, if it is installed.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    environment::search_path().into_iter().map(|dir| dir.join(program)).find(|path| path.is_file())
}

fn resolve(program: &str) -> PathBuf {
    find(program).unwrap_or_else(|| PathBuf::from(program))
}

/// The last lines of a log, as an explanation for a failure.
pub(crate) fn last_lines_of(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    last_lines(&String::from_utf8_lossy(&text))
}

fn last_line(log: &Path) -> String {
    last_lines_of(log).lines().last().unwrap_or("no output yet").trim().to_owned()
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_program_and_what_it_wrote() {
        let tool = Tool::new("ls").arg("/nonexistent-directory");

        let error = tool.output().unwrap_err().to_string();

        assert!(error.contains("`ls /nonexistent-directory` failed"), "{error}");
        assert!(error.contains("No such file"), "{error}");
    }

    #[test]
    fn only_the_last_lines_are_shown() {
        let text = (1..=40).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");

        assert_eq!(last_lines(&text).lines().next(), Some("16"));
        assert_eq!(last_lines(&text).lines().last(), Some("40"));
    }
}
