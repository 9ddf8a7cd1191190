//! Numbers that are asked for on the command line of a benchmark: `--name number`.

use std::ops::RangeInclusive;

use anyhow::{Context, Result, bail};

/// A number that a benchmark takes: its name, where it goes, and what it may be.
pub(super) type Number<'a> = (&'static str, &'a mut u32, RangeInclusive<u32>);

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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &[&str]) -> Result<[u32; 2], String> {
        let line: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
        let [mut runs, mut seconds] = [5, 10];
        let mut numbers = [("--runs", &mut runs, 1..=100), ("--seconds", &mut seconds, 1..=600)];
        let said = read("edge", &line, &mut numbers);
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
        for (line, why) in [
            (&["--runs"][..], "`--runs` needs a number"),
            (&["--runs", "0"], "`--runs` is a number from 1 to 100"),
            (&["--runs", "many"], "`--runs` is a number from 1 to 100"),
            (&["--seconds", "601"], "`--seconds` is a number from 1 to 600"),
            (&["--fast", "1"], "`bench edge` takes `--runs` and `--seconds`, not `--fast`"),
        ] {
            assert_eq!(of(line), Err(why.to_owned()), "{line:?}");
        }
    }
}
