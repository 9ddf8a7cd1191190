//! Words, numbers, sizes and paths.

use std::path::PathBuf;
use std::time::Duration;

use berth_domain::disk::Threshold;
use berth_domain::subnet::SubnetPool;
use berth_domain::{Bytes, HostName, ImageRef, IpRange, Language, Span, Stage, TimeZoneName};

use super::{Setting, Written};

/// Processor time, in thousandths of one core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cores(pub u32);

/// Text on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub String);

impl Setting for Word {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        if text.chars().any(char::is_control) || text.len() > 200 {
            return Err("this must be one line of at most 200 bytes".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

/// A length of time, written in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

/// A length of time, from an hour to ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(pub Duration);

macro_rules! parsed {
    ($written:ident: $($type:ty),+) => {
        $(
            impl Setting for $type {
                const WRITTEN: Written = Written::$written;

                fn from_text(text: &str) -> Result<Self, String> {
                    text.parse().map_err(|error| format!("{error}"))
                }
            }
        )+
    };
}

parsed!(Text: Bytes, HostName, ImageRef, IpRange, Language, Stage, TimeZoneName, SubnetPool, Threshold);

macro_rules! numbers {
    ($($type:ty),+) => {
        $(
            impl Setting for $type {
                const WRITTEN: Written = Written::Integer;

                fn from_text(text: &str) -> Result<Self, String> {
                    text.parse().map_err(|_| {
                        format!("`{text}` is not a whole number from 0 to {}", <$type>::MAX)
                    })
                }
            }
        )+
    };
}

numbers!(u16, u32);

impl Setting for bool {
    const WRITTEN: Written = Written::Boolean;

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("`{text}` is neither `true` nor `false`"))
    }
}

impl Setting for Seconds {
    const WRITTEN: Written = Written::Integer;

    fn from_text(text: &str) -> Result<Self, String> {
        match text.parse::<u32>() {
            Ok(seconds @ 1..=86_400) => Ok(Self(Duration::from_secs(seconds.into()))),
            _ => Err(format!("`{text}` is not a number of seconds from 1 to 86400")),
        }
    }
}

impl Setting for Age {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        let age = text.parse::<Span>().map_err(|error| error.to_string())?.get();
        if (Duration::from_hours(1)..=Duration::from_hours(24 * 3660)).contains(&age) {
            Ok(Self(age))
        } else {
            Err(format!("`{text}` is not from `1h` to `3660d`"))
        }
    }
}

impl Setting for Cores {
    const WRITTEN: Written = Written::NumberOrText;

    fn from_text(text: &str) -> Result<Self, String> {
        let millis = match text.strip_suffix('m') {
            Some(millis) => millis.parse().ok(),
            None => thousandths(text),
        };
        millis
            .filter(|millis| *millis >= berth_domain::Limits::MIN_CPU_MILLIS)
            .map(Self)
            .ok_or_else(|| {
                format!("`{text}` is not a number of cores: write `2`, `0.5` or `1500m`")
            })
    }
}

/// Reads a decimal number with at most three digits after the point, in thousandths.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    whole.checked_mul(1000)?.checked_add(fraction)
}

/// Absolute paths only: a server does not know in which folder somebody typed a relative one.
impl Setting for PathBuf {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        let path = Self::from(text);
        if path.is_absolute() { Ok(path) } else { Err(format!("`{text}` is not an absolute path")) }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl Setting for $name {
            const WRITTEN: Written = Written::Text;

            fn from_text(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!(
                        "`{text}` is not one of {}",
                        [$(concat!("`", $word, "`")),+].join(", ")
                    )),
                }
            }
        }
    };
}
pub(super) use words;

words!(
    /// Who looks after the PostgreSQL server.
    PostgresMode {
        /// Berth makes, starts and looks after it.
        Managed = "managed",
        /// Somebody else does.
        External = "external",
    }
);

words!(
    /// What a log line looks like.
    LogFormat {
        /// For people.
        Text = "text",
        /// For programs: one JSON object a line.
        Json = "json",
    }
);

words!(
    /// The least important thing that is logged.
    Level {
        Error = "error",
        Warn = "warn",
        Info = "info",
        Debug = "debug",
        Trace = "trace",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_read_the_way_people_write_them() {
        for (text, millis) in [("2", 2000), ("0.5", 500), ("1500m", 1500), ("1.25", 1250)] {
            assert_eq!(Cores::from_text(text), Ok(Cores(millis)), "{text}");
        }
        for text in ["", "0", "-1", "1.", ".5", "1.2345", "99m", "5000000", "two"] {
            assert!(Cores::from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ages_are_read_as_every_length_of_time_is() {
        for (text, hours) in [("12h", 12), ("120m", 2), ("14d", 14 * 24), ("2w", 14 * 24)] {
            assert_eq!(Age::from_text(text), Ok(Age(Duration::from_hours(hours))), "{text}");
        }
        for text in ["", "0d", "59m", "14", "-1d", "1.5d", "999999d", "d"] {
            assert!(Age::from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn relative_paths_and_endless_waits_are_refused() {
        assert!(PathBuf::from_text("addons").is_err());
        assert!(Seconds::from_text("0").is_err());
        assert!(Seconds::from_text("86401").is_err());
    }
}
