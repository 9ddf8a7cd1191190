//! What is asked about modules of a tenant, as it was written.

/// What is done with modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModulesDeed {
    #[default]
    Install,
    /// Together with everything that needs them.
    Upgrade,
    /// Together with what they keep in the database.
    Uninstall,
}

/// Other modules for a tenant, or newer ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeModules {
    pub deed: ModulesDeed,
    /// Technical names.
    pub modules: Vec<String>,
    /// Of an uninstallation: whether everything goes that needs them, too.
    pub with_dependents: bool,
}

/// Which modules to list. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListModules {
    /// `installed`, `not_installed`, `outdated`, or a state of a module.
    pub state: Option<String>,
    /// Part of the name, the title or the summary, whatever the case.
    pub text: Option<String>,
    /// The module that comes before the first one.
    pub after: Option<String>,
    /// 1 to 1000. Default: 100.
    pub limit: Option<u32>,
}
