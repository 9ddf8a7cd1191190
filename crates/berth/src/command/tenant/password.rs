//! `berth tenant password`

mod reset;
mod show;

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use berth_api::Secret;
use berth_api::v1 as api;

use super::NameArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print the password
    Show(NameArgs),
    /// Give the administrator another password
    Reset(reset::Args),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Show(args) => show::run(args, session).await,
        Command::Reset(args) => reset::run(args, session).await,
    }
}

/// Prints the password alone, so that it can be piped; the rest is talk.
fn print(session: &Session<'_>, credentials: &api::Credentials) -> Result<Exit, Failure> {
    if session.printer.is_json() {
        session.printer.json(credentials)?;
    } else {
        session.printer.data(&credentials.password)?;
        let api::Credentials { url, login, .. } = credentials;
        session.printer.talk(&format!("sign in as {login} at {url}"));
    }
    Ok(Exit::Success)
}

/// Reads a password from a file, `-` being standard input. A line feed at its end is dropped.
///
/// Passwords are not taken as arguments: everybody on the host could read them there.
pub(super) fn read_password(file: &Path) -> Result<Secret, Failure> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        text
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("cannot read `{}`", file.display()))?
    };
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    Ok(Secret::new(password.to_owned()))
}
