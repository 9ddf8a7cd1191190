//! When something happens again and again: five fields as in cron, in a time zone.
//!
//! # Invariants
//!
//! * An expression that can never come true (30 February) is refused when it is read.
//! * With `*` (or `*/n`) as hour or minute the wall clock decides: what it shows twice happens twice,
//!   what it skips does not happen. Any other expression names times of the day, and each happens
//!   exactly once: one that does not exist at the first instant after the gap, one that exists twice
//!   the first time.
//! * Day of month and day of week, both restricted: either is enough, as in Vixie's cron.

mod describe;
mod field;
mod moments;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use field::{Field, Kind};

/// When something happens. Its text is the one it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

/// Why a text is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCron {
    #[error(
        "`{text}` is not a schedule: write minute, hour, day of month, month and day of week, such \
         as `30 3 * * MON-FRI`, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`"
    )]
    Shape { text: String },

    #[error(
        "`{text}` is not a {field}: use {least} to {most}, lists, ranges and steps such as {example}"
    )]
    Field { field: &'static str, text: String, least: u8, most: u8, example: &'static str },

    #[error("`{text}` never happens: no month that it names has such a day")]
    Never { text: String },
}

/// How long a text may be.
const MOST: usize = 200;

impl Cron {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the wall clock decides, and not a time of the day.
    fn follows_the_clock(&self) -> bool {
        self.minute.is_star() || self.hour.is_star()
    }

    fn is_day(&self, date: jiff::civil::Date) -> bool {
        let month = u8::try_from(date.month()).is_ok_and(|month| self.month.has(month));
        if !month {
            return false;
        }
        let day = u8::try_from(date.day()).is_ok_and(|day| self.day.has(day));
        let weekday = u8::try_from(date.weekday().to_sunday_zero_offset());
        let weekday = weekday.is_ok_and(|weekday| self.weekday.has(weekday));
        if self.day.is_star() || self.weekday.is_star() { day && weekday } else { day || weekday }
    }

    fn happens(&self) -> bool {
        const LONGEST: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let by_weekday = !self.day.is_star() && !self.weekday.is_star();
        let mut months = (1..=12u8).filter(|month| self.month.has(*month));
        by_weekday
            || months
                .any(|month| (1..=LONGEST[usize::from(month) - 1]).any(|day| self.day.has(day)))
    }
}

impl FromStr for Cron {
    type Err = InvalidCron;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = || InvalidCron::Shape { text: shown(text) };
        if text.len() > MOST {
            return Err(shape());
        }
        let long = match text.trim().to_ascii_lowercase().as_str() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            _ => text.trim(),
        };
        let fields: Vec<&str> = long.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else { return Err(shape()) };
        let cron = Self {
            text: text.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            minute: Field::read(Kind::Minute, minute)?,
            hour: Field::read(Kind::Hour, hour)?,
            day: Field::read(Kind::Day, day)?,
            month: Field::read(Kind::Month, month)?,
            weekday: Field::read(Kind::Weekday, weekday)?,
        };
        if cron.happens() { Ok(cron) } else { Err(InvalidCron::Never { text: shown(text) }) }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What somebody typed, fit to be shown back.
fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_default).collect()
}
