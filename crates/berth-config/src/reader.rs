//! Finds each value in its layers and collects everything that is wrong.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::environment::Sources;
use crate::mistake::{Mistake, Place};
use crate::nearest::nearest;
use crate::providers;
use crate::sections::{self, Field};
use crate::setting::Setting;

/// A parsed file.
pub(crate) struct File<'a> {
    path: PathBuf,
    text: &'a str,
    table: DeTable<'a>,
}

/// Reads values and notes mistakes.
pub(crate) struct Reader<'a> {
    sources: &'a Sources,
    file: Option<File<'a>>,
    mistakes: Vec<Mistake>,
    shown: Vec<(&'static str, String, Place)>,
}

/// One section of a list of sections.
pub(crate) struct Row<'a> {
    pub(crate) place: Place,
    /// `section.key` of the list.
    path: String,
    values: Vec<(String, DeValue<'a>, Place)>,
}

impl<'a> Row<'a> {
    pub(crate) fn value(&self, key: &str) -> Option<&DeValue<'a>> {
        self.values.iter().find(|(name, _, _)| name == key).map(|(_, value, _)| value)
    }

    fn place_of(&self, key: &str) -> &Place {
        let found = self.values.iter().find(|(name, _, _)| name == key);
        found.map_or(&self.place, |(_, _, place)| place)
    }
}

/// Where a value was found.
enum Found<'a> {
    Toml { value: &'a DeValue<'a>, span: Range<usize>, place: Place },
    Text { text: String, place: Place },
    Nowhere,
}

impl<'a> File<'a> {
    /// Parses a file and looks for sections and fields that do not exist.
    pub(crate) fn parse(path: &Path, text: &'a str) -> (Self, Vec<Mistake>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let file = Self { path: path.to_owned(), text, table: table.into_inner() };
        let mut mistakes: Vec<Mistake> = errors
            .iter()
            .map(|error| Mistake {
                place: file.place(error.span().as_ref()),
                key: String::new(),
                message: error.message().to_owned(),
                hint: None,
            })
            .collect();
        // What could not be parsed leaves pieces behind; complaining about those too helps nobody.
        if mistakes.is_empty() {
            mistakes = file.strangers();
        }
        (file, mistakes)
    }

    fn place(&self, span: Option<&Range<usize>>) -> Place {
        let line = span
            .map(|span| self.text.get(..span.start).unwrap_or(self.text).matches('\n').count() + 1);
        Place::File { path: self.path.clone(), line }
    }

    fn find(&self, field: &Field) -> Option<&Spanned<DeValue<'a>>> {
        let section = field.path.strip_suffix(field.key)?.trim_end_matches('.');
        match self.table.get(section)?.get_ref() {
            DeValue::Table(table) => table.get(field.key),
            _ => None,
        }
    }

    fn strangers(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for (name, value) in &self.table {
            let section = sections::ALL.iter().find(|section| section.name == name.get_ref());
            let place = self.place(Some(&name.span()));
            match (section, value.get_ref()) {
                (Some(section), DeValue::Table(table)) => {
                    let keys = || section.fields.iter().map(|field| field.key);
                    for (key, _) in table {
                        let is_list = (section.name, key.get_ref().as_ref()) == providers::LIST;
                        if !is_list && !keys().any(|known| known == key.get_ref()) {
                            let path = format!("{}.{}", section.name, key.get_ref());
                            let near = nearest(key.get_ref(), keys());
                            mistakes.push(stranger(self.place(Some(&key.span())), path, near));
                        }
                    }
                }
                (Some(section), _) => mistakes.push(Mistake {
                    place,
                    key: section.name.to_owned(),
                    message: "this is a section, not a value".to_owned(),
                    hint: Some(format!("write `[{}]` on a line of its own", section.name)),
                }),
                (None, value) => {
                    mistakes.push(strange_section(place, name.get_ref(), value));
                }
            }
        }
        mistakes
    }
}

