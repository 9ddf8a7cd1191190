//! An expression in words.

use super::Cron;
use super::field::Field;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// How many times of a day are written out.
const MOST_TIMES: usize = 6;

impl Cron {
    /// Says when it happens: `at 03:30 on Monday to Friday`.
    #[must_use]
    pub fn describe(&self) -> String {
        let time = self.time();
        let day = self.day_in_words();
        let month = (!is_any(&self.month, 1..=12))
            .then(|| format!("in {}", named(&self.month, |n| MONTHS[usize::from(n) - 1])));
        let every_day = (time.starts_with("at ") && !time.starts_with("at minute"))
            .then(|| "every day".to_owned())
            .filter(|_| day.is_none() && month.is_none());
        let parts = [every_day, Some(time), day, month];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// On which days, when not on all.
    fn day_in_words(&self) -> Option<String> {
        let day = (!is_any(&self.day, 1..=31)).then(|| self.days());
        let weekday = (!is_any(&self.weekday, 0..=6)).then(|| self.weekdays());
        let either = !self.day.is_star() && !self.weekday.is_star();
        match (day, weekday) {
            (Some(day), Some(weekday)) => {
                let both = if either { "or" } else { "if it is" };
                Some(format!("{day} {both} {weekday}"))
            }
            // Each day of one that restricts nothing is enough, whatever the other says.
            _ if either => None,
            (day, weekday) => day.or(weekday.map(|weekday| format!("on {weekday}"))),
        }
    }

    fn time(&self) -> String {
        let every_hour = is_any(&self.hour, 0..=23);
        match (self.minute.step(), self.hour.step()) {
            _ if is_any(&self.minute, 0..=59) && every_hour => return "every minute".to_owned(),
            (Some(n), _) if every_hour && 60 % n == 0 => return format!("every {n} minutes"),
            _ => {}
        }
        let (minutes, hours) = (self.minute.numbers(), self.hour.numbers());
        let (minutes, hours): (Vec<u8>, Vec<u8>) = (minutes.collect(), hours.collect());
        if !self.hour.is_star() && minutes.len() * hours.len() <= MOST_TIMES {
            let times = hours.iter().flat_map(|hour| {
                minutes.iter().map(move |minute| format!("{hour:02}:{minute:02}"))
            });
            return format!("at {}", listed(&times.collect::<Vec<_>>()));
        }
        let minute = if is_any(&self.minute, 0..=59) {
            "every minute".to_owned()
        } else {
            format!("at minute {}", numbers(&self.minute))
        };
        match self.hour.step() {
            _ if every_hour => format!("{minute} of every hour"),
            Some(n) if 24 % n == 0 => format!("{minute} of every {n} hours"),
            _ => format!("{minute} of hour {}", numbers(&self.hour)),
        }
    }

    fn days(&self) -> String {
        format!("on day {} of the month", numbers(&self.day))
    }

    fn weekdays(&self) -> String {
        named(&self.weekday, |n| WEEKDAYS[usize::from(n)])
    }
}

fn is_any(field: &Field, mut all: std::ops::RangeInclusive<u8>) -> bool {
    all.all(|number| field.has(number))
}

fn numbers(field: &Field) -> String {
    runs(field, |number| number.to_string())
}

fn named(field: &Field, name: impl Fn(u8) -> &'static str) -> String {
    runs(field, |number| name(number).to_owned())
}

/// Three in a row and more are said as a range.
fn runs(field: &Field, word: impl Fn(u8) -> String) -> String {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for number in field.numbers() {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let words = runs.into_iter().flat_map(|(first, last)| match last - first {
        0 => vec![word(first)],
        1 => vec![word(first), word(last)],
        _ => vec![format!("{} to {}", word(first), word(last))],
    });
    listed(&words.collect::<Vec<_>>())
}

/// `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
