//! The API, held to its own description: `cargo xtask contract` builds and becomes this.
//!
//! The router, the engine, the store and PostgreSQL are the real ones; containers are in memory, and so is
//! the provider at which people may sign in.
//! schemathesis reads `docs/openapi.json` as `described` makes it stricter, and asks what it says and
//! what it does not say, as the operator and with narrow tokens.
//!
//! # Invariants
//!
//! * The same seed and the same number of cases ask the same of a server in the same state.
//! * Every caller is asked for, and rounds go on until there are as many cases as were wanted.
//! * Demos are released, so that everything else comes to an end and streams do.
//! * There are tenants to talk about before every round, whatever the one before did to them.
#![expect(clippy::unwrap_used, reason = "a trial that cannot be set up is a trial that fails")]
#![expect(clippy::print_stdout, reason = "it is a program for people")]

#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../../tests/api/app.rs"]
mod app;
mod callers;
mod described;
mod door;
mod round;
#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../../tests/api/providers/world.rs"]
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::App;
use berth_testkit::SystemClock;
use berth_testkit::idp::Idp;
use callers::Callers;
use door::Door;
use round::{Round, Tally};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [schemathesis, folder, cases, seed] = &arguments[..] else {
        println!("usage: contract SCHEMATHESIS FOLDER CASES SEED");
        return ExitCode::FAILURE;
    };
    let (cases, seed): (u64, u64) = (cases.parse().unwrap(), seed.parse().unwrap());
    let folder = PathBuf::from(folder);
    let log = std::fs::File::create(folder.join("berth.log")).unwrap();
    tracing_subscriber::fmt().with_ansi(false).with_writer(Mutex::new(log)).init();

    let clock = Arc::new(SystemClock);
    let idp = Idp::start(clock.clone()).await;
    let corp = ("corp", "Example Corp");
    let corp = world::provider(corp, &idp, world::TRUSTED, Duration::from_secs(10));
    let app = App::with_providers(vec![corp], clock).await;
    let callers = Callers::make(&app).await;
    let door = Door::open(app.socket()).await;
    let mut round = Round { program: schemathesis, folder: &folder, door: door.address(), seed };
    let mut tally = Tally::default();
    while tally.cases() < cases {
        for caller in callers.all() {
            let known = callers.fill(&app).await;
            described::write(&folder, &known);
            let outcome = tokio::select! {
                outcome = round.ask(caller) => outcome,
                never = callers::release_demos(&app) => match never {},
            };
            tally.add(caller.name, outcome);
            println!("{} of {cases} cases, {} just now", tally.cases(), caller.name);
        }
        round.seed += 1;
    }
    println!(
        "{tally}\nseeds: {seed} to {}; what was said is in {}, with the server's log",
        round.seed - 1,
        folder.display()
    );
    if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
