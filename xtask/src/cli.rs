//! What can be asked for on the command line.
//!
//! # Invariants
//!
//! * An argument that no command knows is refused, never ignored.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::{
    bench, check, clean, contract, fuzz, mutants, ordeal, pictures, podman, progress, run, setup,
    test,
};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  setup [--yes]          bring up a container engine and the images
  run [--yes]            set up, build, start Berth and a demo tenant
  stop                   stop Berth; tenants keep running
  clean [--images]       remove what `run` made, after asking
  check                  layering, bans, licences, budgets, forbidden text
  test [--level LEVEL]   everything CI runs; LEVEL is a, b, c, d or all
  pictures [--only WORD] takes pictures of every page into docs/ui; WORD is in the names of some
  podman [--only SUITE]  tests on Debian's Podman; SUITE is contract or story
  mutants [--only WORD]  takes each check of who may do what away; fails when no test notices
  fuzz [READER,..] [--minutes 1] [--jobs 1]
                         asks readers of foreign input what reaches new code; fails when one breaks
  contract [--cases 10000] [--seed N]
                         asks the API all that its description says and does not say
  bench NAME             measure; without NAME: list what can be measured
  soak [--minutes 60] [--tenants 2] [--release]
                         operations at full speed; fails when anything grows
  faults [--fault NAME,..] [--operation NAME,..] [--release]
                         engine, PostgreSQL and disks go away in the middle of each operation
  crash-matrix [--operation NAME,..] [--step NAME,..] [--phase NAME,..] [--release]
                         kill -9 at every step of every operation, forward and back
  chaos --real [--faults 200] [--seed N] [--tenants 4] [--release]
                         random faults in the middle of random operations

YES=1 answers questions with yes. BERTH_HOME says where Berth keeps its data.";

/// Runs what the arguments ask for.
pub(crate) fn dispatch(arguments: Vec<String>) -> Result<ExitCode> {
    let mut arguments = arguments.into_iter();
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    let mut rest = Rest(arguments.collect());
    match command.as_str() {
        "setup" => {
            let yes = rest.flag("--yes");
            rest.end()?;
            setup::run(yes).map(|_| ExitCode::SUCCESS)
        }
        "run" => {
            let yes = rest.flag("--yes");
            rest.end()?;
            run::run(yes).map(succeed)
        }
        "stop" => rest.end().and_then(|()| run::stop()).map(succeed),
        "clean" => {
            let images = rest.flag("--images");
            rest.end()?;
            clean::run(images).map(succeed)
        }
        "check" => rest.end().and_then(|()| check::run()).map(succeed),
        "test" => {
            let level = rest.value("--level")?.unwrap_or_else(|| "all".to_owned());
            rest.end()?;
            test::run(level.parse()?)
        }
        "podman" => {
            let (yes, is_inside) = (rest.flag("--yes"), rest.flag("--inside"));
            let only = rest.value("--only")?;
            rest.end()?;
            let run = |only| if is_inside { podman::inside(only) } else { podman::run(yes, only) };
            run(only.as_deref()).map(succeed)
        }
        "pictures" => {
            let (yes, only) = (rest.flag("--yes"), rest.value("--only")?);
            rest.end()?;
            pictures::run(yes, only.as_deref())
        }
        "mutants" => {
            let only = rest.value("--only")?;
            rest.end()?;
            mutants::run(only.as_deref()).map(succeed)
        }
        "fuzz" | "contract" => try_to_break(&command, rest),
        "bench" => bench::run(&rest.0).map(succeed),
        "soak" | "faults" | "crash-matrix" => ordeal::run(&command, rest.0),
        "chaos" => {
            if !rest.flag("--real") {
                bail!("say where: `cargo xtask chaos --real` is on the container engine");
            }
            ordeal::run(&command, rest.0)
        }
        "help" | "--help" | "-h" => {
            progress::fact(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no command `{other}`: see `cargo xtask help`"),
    }
}

/// Trials that ask what nobody thought of.
fn try_to_break(trial: &str, mut rest: Rest) -> Result<ExitCode> {
    if trial == "fuzz" {
        let minutes = rest.number("--minutes", 1)?;
        let jobs = rest.number("--jobs", 1)?;
        let jobs = usize::try_from(jobs).context("`--jobs` is too high")?;
        let only = rest.word();
        rest.end()?;
        let wish = fuzz::Wish { only: only.as_deref(), minutes, jobs };
        return fuzz::run(wish).map(succeed);
    }
    let cases = rest.number("--cases", 10_000)?;
    let seed = rest.value("--seed")?.map(|seed| seed.parse()).transpose()?;
    rest.end()?;
    contract::run(cases, seed)
}

fn succeed((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Arguments that nobody has claimed yet.
struct Rest(Vec<String>);

impl Rest {
    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.0.iter().position(|argument| argument == name) else {
            return Ok(None);
        };
        if at + 1 >= self.0.len() {
            bail!("{name} needs a value: see `cargo xtask help`");
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    fn number(&mut self, name: &str, otherwise: u64) -> Result<u64> {
        match self.value(name)? {
            Some(text) => match text.parse() {
                Ok(number @ 1..) => Ok(number),
                _ => bail!("{name} needs a whole number: see `cargo xtask help`"),
            },
            None => Ok(otherwise),
        }
    }

    /// The next argument that is no option.
    fn word(&mut self) -> Option<String> {
        let at = self.0.iter().position(|argument| !argument.starts_with('-'))?;
        Some(self.0.remove(at))
    }

    fn end(&self) -> Result<()> {
        match self.0.first() {
            Some(stray) => bail!("`{stray}` is not understood here: see `cargo xtask help`"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_arguments_are_refused() {
        let mut rest = Rest(vec!["--level".to_owned(), "a".to_owned(), "--yes".to_owned()]);

        assert_eq!(rest.value("--level").unwrap().as_deref(), Some("a"));
        assert!(rest.end().is_err());
        assert!(rest.flag("--yes"));
        assert!(rest.end().is_ok());
    }

    #[test]
    fn numbers_and_words_are_found_in_any_order() {
        let rest = |words: &[&str]| Rest(words.iter().map(|&word| word.to_owned()).collect());
        let mut both = rest(&["zip", "--minutes", "5"]);

        assert_eq!(
            (both.number("--minutes", 1).unwrap(), both.word()),
            (5, Some("zip".to_owned()))
        );
        assert_eq!((both.number("--minutes", 1).unwrap(), both.word()), (1, None));
        assert!(rest(&["--minutes", "0"]).number("--minutes", 1).is_err());
        assert!(rest(&["--minutes", "ten"]).number("--minutes", 1).is_err());
    }

    #[test]
    fn an_option_without_its_value_is_refused() {
        assert!(Rest(vec!["--level".to_owned()]).value("--level").is_err());
    }
}
