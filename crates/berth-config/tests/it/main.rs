//! A configuration from its file to its values.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

mod layers;
mod mail;
mod mistakes;
mod providers;
mod sample;

use std::path::{Path, PathBuf};

use berth_config::{Environment, Invalid, Sources};

/// A home that is gone when the test ends, with this file in it.
fn home(file: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("berth.toml"), file).unwrap();
    home
}

fn sources(home: &Path, variables: &[(&str, &str)], settings: &[(&str, &str)]) -> Sources {
    Sources {
        home: Some(home.to_owned()),
        file: None,
        settings: settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        environment: Environment::for_testing(variables),
    }
}

/// What people read, with the home folder left out.
fn listing(invalid: &Invalid, home: &Path) -> String {
    let mut lines = vec![invalid.to_string()];
    for mistake in &invalid.0 {
        lines.push(mistake.to_string());
        lines.extend(mistake.hint.iter().map(|hint| format!("    {hint}")));
    }
    lines.join("\n").replace(&format!("{}/", home.display()), "")
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
