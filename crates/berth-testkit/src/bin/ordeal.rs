//! Trials that take too long for tests: `cargo xtask soak` and its kin start this.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use berth_testkit::chaos;
use berth_testkit::crash::{self, Phase, Selection};
use berth_testkit::outage::{self, Change, Fault};
use berth_testkit::soak;
use clap::{Parser, Subcommand};

/// Trials of the real program on a real engine.
#[derive(Debug, Parser)]
struct Arguments {
    /// The build of `berth` that is tried.
    #[arg(long)]
    program: PathBuf,
    #[command(subcommand)]
    trial: Trial,
}

#[derive(Debug, Subcommand)]
enum Trial {
    /// Operations at full speed for a long time; fails when anything grows.
    Soak {
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=100_000))]
        minutes: u64,
        /// How many tenants live at the same time.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
        tenants: u32,
    },
    /// Random faults in the middle of random operations.
    Chaos {
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        faults: u32,
        /// Repeats the operations and faults of another run. Random otherwise.
        #[arg(long)]
        seed: Option<u64>,
        /// How many tenants there are at most.
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
        tenants: u32,
    },
    /// The program is killed at every step of every operation, forward and back.
    CrashMatrix {
        /// Only these operations: `tenant.create`, or `create`.
        #[arg(long, value_delimiter = ',')]
        operation: Vec<String>,
        /// Only these steps.
        #[arg(long, value_delimiter = ',')]
        step: Vec<String>,
        /// Only these phases.
        #[arg(long, value_delimiter = ',', value_parser = phase)]
        phase: Vec<Phase>,
    },
    /// Everything that operations need goes away in the middle of each of them.
    Faults {
        /// Only these faults.
        #[arg(long, value_delimiter = ',', value_parser = fault)]
        fault: Vec<Fault>,
        /// Only these operations.
        #[arg(long, value_delimiter = ',', value_parser = change)]
        operation: Vec<Change>,
    },
}

fn fault(name: &str) -> Result<Fault, String> {
    let found = Fault::ALL.into_iter().find(|fault| fault.name() == name);
    found.ok_or_else(|| format!("there are {}", Fault::ALL.map(Fault::name).join(", ")))
}

fn phase(name: &str) -> Result<Phase, String> {
    let found = Phase::ALL.into_iter().find(|phase| phase.name() == name);
    found.ok_or_else(|| format!("there are {}", Phase::ALL.map(Phase::name).join(", ")))
}

fn change(name: &str) -> Result<Change, String> {
    let found = Change::ALL.into_iter().find(|change| change.name() == name);
    found.ok_or_else(|| format!("there are {}", Change::ALL.map(Change::name).join(", ")))
}

/// All of them when none is named.
fn or_all<T: Copy>(named: Vec<T>, all: &[T]) -> Vec<T> {
    if named.is_empty() { all.to_vec() } else { named }
}

#[tokio::main]
async fn main() -> io::Result<ExitCode> {
    let mut arguments = Arguments::parse();
    arguments.program = arguments.program.canonicalize()?;
    let began = Instant::now();
    let tell = |line: String| {
        let seconds = began.elapsed().as_secs_f64();
        // Nobody may be listening any more, which is no reason to leave things lying about.
        let _ = writeln!(io::stderr(), "[{seconds:>7.1} s] {line}");
    };
    let good = match arguments.trial {
        Trial::Soak { minutes, tenants } => {
            let duration = Duration::from_secs(60 * minutes);
            let wish = soak::Wish { program: &arguments.program, duration, tenants };
            let Some(report) = soak::run(&wish, &tell).await else {
                return Ok(ExitCode::FAILURE);
            };
            writeln!(io::stdout(), "{report}\n{}", report.json())?;
            report.is_good()
        }
        Trial::Chaos { faults, seed, tenants } => {
            let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(()));
            let wish = chaos::Wish { program: &arguments.program, faults, seed, tenants };
            let Some(report) = chaos::run(&wish, &tell).await else {
                return Ok(ExitCode::FAILURE);
            };
            writeln!(io::stdout(), "{report}\n{}", report.json())?;
            report.is_good()
        }
        Trial::CrashMatrix { operation: operations, step: steps, phase: phases } => {
            let selection = Selection { operations, steps, phases };
            let report = crash::run(&arguments.program, &selection, tell).await;
            writeln!(io::stdout(), "{report}\n{}", report.json())?;
            report.is_good()
        }
        Trial::Faults { fault, operation } => {
            let (faults, changes) = (or_all(fault, &Fault::ALL), or_all(operation, &Change::ALL));
            let matrix = outage::run(&arguments.program, (&faults, &changes), tell).await;
            writeln!(io::stdout(), "{matrix}\n\n{}", matrix.json())?;
            matrix.is_good()
        }
    };
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
