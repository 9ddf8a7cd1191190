//! The one-shot runs of Odoo that install, upgrade and uninstall modules of a database that is in use.
//!
//! Until Odoo 19 there is no command that uninstalls: a program is given to Odoo's own `shell`, which reads
//! it from its standard input.

use std::fmt;

use berth_domain::{ModuleName, ModuleState, ObjectName, Statement};

use crate::probe::{Capabilities, INTERPRETERS};
use crate::{Row, cell};

/// What the shell is given.
const UNINSTALL: &str = include_str!("rework/uninstall.py");
/// Gives the program that is its first argument to the command that is the rest of them.
const FEED: &str = "import subprocess, sys
sys.exit(subprocess.run(sys.argv[2:], input=sys.argv[1].encode()).returncode)";
/// Which modules the program uninstalls, in its environment.
pub const MODULES: &str = "BERTH_MODULES";

/// What is done with modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rework {
    Install,
    /// Together with everything that needs them.
    Upgrade,
    /// Together with everything that needs them, and with what they keep in the database.
    Uninstall,
}

/// Modules of a database.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Where `odoo.conf` is inside the container.
    pub conf: &'a str,
    pub database: &'a ObjectName,
    pub modules: &'a [ModuleName],
    /// Whether new modules bring their demonstration data.
    pub demo: bool,
}

impl Rework {
    /// Returns the argument list of the run.
    #[must_use]
    pub fn argv(self, run: &Run<'_>, capabilities: &Capabilities) -> Vec<String> {
        let common = [
            format!("--config={}", run.conf),
            format!("--database={}", run.database),
            "--no-http".to_owned(),
            "--workers=0".to_owned(),
            "--max-cron-threads=0".to_owned(),
        ];
        let mut argv = capabilities.command.clone();
        match self {
            Self::Uninstall => {
                let feed = [INTERPRETERS[0], "-c", FEED, UNINSTALL].map(str::to_owned);
                argv.splice(0..0, feed);
                argv.push("shell".to_owned());
                argv.extend(common);
            }
            Self::Install => {
                argv.extend(common);
                argv.push(format!("--init={}", list(run.modules)));
                argv.push("--stop-after-init".to_owned());
                argv.extend(capabilities.demo_flag(run.demo));
            }
            Self::Upgrade => {
                argv.extend(common);
                argv.push(format!("--update={}", list(run.modules)));
                argv.push("--stop-after-init".to_owned());
            }
        }
        argv
    }

    /// The state that the modules are in afterwards.
    const fn leads_to(self, state: Option<ModuleState>) -> bool {
        match self {
            Self::Install | Self::Upgrade => matches!(state, Some(ModuleState::Installed)),
            // Odoo forgets one whose files are gone.
            Self::Uninstall => {
                matches!(state, None | Some(ModuleState::Uninstalled | ModuleState::Uninstallable))
            }
        }
    }

    /// Judges the rows of [`crate::readback::modules`] after a run. Returns in one sentence why they are not
    /// what was asked for. `None`: they are.
    #[must_use]
    pub fn problem(self, rows: &[Row], modules: &[ModuleName]) -> Option<String> {
        let state_of = |name: &str| {
            let row = rows.iter().find(|row| cell(row, 0) == Some(name))?;
            ModuleState::of_odoo(cell(row, 1)?)
        };
        let wrong: Vec<String> = modules
            .iter()
            .map(|name| (name, state_of(name.as_str())))
            .filter(|(_, state)| !self.leads_to(*state))
            .map(|(name, state)| format!("`{name}` is {}", said(state)))
            .collect();
        if !wrong.is_empty() {
            return Some(format!("not everything was {self}: {}", wrong.join(", ")));
        }
        let pending: Vec<String> = rows
            .iter()
            .filter_map(|row| Some((cell(row, 0)?, ModuleState::of_odoo(cell(row, 1)?)?)))
            .filter(|(_, state)| state.is_pending())
            .map(|(name, state)| format!("`{name}` is {}", said(Some(state))))
            .collect();
        (!pending.is_empty()).then(|| format!("Odoo stopped half-way: {}", pending.join(", ")))
    }
}

/// `installed`, `upgraded`, `uninstalled`.
impl fmt::Display for Rework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Install => "installed",
            Self::Upgrade => "upgraded",
            Self::Uninstall => "uninstalled",
        })
    }
}

/// Returns the statements that forget what was begun with modules and not finished, the way Odoo does
/// when it cannot load them (`odoo/modules/loading.py`, `reset_modules_state`).
#[must_use]
pub fn forget_pending() -> Vec<Statement> {
    [
        "UPDATE public.ir_module_module SET state = 'installed' WHERE state IN ('to upgrade', 'to remove')",
        "UPDATE public.ir_module_module SET state = 'uninstalled' WHERE state = 'to install'",
    ]
    .map(|sql| Statement::new(sql, Vec::new()))
    .into()
}

/// As Odoo and its environment take them.
#[must_use]
pub fn list(modules: &[ModuleName]) -> String {
    modules.iter().map(ModuleName::as_str).collect::<Vec<_>>().join(",")
}

fn said(state: Option<ModuleState>) -> String {
    state.map_or_else(|| "unknown".to_owned(), |state| state.as_str().replace('_', " "))
}

#[cfg(test)]
mod tests;
