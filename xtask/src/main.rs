//! Automation for this repository: `cargo xtask <command>`.
//!
//! # Invariants
//!
//! * Programs are started from argument vectors, never from a shell string
//!   ([`process`] is the only module that starts any).
//! * The engine is spoken to over its socket, so no particular `docker` client
//!   has to be installed ([`engine`]).
//! * Every command may be repeated: what is already there is used, not redone.

mod bench;
mod check;
mod clean;
mod cli;
mod contract;
mod engine;
mod environment;
mod fuzz;
mod home;
mod mutants;
mod ordeal;
mod pictures;
mod podman;
mod process;
mod progress;
mod run;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::dispatch(environment::arguments()) {
        Ok(code) => code,
        Err(error) => {
            progress::error(&error);
            ExitCode::FAILURE
        }
    }
}