fn stranger(place: Place, key: String, near: Option<&str>) -> Mistake {
    Mistake {
        place,
        key,
        message: "there is no such setting".to_owned(),
        hint: near.map(|near| format!("did you mean `{near}`?")),
    }
}

fn strange_section(place: Place, name: &str, value: &DeValue<'_>) -> Mistake {
    let is_table = matches!(value, DeValue::Table(_));
    let near = nearest(name, sections::ALL.iter().map(|section| section.name));
    let owner = sections::ALL
        .iter()
        .find(|section| section.fields.iter().any(|field| field.key == name))
        .filter(|_| !is_table);
    let hint = match (name, owner, near) {
        ("home", _, _) => Some("set it with --home or BERTH_HOME".to_owned()),
        (_, Some(owner), _) => Some(format!("it belongs under `[{}]`", owner.name)),
        (_, None, Some(near)) => Some(format!("did you mean `[{near}]`?")),
        (_, None, None) => None,
    };
    let what = if is_table { "section" } else { "setting" };
    Mistake { place, key: name.to_owned(), message: format!("there is no such {what}"), hint }
}

/// The variable that sets a field.
pub(crate) fn variable(field: &Field) -> String {
    format!("BERTH_{}", field.path.replace('.', "_").to_uppercase())
}

fn fields() -> impl Iterator<Item = &'static Field> {
    sections::ALL.into_iter().flat_map(|section| section.fields)
}

impl<'a> Reader<'a> {
    pub(crate) fn new(sources: &'a Sources, file: Option<File<'a>>, from: Vec<Mistake>) -> Self {
        let mut reader = Self { sources, file, mistakes: from, shown: Vec::new() };
        reader.check_names();
        reader
    }

    /// Looks for variables and flags that set nothing.
    fn check_names(&mut self) {
        let known: Vec<String> = fields().map(variable).collect();
        for name in self.sources.environment.names() {
            let in_section = sections::ALL.iter().any(|section| {
                name.strip_prefix("BERTH_")
                    .and_then(|rest| rest.strip_prefix(&section.name.to_uppercase()))
                    .is_some_and(|rest| rest.starts_with('_'))
            });
            if in_section && !known.iter().any(|known| known == name) {
                let near = nearest(name, known.iter().map(String::as_str));
                let place = Place::Variable(name.to_owned());
                self.mistakes.push(stranger(place, String::new(), near));
            }
        }
        for (key, _) in &self.sources.settings {
            if !fields().any(|field| field.path == key) {
                let near = nearest(key, fields().map(|field| field.path));
                self.mistakes.push(stranger(Place::Flag, key.clone(), near));
            }
        }
    }

    /// Returns the value in force. One that cannot be read is noted and its default returned.
    pub(crate) fn value<T: Setting>(&mut self, path: &'static str) -> T {
        let field = fields().find(|field| field.path == path).expect("every field is in a section");
        let (read, shown, place) = match self.find(field) {
            Found::Toml { value, span, place } => {
                let shown = self.file.as_ref().map_or("", |file| &file.text[span]);
                (T::from_toml(value), shown.to_owned(), place)
            }
            Found::Text { text, place } => (T::from_text(&text), format!("{text:?}"), place),
            Found::Nowhere => {
                self.shown.push((path, field.default.to_owned(), Place::Default));
                return default(field);
            }
        };
        self.shown.push((path, shown, place.clone()));
        read.unwrap_or_else(|message| {
            self.note_at(place, path, message, None);
            default(field)
        })
    }

