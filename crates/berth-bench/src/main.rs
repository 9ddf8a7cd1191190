//! What `cargo xtask bench edge` measures with: the edge without Berth, a tenant that costs next to
//! nothing, and a visitor who talks over `WebSocket`s.
//!
//! # Invariants
//!
//! * Whatever serves says its address on one line of standard output and then serves until it is killed.
//! * Whatever measures ends with one line of JSON.

mod change;
mod door;
mod table;
mod upstream;
mod websocket;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// An edge with routes to one upstream.
    Edge {
        #[arg(long)]
        routes: u32,
        #[arg(long)]
        upstream: SocketAddr,
        #[arg(long)]
        access_log: PathBuf,
        #[arg(long)]
        workers: NonZeroUsize,
    },
    /// A server with small and large answers, an echo, and a name.
    Upstream {
        #[arg(long)]
        name: String,
    },
    /// Messages there and back, one after the other on each of some `WebSocket`s.
    Websocket {
        #[arg(long)]
        address: SocketAddr,
        #[arg(long)]
        host: String,
        #[arg(long)]
        connections: usize,
        #[arg(long)]
        seconds: u64,
    },
    /// How long until a request sees a changed table.
    Change {
        #[arg(long)]
        routes: u32,
        #[arg(long)]
        runs: usize,
        #[arg(long)]
        workers: NonZeroUsize,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().part) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever reads standard error is gone, or not: there is nobody else to tell.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(part: Part) -> io::Result<()> {
    match part {
        Part::Edge { routes, upstream, access_log, workers } => {
            threads(1)?.block_on(door::serve(routes, upstream, access_log, workers))
        }
        Part::Upstream { name } => threads(1)?.block_on(upstream::serve(name)),
        Part::Websocket { address, host, connections, seconds } => {
            say(&threads(1)?.block_on(websocket::measure(address, &host, connections, seconds))?)
        }
        Part::Change { routes, runs, workers } => {
            say(&threads(1)?.block_on(change::measure(routes, runs, workers))?)
        }
    }
}

fn threads(count: usize) -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(count).enable_all().build()
}

/// Writes one line for whoever started us.
fn say(line: &dyn std::fmt::Display) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}
