//! Random operations on a few tenants, and random faults in the middle of them. After each everything must
//! come to rest, belong to somebody, and hold what was put in.
//!
//! # Invariants
//!
//! * The same seed asks for the same operations and the same faults. When exactly a fault falls is up to
//!   the machine.
//! * What a person would have to do is done only after Berth had its time, and is counted.

mod blow;
mod report;
mod round;

use std::path::Path;

use crate::home::{Home, Plan, Purpose, Site};
use crate::interrupt::Interrupt;
use crate::setup::Setup;
use crate::socket_proxy::SocketProxy;
use round::Run;

pub use report::Report;

/// Nothing else has networks in this range.
const POOL: &str = "10.234.0.0/16";
const CONFIGURATION: &str = "[tenants]\nmemory = \"512MiB\"\nmemory_percent = 10000\n";
/// The tenant to which nothing is done on purpose, as which PostgreSQL is asked.
const WITNESS: &str = "witness";

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// The program: a build of `berth`.
    pub program: &'a Path,
    /// How many faults fall.
    pub faults: u32,
    pub seed: u64,
    /// How many tenants there are at most, the witness excepted.
    pub tenants: u32,
}

/// Goes through all faults, or until somebody interrupts. `None`: interrupted before the first.
///
/// # Panics
///
/// When the installation cannot be made.
pub async fn run(wish: &Wish<'_>, tell: impl Fn(String)) -> Option<Report> {
    let mut interrupt = Interrupt::listen();
    let proxy = SocketProxy::start(&Setup::read().socket()).expect("a proxy can be started");
    let socket = proxy.socket();
    let prepare = async {
        let plan = Plan {
            program: wish.program,
            pool: POOL,
            engine: Some(&socket),
            configuration: CONFIGURATION,
            wrapper: &[],
        };
        let home = Home::new_at(&Site { purpose: Purpose::Soak, ..Site::default() }, &plan).await;
        home.serve().await;
        home.create_plain(WITNESS).await;
        home
    };
    let home = tokio::select! {
        home = prepare => home,
        () = interrupt.next() => return None,
    };
    tell(format!("home {} in {}, seed {}", home.id(), home.path().display(), wish.seed));
    let mut run = Run::new((&home, &proxy), wish).await;
    let mut number = 0;
    // A round in which there was nothing to hit is none of those asked for, and rounds that all break
    // off have an end as well.
    while run.fallen() < wish.faults && number < wish.faults.saturating_mul(3) {
        number += 1;
        tokio::select! {
            said = run.round(number) => {
                tell(format!("{number} ({} of {}): {said}", run.fallen(), wish.faults));
            }
            // What was seen until now is told all the same.
            () = interrupt.next() => break,
        }
    }
    Some(run.end().await)
}
