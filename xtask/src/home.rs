//! The home of the Berth that `run` starts: its directory, its program.
//!
//! # Invariants
//!
//! * The program is always told its home; it never has to guess ours.
//! * Files that a person may have edited are written once and then left alone.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::engine::call;
use crate::process::{self, Tool};
use crate::setup::images::References;
use crate::{environment, workspace};

/// How long Berth may take to say what it is.
const ANSWER: Duration = Duration::from_secs(10);

/// A home directory and the program that belongs to it.
#[derive(Debug)]
pub(crate) struct Home {
    directory: PathBuf,
}

impl Home {
    /// The home that `BERTH_HOME` names, or the default one.
    pub(crate) fn find() -> Result<Self> {
        if let Some(named) = environment::variable("BERTH_HOME") {
            let directory = std::path::absolute(named).context("resolve BERTH_HOME")?;
            return Ok(Self { directory });
        }
        if process::is_root()? {
            return Ok(Self { directory: PathBuf::from("/var/lib/berth") });
        }
        let data = environment::variable("XDG_DATA_HOME").map(PathBuf::from);
        let user =
            || environment::variable("HOME").map(|home| Path::new(&home).join(".local/share"));
        let data = data.or_else(user).context("neither BERTH_HOME nor HOME is set: set one")?;
        Ok(Self { directory: data.join("berth") })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The release build of `berth`, ready to be given arguments.
    pub(crate) fn berth(&self) -> Result<Tool> {
        let program = program();
        let program = program.to_str().context("the target directory's path is not UTF-8")?;
        let home = self.directory.to_str().context("the path of BERTH_HOME is not UTF-8")?;
        Ok(Tool::new(program).variable("BERTH_HOME", home))
    }

    /// What the Berth on this home's socket says of itself; `None` when none answers.
    ///
    /// Asked without our own build, which may be of another version.
    pub(crate) fn status(&self) -> Option<Value> {
        let request = ("GET", "/api/v1/status", &Value::Null);
        call(&self.file("berth.sock"), request, ANSWER).ok()
    }

    /// Whether a Berth answers on this home's socket.
    pub(crate) fn answers(&self) -> bool {
        self.status().is_some()
    }

    /// Creates the directory and a configuration that names the images, if they are missing.
    pub(crate) fn prepare(&self, references: &References) -> Result<()> {
        let told = || format!("create the home {}", self.directory.display());
        std::fs::create_dir_all(&self.directory).with_context(told)?;
        let file = self.file("berth.toml");
        if file.exists() {
            return Ok(());
        }
        std::fs::write(&file, configuration(references))
            .with_context(|| format!("write {}", file.display()))
    }

    /// The identity under which this home's things are labelled; `None` before the first start.
    pub(crate) fn id(&self) -> Result<Option<String>> {
        let file = self.file("home-id");
        if !file.exists() {
            return Ok(None);
        }
        let id = std::fs::read_to_string(&file);
        let id = id.with_context(|| format!("read {}", file.display()))?.trim().to_owned();
        if !is_plausible(&id) {
            bail!("{} does not hold a home's id: look at it, nothing was removed", file.display());
        }
        Ok(Some(id))
    }
}

/// Where Cargo leaves the release build.
pub(crate) fn program() -> PathBuf {
    workspace::target().join("release/berth")
}

/// Which build lies where Cargo leaves it, in the words of Berth's own status.
pub(crate) fn build() -> Result<String> {
    let path = program();
    let file = std::fs::metadata(&path).with_context(|| format!("look at {}", path.display()))?;
    Ok(format!("{:x}-{:x}-{:x}", file.size(), file.mtime(), file.mtime_nsec()))
}

/// An empty or strange id in a label filter could match what is not ours.
fn is_plausible(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    id.len() >= 4 && id.bytes().all(is_plain)
}

fn configuration(references: &References) -> String {
    format!(
        "# Written by `cargo xtask run` on its first start; yours to change from then on.\n\n\
         [images]\nodoo = \"{}\"\npostgres = \"{}\"\n",
        references.odoo, references.postgres
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_match_more_than_this_home_is_refused() {
        assert!(is_plausible("0190f3a2-7c11"));
        assert!(!is_plausible(""));
        assert!(!is_plausible("a=b c"));
    }

    #[test]
    fn the_first_configuration_names_the_images_that_exist() {
        let references = References {
            odoo: "odoo:19.0".to_owned(),
            postgres: "postgres:18".to_owned(),
            tiny: String::new(),
            docker_host: String::new(),
        };

        let text = configuration(&references);

        assert!(text.ends_with("[images]\nodoo = \"odoo:19.0\"\npostgres = \"postgres:18\"\n"));
    }
}
