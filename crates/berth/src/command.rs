//! The commands, one file each.

pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod diff;
mod disk;
mod doctor;
pub(crate) mod export;
pub(crate) mod invitation;
pub(crate) mod mail;
pub(crate) mod member;
pub(crate) mod operation;
pub(crate) mod organisation;
pub(crate) mod orphans;
pub(crate) mod person;
pub(crate) mod quota;
pub(crate) mod schedule;
pub(crate) mod serve;
pub(crate) mod service;
mod setup_token;
mod status;
pub(crate) mod tenant;
pub(crate) mod token;
pub(crate) mod upload;
pub(crate) mod webhook;

use berth_config::Environment;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::reached;
use crate::serve::Offered;
use crate::session::Session;

/// Runs what was typed.
pub(crate) async fn run(
    cli: Cli,
    (environment, offered): (Environment, Offered),
    printer: &Printer,
) -> Result<Exit, Failure> {
    let sources = cli.global.sources(environment);
    let client = reached::client(&cli.global, &sources, &cli.command)?;
    let session = Session { client, printer, sources, offered };
    match cli.command {
        Command::Tenant(command) => tenant::run(command, &session).await,
        Command::Operation(command) => operation::run(command, &session).await,
        Command::Orphans(command) => orphans::run(command, &session).await,
        Command::Upload(command) => upload::run(command, &session).await,
        Command::Quota(command) => quota::run(command, &session).await,
        Command::Schedule(command) => schedule::run(command, &session).await,
        Command::Webhook(command) => webhook::run(command, &session).await,
        Command::Person(command) => person::run(command, &session).await,
        Command::Organisation(command) => organisation::run(command, &session).await,
        Command::Member(command) => member::run(command, &session).await,
        Command::Invitation(command) => invitation::run(command, &session).await,
        Command::Token(command) => token::run(command, &session).await,
        Command::Audit(command) => audit::run(command, &session).await,
        Command::Mail(command) => mail::run(command, &session).await,
        Command::Apply(args) => apply::run(args, &session).await,
        Command::Diff(args) => diff::run(args, &session).await,
        Command::Export(args) => export::run(args, &session).await,
        Command::Status => status::run(&session).await,
        Command::Doctor => doctor::run(&session).await,
        Command::Disk => disk::run(&session).await,
        Command::Serve(args) => serve::run(args, session).await,
        Command::Service(command) => service::run(command, &session).await,
        Command::Config(command) => config::run(command, session),
        Command::SetupToken => setup_token::run(&session).await,
        Command::Completions(args) => completions::run(args, &session),
    }
}
