//! The one-shot run of Odoo that fills a database, and what it prints.

mod output;

use berth_domain::{Language, ModuleName, ObjectName};

use crate::probe::Capabilities;

pub use output::{Failure, InstallOutput, Progress};

/// What is to be installed into which database.
#[derive(Debug, Clone, Copy)]
pub struct Install<'a> {
    /// Where `odoo.conf` is inside the container.
    pub conf: &'a str,
    pub database: &'a ObjectName,
    /// Beside `base`.
    pub modules: &'a [ModuleName],
    /// Loaded and made the default of new contacts. Since 19 it is the only one that is active.
    pub language: &'a Language,
    pub demo: bool,
}

/// Returns the argument list of the run.
#[must_use]
pub fn argv(install: &Install<'_>, capabilities: &Capabilities) -> Vec<String> {
    let mut modules = vec!["base"];
    modules.extend(install.modules.iter().map(ModuleName::as_str).filter(|name| *name != "base"));
    let mut argv = capabilities.command.clone();
    argv.extend([
        format!("--config={}", install.conf),
        format!("--database={}", install.database),
        format!("--init={}", modules.join(",")),
        format!("--load-language={}", install.language),
        "--stop-after-init".to_owned(),
        "--no-http".to_owned(),
        "--workers=0".to_owned(),
        "--max-cron-threads=0".to_owned(),
    ]);
    argv.extend(capabilities.demo_flag(install.demo));
    argv
}

#[cfg(test)]
mod tests;
