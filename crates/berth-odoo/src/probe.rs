//! What an image holds: asked by a Python program that runs inside it, once per image.
//!
//! # Invariants
//!
//! * The program reads files and asks for help texts; it starts no Odoo, needs no database and no
//!   network.
//! * Answers of newer programs are readable: unknown fields are ignored. Capabilities are kept as JSON
//!   in the control store and must read back.

mod parse;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The program. Run it as [`argv`].
pub const SCRIPT: &str = include_str!("probe/script.py");

/// Where an image may keep the Python that can import Odoo, in the order to try them.
pub const INTERPRETERS: [&str; 4] =
    ["python3", "/opt/odoo/venv/bin/python3", "/odoo/venv/bin/python3", "/usr/local/bin/python3"];

/// Returns the argument list of the probe with one of [`INTERPRETERS`].
#[must_use]
pub fn argv(interpreter: &str) -> Vec<String> {
    [interpreter, "-c", SCRIPT].map(str::to_owned).to_vec()
}

/// What an image can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// `19.0`; of an intermediate release `saas~18.3`.
    pub series: String,
    /// `19.0`, `19.0rc1`.
    pub version: String,
    /// `odoo.release.version_info`: `[19, 0, 0, "final", 0, ""]`.
    pub version_info: Vec<serde_json::Value>,
    /// What starts Odoo: `["/usr/bin/odoo"]`.
    pub command: Vec<String>,
    /// The folder of the Python package `odoo`.
    pub root: String,
    /// `3.13.5`.
    pub python: String,
    /// As whom Odoo runs: the image's user `odoo`, else the image's own user.
    pub uid: u32,
    pub gid: u32,
    /// Folders with at least one module, in the order in which Odoo is to look into them.
    pub addons_path: Vec<String>,
    /// Over which an operator's own folder is mounted. `None`: the image has no such place.
    pub extra_addons: Option<String>,
    /// Options of the command line that this version knows, of those that Berth uses.
    pub flags: Vec<String>,
    /// Whether it has the command `neutralize` (16 and later).
    pub neutralize: bool,
    /// `None`: it makes no PDF.
    pub wkhtmltopdf: Option<Wkhtmltopdf>,
    /// The version of `pg_dump`. `None`: there is none.
    pub pg_dump: Option<String>,
    /// Name by code: `{"de_DE": "German / Deutsch"}`.
    #[serde(default)]
    pub languages: BTreeMap<String, String>,
    /// By technical name.
    #[serde(default)]
    pub modules: BTreeMap<String, Module>,
}

/// The program that makes PDF from HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wkhtmltopdf {
    /// `0.12.6.1`.
    pub version: String,
    /// Built with the patched Qt that headers and footers need.
    pub patched: bool,
}

/// A module that the image has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Module {
    /// For people.
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub depends: Vec<String>,
    #[serde(default)]
    pub installable: bool,
    /// It installs itself as soon as all of these are installed. Empty: it does not.
    #[serde(default)]
    pub auto_install: Vec<String>,
    #[serde(default)]
    pub application: bool,
}

/// The image is no Odoo that Berth can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the image has no Odoo: {why}")]
pub struct NotOdoo {
    pub why: String,
}

impl Capabilities {
    /// The oldest major version that Berth was written against.
    pub const OLDEST: u32 = 16;

    /// Reads what the probe printed. Lines that are not its own are ignored.
    pub fn parse(output: &str) -> Result<Self, NotOdoo> {
        parse::capabilities(output)
    }

    /// Which of these modules the image does not have. They may be `elsewhere`.
    pub fn lacks<'a>(
        &self,
        modules: impl IntoIterator<Item = &'a str>,
        elsewhere: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let is_lacking = |name: &&str| !self.modules.contains_key(*name) && !elsewhere(name);
        modules.into_iter().filter(is_lacking).map(str::to_owned).collect()
    }

    /// Returns `19` of `19.0` and `18` of `saas~18.3`.
    #[must_use]
    pub fn major(&self) -> u32 {
        let digits = self.series.trim_start_matches("saas~");
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        digits.parse().unwrap_or(0)
    }

    /// Returns what `addons_path` is to be. With `mounted`, an operator's own folder is mounted at
    /// [`Self::extra_addons`], which then comes first: its modules replace the image's.
    #[must_use]
    pub fn addons_folders(&self, mounted: bool) -> Vec<String> {
        let extra = self.extra_addons.iter().filter(|_| mounted);
        let others = self
            .addons_path
            .iter()
            .filter(|path| !mounted || Some(*path) != self.extra_addons.as_ref());
        extra.chain(others).cloned().collect()
    }

    /// The option that says whether new modules bring their demonstration data: until 18 they do unless
    /// `--without-demo` is given, since 19 they do not unless `--with-demo` is, and the older versions
    /// refuse the newer option.
    pub(crate) fn demo_flag(&self, demo: bool) -> Option<String> {
        match (self.knows("--with-demo"), demo) {
            (true, true) => Some("--with-demo".to_owned()),
            (false, false) => Some("--without-demo=all".to_owned()),
            (true, false) | (false, true) => None,
        }
    }

    /// The version of a module as it will stand in a database: Odoo puts its series in front
    /// (`odoo/modules/module.py`, `adapt_version`).
    #[must_use]
    pub fn version_of(&self, module: &Module) -> String {
        let (version, series) = (&module.version, &self.series);
        if version.strip_prefix(series).is_some_and(|rest| rest.starts_with('.')) {
            version.clone()
        } else {
            format!("{series}.{version}")
        }
    }

    /// Whether the command line knows an option: `--with-demo`.
    #[must_use]
    pub fn knows(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }
}

#[cfg(test)]
mod tests;
