//! Files, read.
//!
//! # Invariants
//!
//! * A mistake hides no other, neither in the same file nor in another one.
//! * What is read of a file is bounded.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use berth_config::{Mistake, Place};
use berth_domain::OrganisationName;
use berth_files::Described;

/// How long a file may be: no request is longer.
const LONGEST: u64 = 1 << 20;

/// Everything that could be read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) described: Vec<Described>,
    pub(super) mistakes: Vec<Mistake>,
    /// Where each name was first.
    first: HashMap<String, Place>,
}

/// Reads files and folders.
///
/// Those that say that they are of another organisation than is meant are mistakes.
pub(super) fn all(files: &[PathBuf], meant: &str) -> Read {
    let mut read = Read::default();
    for file in files {
        match listed(file) {
            Ok(files) => files.iter().for_each(|file| one((file, meant), &mut read)),
            Err(error) => read.mistakes.push(unreadable(file, &error)),
        }
    }
    read
}

/// Puts mistakes in the order in which people look for them: file by file, from top to bottom.
pub(super) fn sort(mistakes: &mut [Mistake]) {
    mistakes.sort_by_key(|mistake| match &mistake.place {
        Place::File { path, line } => (path.clone(), line.unwrap_or(0)),
        Place::Variable(_) | Place::Flag | Place::Default => (PathBuf::new(), 0),
    });
}

/// The file itself, or the TOML files in a folder.
fn listed(file: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !file.is_dir() {
        return Ok(vec![file.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(file)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") && !path.is_dir() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn one((file, meant): (&Path, &str), read: &mut Read) {
    let text = match text(file) {
        Ok(text) => text,
        Err(error) => return read.mistakes.push(unreadable(file, &error)),
    };
    let (described, mistakes) = berth_files::parse(file, &text);
    read.mistakes.extend(mistakes);
    if let Some((name, place)) = berth_files::organisation(file, &text)
        && name.as_str() != meant
    {
        read.mistakes.push(of_another(&name, (place, meant)));
    }
    for mut described in described {
        let name = described.wish.name.clone();
        if let Some(first) = read.first.get(&name) {
            let message = format!("it is described at {first} already");
            let place = described.place;
            read.mistakes.push(Mistake { place, key: name, message, hint: None });
            continue;
        }
        read.first.insert(name, described.place.clone());
        if let Some(addons) = &mut described.wish.addons {
            *addons = beside(file, addons);
        }
        read.described.push(described);
    }
}

fn of_another(name: &OrganisationName, (place, meant): (Place, &str)) -> Mistake {
    Mistake {
        place,
        key: "organisation".to_owned(),
        message: format!("the file is for `{name}`, and `{meant}` is meant"),
        hint: Some(format!("use `--organisation {name}`")),
    }
}

fn text(file: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)?
    } else {
        std::fs::File::open(file)?.take(LONGEST + 1).read_to_end(&mut bytes)?
    };
    if read as u64 > LONGEST {
        return Err(std::io::Error::other("it is longer than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not text in UTF-8"))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Mistake {
    Mistake {
        place: Place::File { path: file.to_owned(), line: None },
        key: String::new(),
        message: format!("cannot be read: {error}"),
        hint: None,
    }
}

/// A folder that is named in a file is meant from there. The server does not know where that is.
fn beside(file: &Path, folder: &str) -> String {
    let beside = file.parent().unwrap_or(Path::new("")).join(folder);
    std::path::absolute(&beside).unwrap_or(beside).display().to_string()
}
