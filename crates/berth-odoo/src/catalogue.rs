//! The modules that a database and its image know: what stands in `ir_module_module`, beside what the
//! image would install.
//!
//! # Invariants
//!
//! * What a database says of its modules is a text that people wrote: it is cut, and shown as text.
//! * A name that is no module's name is left out: nothing could be done with it.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::{ModuleName, ModuleState, Statement};

use crate::probe::{Capabilities, Module};
use crate::{Row, cell};

/// No Odoo has more modules than this; a database may say whatever it likes.
const MOST: u32 = 20_000;

/// Everything that is known of the modules of one database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// By name.
    pub modules: BTreeMap<ModuleName, Known>,
    /// Which installed module needs which others.
    needs: BTreeMap<ModuleName, BTreeSet<ModuleName>>,
}

/// One module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub name: ModuleName,
    /// For people. Empty: it has none.
    pub title: String,
    pub summary: String,
    pub author: String,
    pub state: ModuleState,
    /// The version in the database. `None`: it is not installed.
    pub installed: Option<String>,
    /// The version that the image has. `None`: it does not have the module.
    pub available: Option<String>,
    pub is_application: bool,
}

impl Known {
    /// Whether the image has another version than the database.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        match (&self.installed, &self.available) {
            (Some(installed), Some(available)) => installed != available,
            _ => false,
        }
    }
}

/// Returns the statement for all modules: name, state, installed version, title, summary, author, whether
/// it is an application.
#[must_use]
pub fn statement() -> Statement {
    let (title, summary) = (words("shortdesc", 200), words("summary", 300));
    let sql = format!(
        "SELECT left(name::text, 100), left(state::text, 50), left(latest_version::text, 100),
                {title}, {summary}, left(author::text, 200),
                (CASE WHEN application THEN 'yes' ELSE 'no' END)::text
           FROM public.ir_module_module
          ORDER BY name
          LIMIT {MOST}"
    );
    Statement::new(sql, Vec::new())
}

/// A text that people read: since Odoo 16 an object with one for each language, before that one text.
fn words(column: &str, most: u32) -> String {
    format!(
        "left(CASE jsonb_typeof(to_jsonb({column}))
                WHEN 'object' THEN coalesce(to_jsonb({column}) ->> 'en_US',
                  (SELECT value FROM jsonb_each_text(to_jsonb({column})) LIMIT 1))
                ELSE to_jsonb({column}) #>> '{{}}' END, {most})"
    )
}

/// Returns the statement for what installed modules need: a module, and one that it needs.
#[must_use]
pub fn needs_statement() -> Statement {
    let sql = format!(
        "SELECT left(m.name::text, 100), left(d.name::text, 100)
           FROM public.ir_module_module_dependency d
           JOIN public.ir_module_module m ON m.id = d.module_id
          WHERE m.state IN ('installed', 'to upgrade', 'to remove')
          ORDER BY m.name, d.name
          LIMIT {}",
        MOST * 10
    );
    Statement::new(sql, Vec::new())
}

impl Catalogue {
    /// Reads the rows of [`statement`] and [`needs_statement`], beside what the image has.
    #[must_use]
    pub fn read(modules: &[Row], needs: &[Row], image: &Capabilities) -> Self {
        let mut catalogue = Self::default();
        for (name, module) in &image.modules {
            if let Ok(name) = name.parse::<ModuleName>() {
                catalogue.modules.insert(name.clone(), only_in_image(name, module, image));
            }
        }
        for known in modules.iter().filter_map(known) {
            let available = image.modules.get(known.name.as_str());
            let available = available.map(|module| image.version_of(module));
            catalogue.modules.insert(known.name.clone(), Known { available, ..known });
        }
        for row in needs {
            let name = |index| cell(row, index).and_then(|text| text.parse::<ModuleName>().ok());
            if let (Some(module), Some(needed)) = (name(0), name(1)) {
                catalogue.needs.entry(module).or_default().insert(needed);
            }
        }
        catalogue
    }

    /// How a module stands. `None`: neither the database nor the image has it.
    #[must_use]
    pub fn state(&self, name: &ModuleName) -> Option<ModuleState> {
        self.modules.get(name).map(|known| known.state)
    }

    /// What was begun with the database before and not finished.
    pub fn pending(&self) -> impl Iterator<Item = &Known> {
        self.modules.values().filter(|known| known.state.is_pending())
    }

    /// What is installed and needs one of these, directly or not, by name.
    #[must_use]
    pub fn dependents(&self, of: &[ModuleName]) -> Vec<ModuleName> {
        let mut found: BTreeSet<&ModuleName> = of.iter().collect();
        loop {
            let before = found.len();
            for (module, needs) in &self.needs {
                if needs.iter().any(|needed| found.contains(needed)) {
                    found.insert(module);
                }
            }
            if found.len() == before {
                break;
            }
        }
        found.into_iter().filter(|name| !of.contains(name)).cloned().collect()
    }
}

fn only_in_image(name: ModuleName, module: &Module, image: &Capabilities) -> Known {
    let state =
        if module.installable { ModuleState::Uninstalled } else { ModuleState::Uninstallable };
    Known {
        name,
        title: module.title.clone(),
        summary: String::new(),
        author: String::new(),
        state,
        installed: None,
        available: Some(image.version_of(module)),
        is_application: module.application,
    }
}

fn known(row: &Row) -> Option<Known> {
    let text = |index| cell(row, index).unwrap_or_default().trim().to_owned();
    let state = ModuleState::of_odoo(cell(row, 1)?)?;
    let installed = cell(row, 2).filter(|_| state.is_there()).map(str::to_owned);
    Some(Known {
        name: cell(row, 0)?.parse().ok()?,
        title: text(3),
        summary: text(4),
        author: text(5),
        state,
        installed,
        available: None,
        is_application: cell(row, 6) == Some("yes"),
    })
}

#[cfg(test)]
mod tests;
