//! Lengths of time, as people write them.

use std::str::FromStr;
use std::time::Duration;

/// A length of time: `90s`, `30m`, `12h`, `14d`, `2w`. A day is 24 hours, whatever a calendar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(Duration);

/// The text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a length of time: write a whole number with `s`, `m`, `h`, `d` or `w`, such as `12h` or `14d`"
)]
pub struct InvalidSpan(pub String);

/// In seconds.
const UNITS: [(char, u64); 5] =
    [('s', 1), ('m', 60), ('h', 3600), ('d', 24 * 3600), ('w', 7 * 24 * 3600)];
/// Digits before the unit: whatever they say, it is a number of seconds that can be counted.
const DIGITS: usize = 10;

impl Span {
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl FromStr for Span {
    type Err = InvalidSpan;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (number, seconds) = UNITS
                .iter()
                .find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, seconds)))?;
            let is_number = number.len() <= DIGITS && number.bytes().all(|b| b.is_ascii_digit());
            let number: u64 = is_number.then(|| number.parse().ok()).flatten()?;
            Some(Self(Duration::from_secs(number * seconds)))
        };
        read().ok_or_else(|| {
            InvalidSpan(text.chars().take(40).flat_map(char::escape_default).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_in_five_units() {
        let day = 24 * 3600;
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("30m", 1800),
            ("12h", day / 2),
            ("7d", 7 * day),
            ("2w", 14 * day),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.get(), Duration::from_secs(seconds), "{text}");
        }
        assert!("9999999999w".parse::<Span>().is_ok(), "nothing that is read overflows");
    }

    #[test]
    fn what_is_no_length_of_time_is_refused_in_one_sentence() {
        for text in
            ["", "d", "14", "-1d", "+1d", "1.5d", "1 d", "1d12h", "1D", "99999999999d", "٣d"]
        {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
        let refused = "soon\u{7}".parse::<Span>().unwrap_err().to_string();
        assert_eq!(
            refused,
            "`soon\\u{7}` is not a length of time: write a whole number with `s`, `m`, `h`, `d` or `w`, such as `12h` or `14d`"
        );
    }
}
