//! What a change of modules asks for, checked.

use std::collections::BTreeSet;

use berth_domain::{ModuleName, ModuleState, Problems, Tenant};
use berth_odoo::catalogue::{Catalogue, Known};
use berth_odoo::modules::missing_modules;
use berth_odoo::probe::Capabilities;
use serde_json::Value;

use crate::admission::addons_have;
use crate::disk;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::request::{ChangeModules, ModulesDeed, TenantChange};
use crate::sagas::modules::{ModulesInput, Wished, listed};
use crate::usecase::modules::{catalogue, words};

const FIELD: &str = "modules";
/// How it is confirmed that dependents go, too.
const CONFIRMATION: &str = "with_dependents";
/// What Odoo loads before anything else, and never uninstalls.
const FOUNDATION: [&str; 3] = ["base", "rpc", "web"];

/// Returns what the operation is to do, or everything that is wrong with what was asked for.
pub(super) async fn input(
    engine: &Inner,
    tenant: &Tenant,
    asked: &ChangeModules,
) -> Result<ModulesInput, EngineError> {
    let mut problems = Problems::default();
    let names = read(&asked.modules, &mut problems);
    let (catalogue, capabilities) = catalogue(engine, tenant).await?;
    let look = Look { tenant, catalogue: &catalogue, capabilities: &capabilities };
    match asked.deed {
        ModulesDeed::Install => look.install(&names, &mut problems),
        ModulesDeed::Upgrade => look.upgrade(&names, &mut problems),
        ModulesDeed::Uninstall => look.uninstall(&names, &mut problems),
    }
    if let Err(no_room) = disk::room(engine, disk::Purpose::Modules).await {
        no_room.note(&mut problems);
    }
    if problems.is_empty() {
        Ok(look.planned(asked.deed, &names))
    } else {
        Err(EngineError::Invalid(problems))
    }
}

/// Refuses to begin an uninstallation of which somebody did not say that they know what goes with it.
pub(super) fn demand_confirmation(change: &TenantChange, input: &Value) -> Result<(), EngineError> {
    let TenantChange::Modules(ChangeModules { deed, with_dependents, .. }) = change else {
        return Ok(());
    };
    let input = serde_json::from_value::<ModulesInput>(input.clone());
    let dependents = input.map(|input| input.dependents).unwrap_or_default();
    if *deed != ModulesDeed::Uninstall || *with_dependents || dependents.is_empty() {
        return Ok(());
    }
    let mut problems = Problems::default();
    problems.add_with_hint(
        CONFIRMATION,
        format!("these need it and would be uninstalled with it: {}", listed(&dependents)),
        "name them as well, or say `--with-dependents`",
    );
    Err(EngineError::Invalid(problems))
}

/// Sorted, without repetition.
fn read(texts: &[String], problems: &mut Problems) -> Vec<ModuleName> {
    if texts.is_empty() {
        problems.add(FIELD, "name at least one module");
    }
    let read = texts.iter().filter_map(|text| problems.check(FIELD, text.trim().parse()));
    read.collect::<BTreeSet<ModuleName>>().into_iter().collect()
}

/// What is known when it is decided.
struct Look<'a> {
    tenant: &'a Tenant,
    catalogue: &'a Catalogue,
    capabilities: &'a Capabilities,
}

impl Look<'_> {
    fn is_there(&self, name: &ModuleName) -> bool {
        self.catalogue.state(name).is_some_and(ModuleState::is_there)
    }

    fn is_own(&self, name: &str) -> bool {
        addons_have(self.tenant.addons.as_deref(), name)
    }

    fn install(&self, names: &[ModuleName], problems: &mut Problems) {
        let (there, new): (Vec<ModuleName>, Vec<ModuleName>) =
            names.iter().cloned().partition(|name| self.is_there(name));
        for name in there {
            problems.add_with_hint(
                FIELD,
                format!("`{name}` is installed already"),
                "upgrade it to load what is new in it",
            );
        }
        self.missing(&new, problems);
    }

    fn upgrade(&self, names: &[ModuleName], problems: &mut Problems) {
        let there = self.installed(names, problems);
        self.missing(&there, problems);
    }

    fn uninstall(&self, names: &[ModuleName], problems: &mut Problems) {
        for name in self.installed(names, problems) {
            if FOUNDATION.contains(&name.as_str()) {
                problems.add(FIELD, format!("Odoo does not run without `{name}`"));
            }
        }
    }

    /// Those that are installed. Of the others it is said that they are not.
    fn installed(&self, names: &[ModuleName], problems: &mut Problems) -> Vec<ModuleName> {
        let (there, others): (Vec<ModuleName>, Vec<ModuleName>) =
            names.iter().cloned().partition(|name| self.is_there(name));
        for name in others {
            match self.catalogue.state(&name) {
                Some(_) => problems.add(FIELD, format!("`{name}` is not installed")),
                None => problems.add(FIELD, format!("the tenant has no module `{name}`")),
            }
        }
        there
    }

    fn missing(&self, names: &[ModuleName], problems: &mut Problems) {
        for missing in missing_modules(names, &self.capabilities.modules) {
            if self.is_own(&missing.requested) {
                continue;
            }
            match missing.hint() {
                Some(hint) => problems.add_with_hint(FIELD, missing.message(), &hint),
                None => problems.add(FIELD, missing.message()),
            }
        }
    }

    fn planned(&self, deed: ModulesDeed, names: &[ModuleName]) -> ModulesInput {
        let dependents = match deed {
            ModulesDeed::Install => Vec::new(),
            ModulesDeed::Upgrade | ModulesDeed::Uninstall => self.catalogue.dependents(names),
        };
        let had = &self.tenant.odoo.modules;
        let mut has: BTreeSet<&ModuleName> = had.iter().collect();
        match deed {
            ModulesDeed::Install => has.extend(names),
            ModulesDeed::Upgrade => {}
            ModulesDeed::Uninstall => {
                has.retain(|name| !names.contains(name) && !dependents.contains(name));
            }
        }
        let pending = self.catalogue.pending().map(Self::half_done);
        ModulesInput {
            modules: names.to_vec(),
            pending: pending.collect(),
            from: Wished { modules: had.clone() },
            to: Wished { modules: has.into_iter().cloned().collect() },
            dependents,
        }
    }

    fn half_done(known: &Known) -> String {
        let name = words(std::slice::from_ref(&known.name));
        format!("{name} is {}", known.state.as_str().replace('_', " "))
    }
}
