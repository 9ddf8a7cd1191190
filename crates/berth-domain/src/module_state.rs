//! How a module of Odoo stands in a database.

use std::fmt;

/// What `ir_module_module.state` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModuleState {
    /// Its manifest says so, or its files are gone.
    Uninstallable,
    Uninstalled,
    Installed,
    ToInstall,
    ToUpgrade,
    ToRemove,
}

impl ModuleState {
    pub const ALL: [Self; 6] = [
        Self::Uninstallable,
        Self::Uninstalled,
        Self::Installed,
        Self::ToInstall,
        Self::ToUpgrade,
        Self::ToRemove,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uninstallable => "uninstallable",
            Self::Uninstalled => "uninstalled",
            Self::Installed => "installed",
            Self::ToInstall => "to_install",
            Self::ToUpgrade => "to_upgrade",
            Self::ToRemove => "to_remove",
        }
    }

    /// Reads what Odoo writes. `None`: no Odoo writes that.
    #[must_use]
    pub fn of_odoo(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text.replace(' ', "_"))
    }

    /// Whether its tables and records are in the database.
    #[must_use]
    pub const fn is_there(self) -> bool {
        matches!(self, Self::Installed | Self::ToUpgrade | Self::ToRemove)
    }

    /// Whether something was begun with it that is not finished.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::ToInstall | Self::ToUpgrade | Self::ToRemove)
    }
}

impl fmt::Display for ModuleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_odoo_writes_reads_back_and_nothing_else_does() {
        for (text, state) in [
            ("installed", ModuleState::Installed),
            ("to upgrade", ModuleState::ToUpgrade),
            ("uninstallable", ModuleState::Uninstallable),
        ] {
            assert_eq!(ModuleState::of_odoo(text), Some(state));
        }
        assert_eq!(ModuleState::of_odoo("to  upgrade"), None);
        assert_eq!(ModuleState::of_odoo("Installed"), None);
    }
}
