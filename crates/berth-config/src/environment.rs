//! What surrounds the process: its environment variables, its user and its processors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The surroundings of the process, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    is_root: bool,
    cores: u32,
}

/// Where a configuration comes from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--home`.
    pub home: Option<PathBuf>,
    /// `--config`.
    pub file: Option<PathBuf>,
    /// `--set section.key=value`, in the order in which they were typed; the last one wins.
    pub settings: Vec<(String, String)>,
    pub environment: Environment,
}

impl Environment {
    /// Reads the environment of this process. Variables that are not UTF-8 are not seen.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
            is_root: rustix::process::getuid().is_root(),
            cores: std::thread::available_parallelism()
                .map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)),
        }
    }

    /// An environment with these variables only, of an ordinary user with two cores.
    #[must_use]
    pub fn for_testing(variables: &[(&str, &str)]) -> Self {
        Self {
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            is_root: false,
            cores: 2,
        }
    }

    /// Returns a variable. An empty one counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether people asked programs not to use colours (<https://no-color.org>).
    #[must_use]
    pub fn refuses_colour(&self) -> bool {
        self.get("NO_COLOR").is_some() || self.get("TERM") == Some("dumb")
    }

    /// Processors that this process may use.
    #[must_use]
    pub fn cores(&self) -> u32 {
        self.cores.max(1)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}

impl Sources {
    /// The home folder: `--home`, `BERTH_HOME`, `/var/lib/berth` for root, else
    /// `$XDG_DATA_HOME/berth`, else `$HOME/.local/share/berth`.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        let environment = &self.environment;
        if let Some(home) = &self.home {
            return home.clone();
        }
        if let Some(home) = environment.get("BERTH_HOME") {
            return PathBuf::from(home);
        }
        let user_data = || {
            let data = environment.get("XDG_DATA_HOME").map(PathBuf::from);
            data.or_else(|| {
                environment.get("HOME").map(|home| Path::new(home).join(".local/share"))
            })
        };
        match user_data() {
            Some(data) if !environment.is_root => data.join("berth"),
            _ => PathBuf::from("/var/lib/berth"),
        }
    }

    /// The configuration file, and whether somebody named it. One that nobody named may be absent.
    #[must_use]
    pub(crate) fn file(&self) -> (PathBuf, bool) {
        let named =
            self.file.clone().or_else(|| self.environment.get("BERTH_CONFIG").map(PathBuf::from));
        match named {
            Some(file) => (file, true),
            None => (self.home().join("berth.toml"), false),
        }
    }
}
