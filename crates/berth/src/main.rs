//! Berth, a control plane for Odoo: the command line, and the server that it talks to.
//!
//! # Invariants
//!
//! * Every command but `serve`, `service` and `config` speaks the API, over `berth.sock` in the home
//!   folder or to a server elsewhere (`--url`); nothing is decided here.
//! * Standard output is data, standard error is talk.

mod change;
mod cli;
mod client;
mod command;
mod exit;
mod failure;
mod files;
mod logging;
mod printer;
mod reached;
mod remote;
mod serve;
mod session;
mod table;
mod terminal;
mod visible;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::serve::Offered;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = berth_config::Environment::of_process();
    // While there is one thread.
    let offered = Offered::of_process(&environment);
    let printer = Printer::new(&cli.global, &environment);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.report(&anyhow::Error::new(error).context("cannot start").into());
            return Exit::Failed.into();
        }
    };
    let exit = runtime
        .block_on(command::run(cli, (environment, offered), &printer))
        .unwrap_or_else(|failure| {
            printer.report(&failure);
            failure.exit()
        });
    // Standard input may still be waited for in a thread of its own, and that never ends.
    runtime.shutdown_background();
    exit.into()
}
