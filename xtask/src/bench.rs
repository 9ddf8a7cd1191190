//! `cargo xtask bench NAME`: measurements that are too slow or too noisy for tests.
//!
//! # Invariants
//!
//! * A benchmark is one entry of [`ALL`] and one module `bench/<name>.rs`.
//! * Benchmarks print what they measured; they never fail on a number.

mod api;
mod berth;
mod create;
mod edge;
mod idle;
mod options;
mod pages;
mod pool;
mod taken;
mod visitor;

use anyhow::{Result, bail};

use crate::progress;

/// Something that can be measured.
struct Bench {
    name: &'static str,
    /// What is measured, in a few words.
    about: &'static str,
    /// Gets the arguments after the name.
    run: fn(&[String]) -> Result<()>,
}

const ALL: &[Bench] = &[
    Bench {
        name: "api",
        about: "lists and changed routes among many tenants [--tenants 10000] [--runs 300] [--changes 200]",
        run: api::run,
    },
    Bench {
        name: "create",
        about: "time from a request to a login page, beside a cold start [--runs 20]",
        run: create::run,
    },
    Bench {
        name: "edge",
        about: "the edge beside nginx [--runs 5] [--seconds 5] [--routes 10000]",
        run: edge::run,
    },
    Bench {
        name: "idle",
        about: "what a server takes that has nothing to do [--tenants 20] [--minutes 5]",
        run: idle::run,
    },
    Bench {
        name: "pages",
        about: "pages among many tenants [--tenants 1000] [--runs 300]",
        run: pages::run,
    },
];

/// Runs the benchmark that the first argument names; lists them without one.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        progress::fact(list(ALL));
        return Ok(());
    };
    match ALL.iter().find(|bench| bench.name == name) {
        Some(bench) => (bench.run)(rest),
        None => bail!("there is no benchmark `{name}`: see `cargo xtask bench`"),
    }
}

fn list(benches: &[Bench]) -> String {
    let mut text = "usage: cargo xtask bench NAME\n".to_owned();
    if benches.is_empty() {
        text.push_str("\nno benchmark has been written yet");
    }
    let lines = benches.iter().map(|bench| format!("\n  {:<12} {}", bench.name, bench.about));
    text.extend(lines);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_benchmark_is_listed_with_what_it_measures() {
        let bench = Bench { name: "create", about: "time to a login page", run: |_| Ok(()) };

        assert!(list(&[bench]).contains("create       time to a login page"));
        assert!(list(&[]).contains("no benchmark"));
    }
}