    fn find(&self, field: &Field) -> Found<'_> {
        let flag = self.sources.settings.iter().rfind(|(key, _)| key == field.path);
        if let Some((_, text)) = flag {
            return Found::Text { text: text.clone(), place: Place::Flag };
        }
        let name = variable(field);
        if let Some(text) = self.sources.environment.get(&name) {
            return Found::Text { text: text.to_owned(), place: Place::Variable(name) };
        }
        let Some((file, value)) =
            self.file.as_ref().and_then(|file| Some((file, file.find(field)?)))
        else {
            return Found::Nowhere;
        };
        let span = value.span();
        Found::Toml { value: value.get_ref(), place: file.place(Some(&span)), span }
    }

    /// Notes a mistake about a value that was read, at the place where it was written.
    pub(crate) fn note(&mut self, path: &'static str, message: String, hint: Option<&str>) {
        let shown = self.shown.iter().rfind(|(shown, _, _)| *shown == path);
        let place = shown.map_or(Place::Default, |(_, _, place)| place.clone());
        self.note_at(place, path, message, hint);
    }

    /// Notes a mistake about a value in a list of sections.
    pub(crate) fn note_in(&mut self, row: &Row<'_>, key: &str, message: String) {
        let path = format!("{}.{key}", row.path);
        self.note_at(row.place_of(key).clone(), &path, message, None);
    }

    /// Has a value shown that is in force.
    pub(crate) fn show(&mut self, path: &'static str, value: String, place: Place) {
        self.shown.push((path, value, place));
    }

    /// The sections of a list, as in `[[section.key]]`. Keys that do not exist are noted.
    pub(crate) fn rows<const N: usize>(
        &mut self,
        (section, key): (&str, &str),
        keys: [&'static str; N],
    ) -> Vec<Row<'a>> {
        let path = format!("{section}.{key}");
        let Some(file) = &self.file else { return Vec::new() };
        let Some(DeValue::Table(table)) = file.table.get(section).map(Spanned::get_ref) else {
            return Vec::new();
        };
        let Some(list) = table.get(key) else { return Vec::new() };
        let place = file.place(Some(&list.span()));
        let DeValue::Array(list) = list.get_ref() else {
            let hint = format!("write `[[{path}]]` on a line of its own");
            let message = "this is a list of sections, not a value".to_owned();
            self.note_at(place, &path, message, Some(&hint));
            return Vec::new();
        };
        let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
        for item in list {
            let place = file.place(Some(&item.span()));
            let mut row = Row { place, path: path.clone(), values: Vec::new() };
            let DeValue::Table(table) = item.get_ref() else {
                mistakes.push(stranger(row.place.clone(), path.clone(), None));
                continue;
            };
            for (name, value) in table {
                let place = file.place(Some(&name.span()));
                if !keys.contains(&name.get_ref().as_ref()) {
                    let near = nearest(name.get_ref(), keys.iter().copied());
                    mistakes.push(stranger(place, format!("{path}.{}", name.get_ref()), near));
                    continue;
                }
                row.values.push((name.get_ref().to_string(), value.get_ref().clone(), place));
            }
            rows.push(row);
        }
        self.mistakes.extend(mistakes);
        rows
    }

    /// Reads a value of such a section. One that cannot be read is noted.
    pub(crate) fn optional<T: Setting>(&mut self, row: &Row<'_>, key: &str) -> Option<T> {
        match T::from_toml(row.value(key)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.note_in(row, key, message);
                None
            }
        }
    }

    /// The same of a value that must be there.
    pub(crate) fn needed<T: Setting>(&mut self, row: &Row<'_>, key: &str) -> Option<T> {
        if row.value(key).is_none() {
            self.note_in(row, key, "is missing".to_owned());
        }
        self.optional(row, key)
    }

    fn note_at(&mut self, place: Place, key: &str, message: String, hint: Option<&str>) {
        let hint = hint.map(str::to_owned);
        self.mistakes.push(Mistake { place, key: key.to_owned(), message, hint });
    }

    /// Returns what is wrong, and every value with its place.
    pub(crate) fn finish(self) -> (Vec<Mistake>, Vec<(&'static str, String, Place)>) {
        (self.mistakes, self.shown)
    }
}

fn default<T: Setting>(field: &Field) -> T {
    let value = DeValue::parse(field.default).expect("defaults are TOML");
    T::from_toml(value.get_ref()).expect("defaults are valid")
}
