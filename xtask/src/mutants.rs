//! `cargo xtask mutants`: takes each check of who may do what away, one at a time, and says whether a
//! test notices.
//!
//! # Invariants
//!
//! * The working tree is left alone: a copy of it below `target` is changed and built.
//! * A mutant is noticed when the test that it names fails, not when it does not compile.
//! * Every test passes before anything is taken away.
//! * Whatever looks like a check is taken away by something in the table, or is excused with a reason
//!   ([`sites`], [`excuses`]).

#[cfg(test)]
mod excuses;
mod removal;
mod sites;
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::Tool;
use crate::{progress, workspace};
use removal::Removal;

/// One check, and how it is taken away.
struct Mutant {
    /// Who could do what without it.
    about: &'static str,
    file: &'static str,
    /// Stands in the file once.
    check: &'static str,
    instead: &'static str,
    tests: Tests,
    /// The one that fails without it.
    notices: &'static str,
}

/// Where a test is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tests {
    Domain,
    Store,
    Engine,
    Web,
    Api,
}

impl Tests {
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Domain => &["-p", "berth-domain", "--lib"],
            Self::Store => &["-p", "berth-store", "--test", "it"],
            Self::Engine => &["-p", "berth-engine", "--test", "it"],
            Self::Web => &["-p", "berth-web", "--lib"],
            Self::Api => &["-p", "berth", "--test", "api"],
        }
    }
}

/// A copy of the working tree, with build products of its own.
struct Tree {
    root: PathBuf,
    target: PathBuf,
}

/// Tries all of them, or those whose file or description has `only` in it.
pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let is_meant = |mutant: &Removal| {
        only.is_none_or(|word| mutant.file.contains(word) || mutant.about.contains(word))
    };
    let mut mutants = table::all()?;
    mutants.retain(is_meant);
    // What is built for one of them is there for the next of the same tests.
    mutants.sort_by_key(|mutant| mutant.tests);
    if mutants.is_empty() {
        bail!("no check has that in its file or description");
    }
    let tree = Tree::make()?;
    let tests: BTreeSet<_> = mutants.iter().map(|mutant| (mutant.tests, mutant.notices)).collect();
    for (tests, name) in tests {
        if tree.fails(tests, name)? {
            bail!("{name} fails with every check in its place");
        }
    }
    let (mut unnoticed, mut not_tried) = (0, 0);
    for mutant in &mutants {
        let mark = match tree.without(mutant) {
            Ok(true) => "noticed  ",
            Ok(false) => {
                unnoticed += 1;
                "UNNOTICED"
            }
            // It says nothing about the others.
            Err(error) => {
                progress::error(&error);
                not_tried += 1;
                "NOT TRIED"
            }
        };
        progress::say(format!("{mark} {} ({})", mutant.about, mutant.file));
    }
    let all = mutants.len();
    progress::fact(format!("{all} checks: {unnoticed} unnoticed, {not_tried} not taken away"));
    if unnoticed + not_tried > 0 {
        bail!("there are checks that no test misses, or that could not be taken away");
    }
    Ok(())
}

impl Tree {
    fn make() -> Result<Self> {
        let folder = workspace::target().join("mutants");
        let tree = Self { root: folder.join("tree"), target: folder.join("target") };
        let listed = Tool::new("git").args(["ls-files", "-z"]).directory(workspace::root());
        let listed = String::from_utf8(listed.output()?).context("a path is not UTF-8")?;
        for path in listed.split_terminator('\0') {
            copy_if_changed(&workspace::root().join(path), &tree.root.join(path))?;
        }
        Ok(tree)
    }

    /// Takes a check away, asks its test, and puts it back.
    fn without(&self, mutant: &Removal) -> Result<bool> {
        let path = self.root.join(&mutant.file);
        let before = read(&path)?;
        let after = mutant.applied_to(&before);
        write(&path, after.as_bytes())?;
        let failed = self.fails(mutant.tests, mutant.notices);
        write(&path, before.as_bytes())?;
        failed.with_context(|| format!("without this check: {}", mutant.about))
    }

    /// Whether a test fails. An error: it was not run at all.
    fn fails(&self, tests: Tests, name: &str) -> Result<bool> {
        let target = self.target.to_str().context("the target directory's path is not UTF-8")?;
        let cargo = Tool::new("cargo")
            .arg("test")
            .args(tests.arguments().iter().copied())
            .args(["--", "--exact", name])
            .variable("CARGO_TARGET_DIR", target)
            .variable("INSTA_UPDATE", "no")
            .directory(&self.root);
        let output = cargo.capture()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let line = |end: &str| said.lines().any(|line| line == format!("test {name} ... {end}"));
        match (line("ok"), line("FAILED")) {
            (true, false) => Ok(false),
            (false, true) => Ok(true),
            _ => {
                progress::detail(&String::from_utf8_lossy(&output.stderr));
                bail!("`{cargo}` did not run the test");
            }
        }
    }
}

/// Files that stay as they were keep their time, so that what is made of them is not made again.
fn copy_if_changed(from: &Path, to: &Path) -> Result<()> {
    // One that Git knows and that was removed.
    let Ok(content) = std::fs::read(from) else { return Ok(()) };
    if std::fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let folder = to.parent().context("a file is in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    write(to, &content)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(path, content).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_in_the_table_stands_where_the_table_says() {
        for mutant in table::all().unwrap() {
            let text = read(&workspace::root().join(&mutant.file)).unwrap();

            assert_ne!(mutant.applied_to(&text), text, "{}", mutant.about);
        }
    }

    #[test]
    fn every_check_in_the_sources_is_taken_away_or_excused() {
        let removals = table::all().unwrap();
        let excused = excuses::all().unwrap();
        let mut left = Vec::new();
        for site in sites::all().unwrap() {
            let is_taken_away = removals.iter().any(|it| site.is_in(&it.file, &it.at));
            let is_excused = excused.iter().any(|(file, at)| site.is_in(file, at));
            if is_taken_away == is_excused {
                let why = if is_excused { "taken away and excused" } else { "neither" };
                left.push(format!("{site}: {why}"));
            }
        }

        assert!(left.is_empty(), "see xtask/src/mutants/table:\n{}", left.join("\n"));
    }

    #[test]
    fn every_test_in_the_table_is_written_somewhere() {
        let folders =
            ["crates/berth-domain/src", "crates/berth-store/tests", "crates/berth-engine/tests"];
        let more = ["crates/berth-web/src", "crates/berth/tests/api"];
        let mut written = String::new();
        for folder in folders.iter().chain(&more) {
            gather(&workspace::root().join(folder), &mut written);
        }

        for mutant in table::all().unwrap() {
            let name = mutant.notices.rsplit("::").next().unwrap();
            assert!(written.contains(&format!("fn {name}(")), "{name}");
        }
    }

    fn gather(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                into.push_str(&read(&path).unwrap());
            }
        }
    }
}
