//! What a line of Odoo's log says about itself.
//!
//! Odoo begins every message with a time, the process, the level, the database and the logger. What
//! follows without that belongs to the message before it: a traceback is one message.

use std::str::FromStr;

/// How important a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}

/// The word is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of `debug`, `info`, `warning`, `error`, `critical`")]
pub struct UnknownLevel(pub String);

/// `2026-05-04 10:00:00,123`.
const TIME: &str = "dddd-dd-dd dd:dd:dd,ddd";

impl Level {
    const ALL: [Self; 5] = [Self::Debug, Self::Info, Self::Warning, Self::Error, Self::Critical];

    /// As Odoo writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| UnknownLevel(text.chars().take(40).collect()))
    }
}

/// What the first line of a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// `2026-05-04 10:00:00,123`, where the container's clock says so.
    pub time: &'a str,
    /// The number of the process.
    pub process: &'a str,
    pub level: Level,
    /// `?` while there is none.
    pub database: &'a str,
    /// `odoo.service.server`.
    pub logger: &'a str,
    pub text: &'a str,
}

/// The level of the message that begins with this line. `None`: the line goes on with another one.
#[must_use]
pub fn level(line: &str) -> Option<Level> {
    begun(line).map(|(_, _, level, _)| level)
}

/// Takes the first line of a message apart. `None`: the line goes on with another one, or says no more
/// than its level.
#[must_use]
pub fn head(line: &str) -> Option<Head<'_>> {
    let (time, process, level, rest) = begun(line)?;
    let (database, rest) = rest.split_once(' ')?;
    let (logger, text) = match rest.split_once(": ") {
        Some((logger, text)) => (logger, text),
        None => (rest.strip_suffix(':')?, ""),
    };
    let is_logger = !logger.is_empty() && !logger.contains(' ');
    is_logger.then_some(Head { time, process, level, database, logger, text })
}

/// Time, process and level of a message, and what stands behind them.
fn begun(line: &str) -> Option<(&str, &str, Level, &str)> {
    let rest = line.get(TIME.len()..)?.strip_prefix(' ')?;
    let is_time = line.bytes().zip(TIME.bytes()).all(|(byte, pattern)| match pattern {
        b'd' => byte.is_ascii_digit(),
        pattern => byte == pattern,
    });
    let (process, rest) = rest.split_once(' ')?;
    let is_process = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
    let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    // Odoo colours the word on a terminal.
    let word = word.trim_matches(|c: char| !c.is_ascii_uppercase());
    let found = Level::ALL.into_iter().find(|level| level.as_str() == word);
    let level = found.filter(|_| is_time && is_process)?;
    Some((&line[..TIME.len()], process, level, rest))
}

/// Whether a traceback of Python begins here.
#[must_use]
pub fn is_traceback(line: &str) -> bool {
    line.starts_with("Traceback (most recent call last)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_message_says_its_level() {
        let said =
            |level_and_rest: &str| level(&format!("2026-05-04 10:00:00,123 7 {level_and_rest}"));

        assert_eq!(said("INFO t_1 odoo.service.server: ready"), Some(Level::Info));
        assert_eq!(said("CRITICAL ? odoo: no"), Some(Level::Critical));
        assert_eq!(said("SHOUTING t_1 odoo: x"), None);
        assert_eq!(level("Traceback (most recent call last):"), None);
        assert_eq!(level("2026-05-04 10:00:00 7 INFO x"), None);
        assert_eq!(level(""), None);
        assert_eq!(level("ü026-05-04 10:00:00,123 7 ERROR x"), None);
    }

    #[test]
    fn the_first_line_of_a_message_is_taken_apart() {
        let line = "2026-05-04 10:00:00,123 7 INFO t_1 odoo.service.server: HTTP: ready";

        let expected = Head {
            time: "2026-05-04 10:00:00,123",
            process: "7",
            level: Level::Info,
            database: "t_1",
            logger: "odoo.service.server",
            text: "HTTP: ready",
        };
        assert_eq!(head(line), Some(expected));
        let empty = head("2026-05-04 10:00:00,123 7 ERROR ? odoo.http:").unwrap();
        assert_eq!((empty.database, empty.logger, empty.text), ("?", "odoo.http", ""));
        for line in [
            "2026-05-04 10:00:00,123 7 ERROR",
            "2026-05-04 10:00:00,123 7 ERROR t_1",
            "2026-05-04 10:00:00,123 7 ERROR t_1 two words: x",
            "2026-05-04 10:00:00,123 7 ERROR t_1 : x",
            "Traceback (most recent call last):",
            "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc} 7 ERROR x y: z",
        ] {
            assert_eq!(head(line), None, "{line}");
        }
    }

    #[test]
    fn levels_are_read_as_people_write_them() {
        assert_eq!("error".parse(), Ok(Level::Error));
        assert_eq!("Warning".parse(), Ok(Level::Warning));
        assert!("loud".parse::<Level>().is_err());
    }
}
