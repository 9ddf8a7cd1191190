//! Hours of operations at full speed, and whether anything grows: descriptors, threads, memory,
//! objects of the engine, databases, roles, sessions, files.
//!
//! # Invariants
//!
//! * Everything is asked of the kernel, the engine and PostgreSQL, not of Berth.
//! * The home is of its own kind, which no sweep of tests touches; the next soak or test removes what a
//!   killed one left.
//! * An interrupt ends the measuring, not the tidying: what was seen is judged, and everything goes.

mod growth;
mod report;
mod sample;
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::home::{Home, Inventory, Plan, Purpose, Site};
use crate::interrupt::Interrupt;
use sample::Sample;
use worker::{Tally, Worker};

pub use report::Report;

/// How often it is looked.
const PERIOD: Duration = Duration::from_secs(30);
/// At least so many looks, however short the soak is.
const LOOKS: u32 = 20;
/// The tenant to which nothing is done, as which PostgreSQL is asked.
const WITNESS: &str = "witness";
/// Nothing else has networks in this range.
const POOL: &str = "10.236.0.0/16";
/// Tenants share memory and processors with whatever else the machine does.
const CONFIGURATION: &str = "[tenants]\nmemory = \"512MiB\"\nmemory_percent = 10000\n";

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// The program: a build of `berth`.
    pub program: &'a Path,
    pub duration: Duration,
    /// How many tenants live at the same time. Each is made, changed and removed in a circle.
    pub tenants: u32,
}

/// Makes a home, keeps it busy, and says what grew. Progress is told line by line. `None`: interrupted
/// before there was anything to judge.
///
/// # Panics
///
/// When the home cannot be made, or its witness.
pub async fn run(wish: &Wish<'_>, tell: &(impl Fn(String) + Sync)) -> Option<Report> {
    let mut interrupt = Interrupt::listen();
    let prepare = async {
        let home = home(wish.program).await;
        tell(format!("home {} in {}", home.id(), home.path().display()));
        home.create_plain(WITNESS).await;
        Arc::new(home)
    };
    let home = tokio::select! {
        home = prepare => home,
        () = interrupt.next() => return None,
    };
    let (stop, stopped) = watch::channel(false);
    let before = inventory(&home).await;

    let backup = home.export(WITNESS).await;
    let tally = Tally::default();
    let mut workers = JoinSet::new();
    for number in 1..=wish.tenants {
        let worker = Worker { home: home.clone(), tally: tally.clone(), backup: backup.clone() };
        workers.spawn(worker.work(number, stopped.clone()));
    }
    let mut samples = Vec::new();
    tokio::select! {
        () = measure(&home, wish.duration, &tally, |sample| {
            tell(sample.line(&tally));
            samples.push(sample);
        }) => {}
        // What was seen until now is judged all the same.
        () = interrupt.next() => {}
    }
    tell("finishing what is under way".to_owned());
    stop.send_replace(true);
    tokio::select! {
        () = finished(workers, &tally) => {}
        () = interrupt.next() => return None,
    }
    let left = left_over(&before, &inventory(&home).await);
    Some(Report::new(samples, &tally, left))
}

async fn finished(mut workers: JoinSet<()>, tally: &Tally) {
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = ended {
            tally.note(format!("a worker broke off: {error}"));
        }
    }
}

async fn home(program: &Path) -> Home {
    let plan = Plan {
        program,
        pool: POOL,
        engine: None,
        configuration: CONFIGURATION,
        // Whatever else runs here goes first.
        wrapper: &["nice", "-n", "5"],
    };
    let home = Home::new_at(&Site { purpose: Purpose::Soak, ..Site::default() }, &plan).await;
    home.serve().await;
    home
}

/// Looks until the time is over.
async fn measure(home: &Home, duration: Duration, tally: &Tally, mut seen: impl FnMut(Sample)) {
    let began = Instant::now();
    let period = PERIOD.min(duration / LOOKS);
    let mut ticks = interval_at(began + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while began.elapsed() + period / 2 < duration {
        ticks.tick().await;
        seen(sample::take(home, began.elapsed(), tally.operations()).await);
    }
}

async fn inventory(home: &Home) -> Inventory {
    home.get("/doctor").await;
    Inventory::of(home, &home.object(WITNESS).await).await
}

/// What is there at the end and was not at the beginning. Blueprints are meant to stay.
fn left_over(before: &Inventory, after: &Inventory) -> Vec<String> {
    let kinds = [
        ("container", &before.containers, &after.containers),
        ("network", &before.networks, &after.networks),
        ("database", &before.databases, &after.databases),
        ("role", &before.roles, &after.roles),
        ("folder", &before.folders, &after.folders),
        ("route", &before.routes, &after.routes),
        ("upload", &before.uploads, &after.uploads),
    ];
    let left = kinds.iter().flat_map(|(kind, before, after)| {
        let more = after.difference(before).map(move |name| format!("{kind} {name}"));
        more.chain(before.difference(after).map(move |name| format!("lost: {kind} {name}")))
    });
    left.collect()
}
