//! What is installed, read from the database after the fact.
//!
//! "No error" is not "installed": Odoo ignores unknown module names with a warning and leaves modules
//! in `to install` when something they need failed. So the answer is read back and judged.

use berth_domain::{ModuleName, Statement};

use crate::{Row, cell};

/// Returns the statement for all modules: name, state, installed version.
#[must_use]
pub fn modules() -> Statement {
    Statement::new(
        "SELECT left(name::text, 200), left(state::text, 50), left(latest_version::text, 200)
           FROM public.ir_module_module
          ORDER BY name",
        Vec::new(),
    )
}

/// No Odoo has more modules than this; a database of somebody else may say whatever it likes.
const MOST: u32 = 20_000;

/// Returns the statement for what is installed, of a database that somebody else made: name, state,
/// installed version.
#[must_use]
pub fn installed() -> Statement {
    let sql = format!(
        "SELECT left(name::text, 200), left(state::text, 50), left(latest_version::text, 200)
           FROM public.ir_module_module
          WHERE state IN ('installed', 'to upgrade', 'to remove')
          ORDER BY name
          LIMIT {MOST}"
    );
    Statement::new(sql, Vec::new())
}

/// What a database that somebody else made has installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// `19.0`, of the version of `base`. `None`: `base` is not installed.
    pub series: Option<String>,
    /// By name, sorted.
    pub modules: Vec<String>,
}

impl Installed {
    /// Reads the rows of [`installed`].
    #[must_use]
    pub fn of(rows: &[Row]) -> Self {
        let base = rows.iter().find(|row| cell(row, 0) == Some("base"));
        let version = base.and_then(|row| cell(row, 2));
        Self {
            series: version.map(series),
            modules: rows.iter().filter_map(|row| cell(row, 0).map(str::to_owned)).collect(),
        }
    }
}

/// Odoo puts its series in front of every module's version (`odoo/modules/module.py`,
/// `adapt_version`): `19.0.1.3`, `saas~18.3.1.3`.
fn series(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// What came of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readback {
    /// By name, sorted.
    pub installed: Vec<String>,
    /// Requested, and not installed: name and state, `unknown` when Odoo has never heard of it.
    pub missing: Vec<(String, String)>,
    /// Left half-done: name and state (`to install`, `to upgrade`, `to remove`).
    pub pending: Vec<(String, String)>,
}

impl Readback {
    /// Judges the rows of [`modules`]. `base` is always requested.
    #[must_use]
    pub fn judge(rows: &[Row], requested: &[ModuleName]) -> Self {
        let state_of = |name: &str| {
            rows.iter().find(|row| cell(row, 0) == Some(name)).and_then(|row| cell(row, 1))
        };
        let with_state = |wanted: fn(&str) -> bool| {
            rows.iter().filter_map(move |row| {
                let (name, state) = (cell(row, 0)?, cell(row, 1)?);
                wanted(state).then(|| (name.to_owned(), state.to_owned()))
            })
        };
        let wanted = requested.iter().map(ModuleName::as_str).chain(["base"]);
        Self {
            installed: with_state(|state| state == "installed").map(|(name, _)| name).collect(),
            missing: wanted
                .filter_map(|name| match state_of(name) {
                    Some("installed") => None,
                    other => Some((name.to_owned(), other.unwrap_or("unknown").to_owned())),
                })
                .collect(),
            pending: with_state(|state| state.starts_with("to ")).collect(),
        }
    }

    /// Returns in one sentence why the installation is not what was asked for. `None`: it is.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let list = |entries: &[(String, String)]| {
            let texts: Vec<_> =
                entries.iter().map(|(name, state)| format!("`{name}` is {state}")).collect();
            texts.join(", ")
        };
        if !self.missing.is_empty() {
            return Some(format!("not everything was installed: {}", list(&self.missing)));
        }
        if !self.pending.is_empty() {
            return Some(format!("the installation stopped half-way: {}", list(&self.pending)));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(states: &[(&str, &str)]) -> Vec<Row> {
        let row = |&(name, state): &(&str, &str)| vec![Some(name.into()), Some(state.into()), None];
        states.iter().map(row).collect()
    }

    fn judge(states: &[(&str, &str)]) -> Readback {
        Readback::judge(&rows(states), &["crm".parse().unwrap()])
    }

    #[test]
    fn everything_requested_is_installed() {
        let readback = judge(&[("base", "installed"), ("crm", "installed"), ("hr", "uninstalled")]);

        assert_eq!(readback.problem(), None);
        assert_eq!(readback.installed, ["base", "crm"]);
    }

    #[test]
    fn a_module_that_odoo_ignored_is_noticed() {
        let readback = judge(&[("base", "installed")]);

        assert_eq!(
            readback.problem().as_deref(),
            Some("not everything was installed: `crm` is unknown")
        );
    }

    #[test]
    fn a_module_left_half_way_is_noticed() {
        let states = [("base", "installed"), ("crm", "installed"), ("mail", "to upgrade")];

        assert_eq!(
            judge(&states).problem().as_deref(),
            Some("the installation stopped half-way: `mail` is to upgrade")
        );
    }

    #[test]
    fn the_series_of_a_database_is_that_of_its_base() {
        let row = |name: &str, version: &str| {
            vec![Some(name.to_owned()), Some("installed".to_owned()), Some(version.to_owned())]
        };
        let of = |version| Installed::of(&[row("base", version), row("crm", "19.0.1.8")]);

        assert_eq!(of("19.0.1.3").series.as_deref(), Some("19.0"));
        assert_eq!(of("saas~18.3.1.3").series.as_deref(), Some("saas~18.3"));
        assert_eq!(of("19.0.1.3").modules, ["base", "crm"]);
        assert_eq!(Installed::of(&[row("crm", "19.0.1.8")]).series, None);
    }
}
