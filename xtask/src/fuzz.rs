//! `cargo xtask fuzz`: asks every reader of foreign input, for as long as one wants, whatever leads to
//! code that was not reached yet.
//!
//! # Invariants
//!
//! * The compiler is the one that everything else is built with: the pass that counts what is reached
//!   (`sancov-module`) needs no other. There are no sanitizers, because our own code has no `unsafe`.
//! * What is found stays below `target`; what is worth keeping is copied to `fuzz/corpus` by a person.
//! * A reader that breaks does not keep the others from being asked.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::Tool;
use crate::{progress, workspace};

/// What makes a program tell libFuzzer what it reached.
const COUNTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
/// How long one input may be. What bounds longer ones has tests of its own.
const LONGEST: usize = 8192;
/// How long a reader may think about one input, in seconds. It is reported as broken then.
const SLOWEST: u32 = 10;
/// How much memory all of it may take, in MiB.
const MOST_MEMORY: u32 = 1024;

/// What asking a reader came to.
struct Asked {
    reader: String,
    inputs: u64,
    reached: u64,
    is_whole: bool,
}

/// Asks one reader, or all of them, each for so many minutes.
pub(crate) fn run(only: Option<&str>, minutes: u64) -> Result<()> {
    let readers = readers(only)?;
    let program = build()?;
    let mut asked = Vec::new();
    for reader in readers {
        progress::say(format!("asking {reader} for {minutes} min"));
        asked.push(ask(&program, &reader, minutes)?);
    }
    progress::fact(format!("{:<18} {:>12} {:>8}  {}", "reader", "inputs", "reached", "broken"));
    for Asked { reader, inputs, reached, is_whole } in &asked {
        let broken = if *is_whole { "no" } else { "YES" };
        progress::fact(format!("{reader:<18} {inputs:>12} {reached:>8}  {broken}"));
    }
    let broken: Vec<_> = asked.iter().filter(|asked| !asked.is_whole).collect();
    if let Some(first) = broken.first() {
        bail!(
            "{} readers are broken; inputs are in {}",
            broken.len(),
            place("found", &first.reader)?.display()
        );
    }
    Ok(())
}

/// Every reader has a folder in the corpus, and a test holds it to that.
fn readers(only: Option<&str>) -> Result<Vec<String>> {
    let folder = workspace::root().join("fuzz/corpus");
    let mut readers = Vec::new();
    for entry in std::fs::read_dir(&folder).context("read the folder fuzz/corpus")? {
        let name = entry.context("read the folder fuzz/corpus")?.file_name();
        readers.push(name.to_string_lossy().into_owned());
    }
    readers.sort();
    if let Some(only) = only {
        if !readers.iter().any(|reader| reader == only) {
            bail!("there is no reader `{only}`: there are {}", readers.join(", "));
        }
        readers.retain(|reader| reader == only);
    }
    Ok(readers)
}

fn build() -> Result<String> {
    let host = host()?;
    let target = workspace::target().join("fuzz");
    progress::say("building the readers; the first time takes some minutes");
    // With a target named, programs that run while building are left alone.
    Tool::new("cargo")
        .args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &host])
        .args(["--target-dir", text(&target)?])
        .variable("RUSTFLAGS", COUNTED)
        .directory(workspace::root())
        .run()?;
    let program = target.join(&host).join("release/reader");
    text(&program).map(str::to_owned)
}

/// What Cargo calls this machine.
fn host() -> Result<String> {
    let said = String::from_utf8(Tool::new("rustc").arg("-vV").output()?)?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what this machine is")
}

fn ask(program: &str, reader: &str, minutes: u64) -> Result<Asked> {
    let (grown, found) = (place("corpus", reader)?, place("found", reader)?);
    let log = workspace::target().join("fuzz").join(format!("{reader}.log"));
    // Absent before the first time.
    let _ = std::fs::remove_file(&log);
    let seeds = workspace::root().join("fuzz/corpus").join(reader);
    let ended = Tool::new(program)
        .args([text(&grown)?, text(&seeds)?])
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-timeout={SLOWEST}"))
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .args(["-print_final_stats=1", "-use_value_profile=1"])
        .variable("BERTH_READER", reader)
        .logged(&log);
    if let Err(error) = &ended {
        progress::error(error);
    }
    let said = std::fs::read(&log).with_context(|| format!("read {}", log.display()))?;
    let said = String::from_utf8_lossy(&said);
    let (inputs, reached) = figures(&said);
    Ok(Asked { reader: reader.to_owned(), inputs, reached, is_whole: ended.is_ok() })
}

/// A folder below `target`, made.
fn place(what: &str, reader: &str) -> Result<PathBuf> {
    let place = workspace::target().join("fuzz").join(what).join(reader);
    std::fs::create_dir_all(&place).with_context(|| format!("create {}", place.display()))?;
    Ok(place)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the target directory's path is not UTF-8")
}

/// How many inputs were asked, and how much code was reached in the end.
fn figures(log: &str) -> (u64, u64) {
    let number = |text: &str| text.trim().split(' ').next().and_then(|word| word.parse().ok());
    let inputs =
        log.lines().find_map(|line| number(line.strip_prefix("stat::number_of_executed_units:")?));
    let reached = log.lines().rev().find_map(|line| number(line.split_once(" cov: ")?.1));
    (inputs.unwrap_or(0), reached.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_end() {
        let log = "#2\tINITED cov: 12 ft: 13 corp: 1/1b\n#900\tNEW    cov: 40 ft: 60 corp: 9/1b\n\
                   #901\tDONE   cov: 41 ft: 61 corp: 9/1b\nstat::number_of_executed_units: 901\n";

        assert_eq!(figures(log), (901, 41));
        assert_eq!(figures("it did not start"), (0, 0));
    }

    #[test]
    fn a_reader_that_is_not_there_is_named_with_those_that_are() {
        let error = readers(Some("tea-leaves")).unwrap_err().to_string();

        assert!(error.contains("`tea-leaves`") && error.contains("zip"), "{error}");
    }
}
