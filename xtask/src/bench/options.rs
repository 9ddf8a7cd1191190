//! Numbers that are asked for on the command line of a benchmark: `--name number`.

use std::ops::RangeInclusive;

use anyhow::{Context, Result, bail};

/// A number that a benchmark takes: its name, where it goes, and what it may be.
pub(super) type Number<'a> = (&'static str, &'a mut u32, RangeInclusive<u32>);

/// Declares the numbers that a benchmark takes: what each is when it is left out, and what it may be.
macro_rules! plan {
    ($bench:literal: $($(#[$doc:meta])* $name:ident = $usual:literal, $range:expr;)+) => {
        /// What was asked for on the command line.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        struct Plan {
            $($(#[$doc])* $name: u32,)+
        }

        impl Plan {
            fn of(arguments: &[String]) -> anyhow::Result<Self> {
                let mut plan = Self { $($name: $usual),+ };
                let mut numbers =
                    [$((concat!("--", stringify!($name)), &mut plan.$name, $range)),+];
                $crate::bench::options::read($bench, arguments, &mut numbers)?;
                Ok(plan)
            }
        }
    };
}
pub(super) use plan;

/// Puts what is asked for into its place. What is left out stays as it is.
pub(super) fn read(bench: &str, arguments: &[String], numbers: &mut [Number<'_>]) -> Result<()> {
    for pair in arguments.chunks(2) {
        let [name, number] = pair else { bail!("`{}` needs a number", pair[0]) };
        let known = numbers.iter_mut().find(|(known, ..)| known == name);
        let Some((_, place, range)) = known else {
            bail!("`bench {bench}` takes {}, not `{name}`", names(numbers));
        };
        let parsed = number.parse().ok().filter(|number| range.contains(number));
        **place = parsed.with_context(|| {
            format!("`{name}` is a number from {} to {}", range.start(), range.end())
        })?;
    }
    Ok(())
}

fn names(numbers: &[Number<'_>]) -> String {
    let names: Vec<String> = numbers.iter().map(|(name, ..)| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}

/// A command line of these words.
#[cfg(test)]
pub(super) fn line(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<[u32; 2], String> {
        let [mut runs, mut seconds] = [5, 10];
        let mut numbers = [("--runs", &mut runs, 1..=100), ("--seconds", &mut seconds, 1..=600)];
        let said = read("edge", &line(words), &mut numbers);
        said.map(|()| [runs, seconds]).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_left_out_stays_and_the_rest_is_as_asked() {
        assert_eq!(of(&[]), Ok([5, 10]));
        assert_eq!(of(&["--seconds", "600"]), Ok([5, 600]));
        assert_eq!(of(&["--seconds", "1", "--runs", "1"]), Ok([1, 1]));
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        for (words, why) in [
            (&["--runs"][..], "`--runs` needs a number"),
            (&["--runs", "0"], "`--runs` is a number from 1 to 100"),
            (&["--runs", "many"], "`--runs` is a number from 1 to 100"),
            (&["--seconds", "601"], "`--seconds` is a number from 1 to 600"),
            (&["--fast", "1"], "`bench edge` takes `--runs` and `--seconds`, not `--fast`"),
        ] {
            assert_eq!(of(words), Err(why.to_owned()), "{words:?}");
        }
    }
}
