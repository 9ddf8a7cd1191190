//! Languages, countries and time zones as Odoo names them.

use std::fmt;
use std::str::FromStr;

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $error:ident, $message:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error($message)]
        pub struct $error(pub String);

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($error(text.chars().take(60).collect()))
                }
            }
        }
    };
}
pub(crate) use checked_text;

checked_text!(
    /// A language code of Odoo: `en_US`, `de_DE`, `sr@latin`, `es_419`.
    Language,
    InvalidLanguage,
    "`{0}` is not a language code: write it like `en_US` or `de_DE`",
    |text| {
        (2..=12).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@'))
    }
);

checked_text!(
    /// A country by its ISO 3166-1 alpha-2 code in capitals: `BE`, `DE`.
    Country,
    InvalidCountry,
    "`{0}` is not a country code: write its two capital letters, such as `BE`",
    |text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
);

checked_text!(
    /// A time zone of the IANA database: `Europe/Brussels`, `UTC`.
    TimeZoneName,
    InvalidTimeZone,
    "`{0}` is not a time zone: write it like `Europe/Brussels` or `UTC`",
    |text| jiff::tz::TimeZone::get(text).is_ok()
);
