//! One field of a cron expression: a set of small numbers.

use super::{InvalidCron, shown};

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
}

/// Which numbers a field names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// The bit of each number that it has.
    bits: u64,
    /// Whether it began with `*`: then it restricts nothing by itself.
    star: bool,
    /// The n of `*/n`, when it is nothing but that.
    step: Option<u8>,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day of month",
            Self::Month => "month",
            Self::Weekday => "day of week",
        }
    }

    /// The least and the greatest number that may be written.
    const fn bounds(self) -> (u8, u8) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Day => (1, 31),
            Self::Month => (1, 12),
            // Sunday is 0 and 7.
            Self::Weekday => (0, 7),
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Minute => "`0`, `*/15` or `0,30`",
            Self::Hour => "`3`, `*/2` or `8-18`",
            Self::Day => "`1`, `1-7` or `1,15`",
            Self::Month => "`6`, `JAN` or `1-12/3`",
            Self::Weekday => "`1`, `MON-FRI` or `SAT,SUN`",
        }
    }

    fn number(self, text: &str) -> Option<u8> {
        let names: &[&str] = match self {
            Self::Month => &MONTHS,
            Self::Weekday => &WEEKDAYS,
            _ => &[],
        };
        let (least, most) = self.bounds();
        if let Some(at) = names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            // Months begin with 1, days of the week with 0.
            return u8::try_from(at).ok().map(|at| at + least);
        }
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten()?;
        (least..=most).contains(&number).then_some(number)
    }

    /// First, last and step of one entry of a list.
    fn range(self, text: &str) -> Option<(u8, u8, u8)> {
        let (range, step) = match text.split_once('/') {
            None => (text, 1),
            Some((range, step)) => {
                let digits = step.len() <= 2 && step.bytes().all(|b| b.is_ascii_digit());
                let step: u8 = digits.then(|| step.parse().ok()).flatten()?;
                (range, (step > 0 && step <= self.bounds().1).then_some(step)?)
            }
        };
        let (least, most) = self.bounds();
        match range.split_once('-') {
            _ if range == "*" && self == Self::Weekday => Some((0, 6, step)),
            _ if range == "*" => Some((least, most, step)),
            Some((from, to)) => {
                let (from, to) = (self.number(from)?, self.number(to)?);
                (from <= to).then_some((from, to, step))
            }
            // `5/10` means different things to different crons.
            None if text.contains('/') => None,
            None => self.number(range).map(|number| (number, number, 1)),
        }
    }
}

impl Field {
    pub(super) fn read(kind: Kind, text: &str) -> Result<Self, InvalidCron> {
        let (least, most) = kind.bounds();
        let invalid = || InvalidCron::Field {
            field: kind.name(),
            text: shown(text),
            least,
            most,
            example: kind.example(),
        };
        let mut bits = 0_u64;
        for entry in text.split(',') {
            let (from, to, step) = kind.range(entry).ok_or_else(invalid)?;
            for number in (from..=to).step_by(usize::from(step)) {
                let number = if kind == Kind::Weekday { number % 7 } else { number };
                bits |= 1 << number;
            }
        }
        let step = text.strip_prefix("*/").and_then(|step| step.parse().ok());
        Ok(Self { bits, star: text.starts_with('*'), step })
    }

    pub(super) const fn has(&self, number: u8) -> bool {
        number < 64 && self.bits & (1 << number) != 0
    }

    pub(super) const fn is_star(&self) -> bool {
        self.star
    }

    pub(super) const fn step(&self) -> Option<u8> {
        self.step
    }

    /// Its numbers, least first.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u8> {
        let bits = self.bits;
        (0..64_u8).filter(move |number| bits & (1 << number) != 0)
    }
}
