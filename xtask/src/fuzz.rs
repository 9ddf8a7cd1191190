//! `cargo xtask fuzz`: asks every reader of foreign input, for as long as one wants, whatever leads to
//! code that was not reached yet.
//!
//! # Invariants
//!
//! * The compiler is the one that everything else is built with: the pass that counts what is reached
//!   (`sancov-module`) needs no other. There are no sanitizers, because our own code has no `unsafe`.
//! * What is found stays below `target`; what is worth keeping is copied to `fuzz/corpus` by a person.
//! * A reader that breaks does not keep the others from being asked.
//! * What a reader came to is said when it is known, and of all of them at the end.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

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

/// What is asked, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    /// Names of readers with commas between them. Without: all of them.
    pub(crate) only: Option<&'a str>,
    /// How long each of them is asked.
    pub(crate) minutes: u64,
    /// How many are asked at once.
    pub(crate) jobs: usize,
}

/// What asking a reader came to.
struct Asked {
    reader: String,
    figures: Figures,
    is_whole: bool,
}

/// What libFuzzer says of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    inputs: u64,
    /// How much code was reached in the end.
    reached: u64,
    /// Inputs that led to something new, and were kept.
    kept: u64,
}

/// Asks one reader, some, or all of them.
pub(crate) fn run(wish: Wish<'_>) -> Result<()> {
    let readers = readers(wish.only)?;
    let program = build()?;
    let asked = ask_all(&program, &readers, wish)?;
    progress::fact(header());
    for asked in &asked {
        progress::fact(asked.line());
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

/// Asks so many at once, in the order of their names.
fn ask_all(program: &str, readers: &[String], wish: Wish<'_>) -> Result<Vec<Asked>> {
    let waiting = Mutex::new(readers.iter());
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
    let work = || -> Result<Vec<Asked>> {
        let mut asked = Vec::new();
        while let Some(reader) = next() {
            progress::say(format!("asking {reader} for {} min", wish.minutes));
            let came_to = ask(program, reader, wish.minutes)?;
            progress::say(format!("{}\n{}", header(), came_to.line()));
            asked.push(came_to);
        }
        Ok(asked)
    };
    let all = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..wish.jobs).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().ok());
        ended.collect::<Option<Result<Vec<_>>>>()
    });
    let mut all: Vec<Asked> =
        all.context("a thread that asked panicked")??.into_iter().flatten().collect();
    all.sort_by(|one, other| one.reader.cmp(&other.reader));
    Ok(all)
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
    let Some(only) = only else { return Ok(readers) };
    let only: Vec<&str> = only.split(',').collect();
    if let Some(stranger) = only.iter().find(|name| !readers.iter().any(|reader| reader == *name)) {
        bail!("there is no reader `{stranger}`: there are {}", readers.join(", "));
    }
    readers.retain(|reader| only.contains(&reader.as_str()));
    Ok(readers)
}

fn header() -> String {
    format!("{:<18} {:>12} {:>8} {:>8}  {}", "reader", "inputs", "reached", "kept", "broken")
}

impl Asked {
    fn line(&self) -> String {
        let Figures { inputs, reached, kept } = self.figures;
        let broken = if self.is_whole { "no" } else { "YES" };
        format!("{:<18} {inputs:>12} {reached:>8} {kept:>8}  {broken}", self.reader)
    }
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
    Ok(Asked { reader: reader.to_owned(), figures: figures(&said), is_whole: ended.is_ok() })
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

fn figures(log: &str) -> Figures {
    let number = |text: &str| text.trim().split(' ').next().and_then(|word| word.parse().ok());
    let figure = |name: &str| log.lines().find_map(|line| number(line.strip_prefix(name)?));
    let reached = log.lines().rev().find_map(|line| number(line.split_once(" cov: ")?.1));
    Figures {
        inputs: figure("stat::number_of_executed_units:").unwrap_or(0),
        reached: reached.unwrap_or(0),
        kept: figure("stat::new_units_added:").unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_end() {
        let log = "#2\tINITED cov: 12 ft: 13 corp: 1/1b\n#900\tNEW    cov: 40 ft: 60 corp: 9/1b\n\
                   #901\tDONE   cov: 41 ft: 61 corp: 9/1b\nstat::number_of_executed_units: 901\n\
                   stat::average_exec_per_sec:     90\nstat::new_units_added:          8\n";

        assert_eq!(figures(log), Figures { inputs: 901, reached: 41, kept: 8 });
        assert_eq!(figures("it did not start"), Figures::default());
    }

    #[test]
    fn some_readers_can_be_named_in_any_order() {
        assert_eq!(readers(Some("zip,cron")).unwrap(), ["cron", "zip"]);
        assert!(readers(None).unwrap().len() > 20);
    }

    #[test]
    fn a_reader_that_is_not_there_is_named_with_those_that_are() {
        let error = readers(Some("zip,tea-leaves")).unwrap_err().to_string();

        assert!(error.contains("`tea-leaves`") && error.contains("zip"), "{error}");
    }
}
