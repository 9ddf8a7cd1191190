//! What `cargo xtask bench` measures with: the edge without Berth, a tenant that costs next to nothing, a
//! visitor who talks over `WebSocket`s, a store full of tenants, and somebody who asks the API for them.
//!
//! # Invariants
//!
//! * Whatever serves says its address on one line of standard output and then serves until it is killed.
//! * Whatever measures ends with one line of JSON.

mod change;
mod client;
mod door;
mod history;
mod pages;
mod questions;
mod suspend;
mod table;
mod tenants;
mod times;
mod upstream;
mod websocket;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use client::Client;
use serde_json::Value;
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
    /// Tenants in the store of a home whose server rests.
    Tenants(Rows),
    /// Lists of these tenants, over the API or, without an address, of the store alone.
    Lists {
        #[command(flatten)]
        asked: Asked,
        /// Over the socket of the home.
        #[arg(long)]
        socket: bool,
        /// Over TCP.
        #[arg(long, conflicts_with = "socket", requires = "token_file")]
        address: Option<SocketAddr>,
        #[arg(long)]
        token_file: Option<PathBuf>,
    },
    /// What these tenants did and used lately, while the server rests.
    History(Rows),
    /// Pages among these tenants, of a home that nobody claimed yet.
    Pages {
        #[command(flatten)]
        asked: Asked,
        #[arg(long)]
        address: SocketAddr,
    },
    /// How long from a request to suspend one of these tenants until its visitors are told.
    Suspend {
        #[arg(long)]
        home: PathBuf,
        #[arg(long)]
        edge: SocketAddr,
        #[arg(long)]
        runs: u32,
    },
}

/// What is put into the store of a home.
#[derive(Debug, Args)]
struct Rows {
    #[arg(long)]
    home: PathBuf,
    #[arg(long)]
    count: u32,
}

/// Among how many tenants of a home something is asked for, and how often.
#[derive(Debug, Args)]
struct Asked {
    #[arg(long)]
    home: PathBuf,
    #[arg(long)]
    tenants: u32,
    #[arg(long)]
    runs: usize,
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
        Part::Tenants(Rows { home, count }) => {
            say(&threads(1)?.block_on(tenants::fill(&home, count))?)
        }
        Part::Lists { asked: Asked { home, tenants, runs }, socket, address, token_file } => {
            let from = Way { socket, address, token_file };
            say(&threads(1)?.block_on(lists(&home, from, (runs, questions::half(tenants))))?)
        }
        Part::History(Rows { home, count }) => {
            say(&threads(1)?.block_on(history::fill(&home, count))?)
        }
        Part::Pages { asked: Asked { home, tenants, runs }, address } => {
            say(&threads(1)?.block_on(pages::measure((&home, address), runs, tenants))?)
        }
        Part::Suspend { home, edge, runs } => {
            say(&threads(1)?.block_on(suspend::measure(&home, edge, runs))?)
        }
    }
}

/// How the API is reached, if it is.
struct Way {
    socket: bool,
    address: Option<SocketAddr>,
    token_file: Option<PathBuf>,
}

async fn lists(home: &Path, way: Way, (runs, half): (usize, u32)) -> io::Result<Value> {
    let mut client = match way {
        Way { socket: true, .. } => Client::at_socket(&home.join("berth.sock")).await?,
        Way { address: Some(address), token_file: Some(file), .. } => {
            let token = std::fs::read_to_string(file)?.trim().to_owned();
            Client::at_address(address, address.to_string(), Some(token)).await?
        }
        Way { .. } => return questions::alone(home, runs, half).await,
    };
    questions::over(&mut client, runs, half).await
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
