//! The text of one file.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use berth_api::v1 as api;
use berth_config::setting::{Setting as _, Written};
use berth_config::{Mistake, Place, nearest};
use berth_domain::OrganisationName;
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Described;

/// What a key holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    /// As in `cpu = 2` and `cpu = "1500m"`.
    NumberOrText,
    Number,
    Boolean,
    List,
    /// As in `expires = 2026-12-31` and `expires = "14d"`.
    DateOrText,
}

/// Everything that can be said of a tenant, which are the fields of [`api::TenantWish`].
const KEYS: [(&str, Kind); 22] = [
    ("name", Kind::Text),
    ("host", Kind::Text),
    ("stage", Kind::Text),
    ("image", Kind::Text),
    ("modules", Kind::List),
    ("language", Kind::Text),
    ("country", Kind::Text),
    ("demo", Kind::Boolean),
    ("company", Kind::Text),
    ("admin_login", Kind::Text),
    ("email", Kind::Text),
    ("time_zone", Kind::Text),
    ("addons", Kind::Text),
    ("own_cluster", Kind::Boolean),
    ("cpu", Kind::NumberOrText),
    ("memory", Kind::Text),
    ("pids", Kind::Number),
    ("storage", Kind::Text),
    ("owner", Kind::Text),
    ("tags", Kind::List),
    ("notes", Kind::Text),
    ("expires", Kind::DateOrText),
];
/// The section that describes a tenant.
const SECTION: &str = "tenant";
/// Whose tenants all of them are. A file need not say it.
const WHOSE: &str = "organisation";

/// Reads the tenants of a file, and finds what is wrong with it.
#[must_use]
pub fn parse(path: &Path, text: &str) -> (Vec<Described>, Vec<Mistake>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let ends = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut file = File { path, ends, mistakes: Vec::new() };
    for error in &errors {
        let place = file.place(error.span().as_ref());
        file.note(place, String::new(), error.message().to_owned(), None);
    }
    // What could not be parsed leaves pieces behind; complaining about those too helps nobody.
    if !errors.is_empty() {
        return (Vec::new(), file.mistakes);
    }
    let mut described = Vec::new();
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        match value.get_ref() {
            DeValue::Array(tenants) if name == SECTION => {
                described.extend(tenants.iter().filter_map(|tenant| file.tenant(tenant)));
            }
            value if name == WHOSE => file.whose(&key.span(), value),
            _ => file.strange_section(&key.span(), name),
        }
    }
    (described, file.mistakes)
}

/// Which organisation a file says that its tenants are of, and where. `None`: it does not say, or what it
/// says is none, which [`parse`] finds.
#[must_use]
pub fn organisation(path: &Path, text: &str) -> Option<(OrganisationName, Place)> {
    let (table, _) = DeTable::parse_recoverable(text);
    let (key, value) = table.get_ref().iter().find(|(key, _)| key.get_ref() == WHOSE)?;
    let ends = text.match_indices('\n').map(|(at, _)| at).collect();
    let file = File { path, ends, mistakes: Vec::new() };
    let name = value.get_ref().as_str()?.parse().ok()?;
    Some((name, file.place(Some(&key.span()))))
}

struct File<'a> {
    path: &'a Path,
    /// Where each line ends.
    ends: Vec<usize>,
    mistakes: Vec<Mistake>,
}

impl File<'_> {
    fn place(&self, span: Option<&Range<usize>>) -> Place {
        let line = span.map(|span| self.ends.partition_point(|end| *end < span.start) + 1);
        Place::File { path: self.path.to_owned(), line }
    }

    fn note(&mut self, place: Place, key: String, message: String, hint: Option<String>) {
        self.mistakes.push(Mistake { place, key, message, hint });
    }

    /// Finds what is wrong with the organisation that a file names.
    fn whose(&mut self, span: &Range<usize>, value: &DeValue<'_>) {
        let read = Written::Text.text_of(value);
        let read = read.and_then(|text| {
            text.parse::<OrganisationName>().map(drop).map_err(|error| error.to_string())
        });
        if let Err(why) = read {
            let place = self.place(Some(span));
            self.note(place, WHOSE.to_owned(), why, None);
        }
    }

    fn strange_section(&mut self, span: &Range<usize>, name: &str) {
        let place = self.place(Some(span));
        let is_meant = name == SECTION || nearest(name, [SECTION].into_iter()).is_some();
        let is_whose =
            nearest(name, [WHOSE].into_iter()).map(|near| format!("did you mean `{near}`?"));
        let hint = is_meant.then(|| format!("begin each tenant with `[[{SECTION}]]`"));
        let hint = hint.or(is_whose).or_else(|| {
            let key = KEYS.iter().find(|(key, _)| *key == name);
            key.map(|_| format!("it belongs under `[[{SECTION}]]`"))
        });
        self.note(place, name.to_owned(), "a file holds tenants and nothing else".to_owned(), hint);
    }

    /// Reads one tenant. `None`: nobody knows which.
    fn tenant(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Described> {
        let place = self.place(Some(&value.span()));
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("begin each tenant with `[[{SECTION}]]`");
            self.note(place, SECTION.to_owned(), message, None);
            return None;
        };
        let name = table.get("name").and_then(|name| name.get_ref().as_str());
        let called = name.unwrap_or(SECTION);
        let (mut fields, mut places) = (Map::new(), HashMap::new());
        for (key, value) in table {
            let at = self.place(Some(&key.span()));
            let Some((known, kind)) = KEYS.iter().find(|(known, _)| known == key.get_ref()) else {
                let path = format!("{called}.{}", key.get_ref());
                self.note(at, path, "there is no such key".to_owned(), meant(key.get_ref()));
                continue;
            };
            match kind.read(value.get_ref()) {
                Ok(read) => drop(fields.insert((*known).to_owned(), read)),
                Err(why) => self.note(at.clone(), format!("{called}.{known}"), why, None),
            }
            places.insert(*known, at);
        }
        if !table.contains_key("name") {
            self.note(place.clone(), SECTION.to_owned(), "it has no name".to_owned(), None);
        }
        name?;
        let wish: api::TenantWish =
            serde_json::from_value(Value::Object(fields)).expect("each key was read as its kind");
        Some(Described { wish, place, places })
    }
}

fn meant(key: &str) -> Option<String> {
    if key.contains("password") {
        let no_secret = "no secret belongs in these files: one is made up, and `berth tenant password show` shows it";
        return Some(no_secret.to_owned());
    }
    let near = nearest(key, KEYS.into_iter().map(|(key, _)| key));
    near.map(|near| format!("did you mean `{near}`?"))
}

impl Kind {
    fn read(self, value: &DeValue<'_>) -> Result<Value, String> {
        match (self, value) {
            (Self::DateOrText, DeValue::Datetime(at)) => Ok(at.to_string().into()),
            (Self::Text | Self::DateOrText, value) => Written::Text.text_of(value).map(Value::from),
            (Self::NumberOrText, value) => Written::NumberOrText.text_of(value).map(Value::from),
            (Self::Number, value) => u32::from_toml(value).map(Value::from),
            (Self::Boolean, value) => bool::from_toml(value).map(Value::from),
            (Self::List, value) => Vec::<String>::from_toml(value).map(Value::from),
        }
    }
}

#[cfg(test)]
mod tests;
