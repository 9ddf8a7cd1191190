//! What kinds of values a configuration holds, and how each is read.
//!
//! A value is read from TOML with its type checked, or from the plain text of a variable or flag.

mod kinds;
mod network;

use toml::de::{DeArray, DeValue};

pub use kinds::{Age, Cores, Level, LogFormat, PostgresMode, Seconds, Word};
pub use network::{EngineHost, Listen, MailHost, MailTls, Mailbox, PublicUrl, Scheme, StoreUrl};

/// A value of a configuration.
pub trait Setting: Sized {
    /// How it is written in TOML.
    const WRITTEN: Written;

    /// Reads it. The error is one sentence that says what is wrong and what to write.
    fn from_text(text: &str) -> Result<Self, String>;

    /// Reads it from TOML, where its type must be right too.
    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        Self::from_text(&Self::WRITTEN.text_of(value)?)
    }
}

/// How a kind of value is written in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Text,
    Integer,
    Boolean,
    /// A number or text, as in `cpu = 2` and `cpu = "1500m"`.
    NumberOrText,
    List,
}

impl Written {
    /// Returns the text of a value that is written like this. The error says what is expected.
    pub fn text_of(self, value: &DeValue<'_>) -> Result<String, String> {
        match (self, value) {
            (Self::Text | Self::NumberOrText, DeValue::String(text)) => Ok(text.to_string()),
            (Self::Integer | Self::NumberOrText, DeValue::Integer(number)) => {
                if number.radix() == 10 {
                    Ok(number.as_str().to_owned())
                } else {
                    Err("write the number in decimal".to_owned())
                }
            }
            (Self::NumberOrText, DeValue::Float(number)) => Ok(number.as_str().to_owned()),
            (Self::Boolean, DeValue::Boolean(yes)) => Ok(yes.to_string()),
            (_, found) => Err(format!("{} is expected, not {}", self.article(), kind_of(found))),
        }
    }

    fn article(self) -> &'static str {
        match self {
            Self::Text => "text in quotes",
            Self::Integer => "a whole number",
            Self::Boolean => "`true` or `false`",
            Self::NumberOrText => "a number or text in quotes",
            Self::List => "a list in square brackets",
        }
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// Text of any kind and length.
impl Setting for String {
    const WRITTEN: Written = Written::Text;

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

/// Lists; in a variable or flag their items are separated by commas.
impl<T: Setting> Setting for Vec<T> {
    const WRITTEN: Written = Written::List;

    fn from_text(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(T::from_text).collect()
    }

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        let DeValue::Array(items) = value else {
            return Err(format!("{} is expected, not {}", Written::List.article(), kind_of(value)));
        };
        let items: &DeArray<'_> = items;
        items.iter().map(|item| T::from_toml(item.get_ref())).collect()
    }
}

/// Empty text or the number 0 is `None`: what that means is documented at the field.
impl<T: Setting> Setting for Option<T> {
    const WRITTEN: Written = T::WRITTEN;

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "" => Ok(None),
            "0" if matches!(T::WRITTEN, Written::Integer | Written::NumberOrText) => Ok(None),
            text => T::from_text(text).map(Some),
        }
    }
}
