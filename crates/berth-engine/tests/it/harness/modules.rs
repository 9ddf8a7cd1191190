//! Modules that are installed, upgraded and uninstalled again and again.
//!
//! # Invariants
//!
//! * Each operation is about a module that no other kind touches, and begins with it as it was the last time.

use berth_domain::operation::OperationKind;
use berth_engine::request::{ChangeModules, ModulesDeed, TenantChange};
use berth_engine::{Engine, EngineError};
use berth_engine_testkit::{ACTOR, ORG};
use berth_testkit::postgres;

use super::standing::change;

/// A module that an operation is about: as it is before, and as it is when that was done.
pub(super) struct Subject {
    pub(super) name: &'static str,
    deed: ModulesDeed,
    before: (&'static str, &'static str),
    after: (&'static str, &'static str),
}

const NEW: Subject = Subject {
    name: "calendar",
    deed: ModulesDeed::Install,
    before: ("uninstalled", ""),
    after: ("installed", "19.0.1.0"),
};
const OLD: Subject = Subject {
    name: "crm",
    deed: ModulesDeed::Upgrade,
    before: ("installed", "19.0.1.0"),
    after: ("installed", "19.0.1.1"),
};
const UNWANTED: Subject = Subject {
    name: "sale_management",
    deed: ModulesDeed::Uninstall,
    before: ("installed", "19.0.1.0"),
    after: ("uninstalled", ""),
};

impl Subject {
    /// What a kind of operation is about. `None`: not modules.
    pub(super) fn of(kind: OperationKind) -> Option<Self> {
        match kind {
            OperationKind::TenantInstallModules => Some(NEW),
            OperationKind::TenantUpgradeModules => Some(OLD),
            OperationKind::TenantUninstallModules => Some(UNWANTED),
            _ => None,
        }
    }

    /// How the module is to stand in a database after an operation.
    pub(super) fn expected(&self, is_done: bool) -> String {
        let (state, version) = if is_done { self.after } else { self.before };
        format!("{state}|{version}")
    }

    /// How it stands.
    pub(super) fn found(&self, database: &str) -> String {
        let sql = format!(
            "SELECT state || '|' || coalesce(latest_version, '') FROM ir_module_module WHERE name = '{}'",
            self.name
        );
        postgres::Server::shared().execute(database, &sql).unwrap_or_else(|error| error.to_string())
    }

    /// Asks for it, once the module is as it was before.
    pub(super) async fn ask(&self, engine: &Engine, tenant: &str) -> Result<String, EngineError> {
        let object = engine.tenant(&ACTOR, ORG, tenant).await?.tenant.id.object_name();
        let (state, version) = self.before;
        let sql = format!(
            "UPDATE ir_module_module SET state = '{state}', latest_version = nullif('{version}', '')
              WHERE name = '{}'",
            self.name
        );
        postgres::Server::shared().execute(object.as_str(), &sql).expect("the database is open");
        let modules = vec![self.name.to_owned()];
        let asked = ChangeModules { deed: self.deed, modules, with_dependents: false };
        change(engine, tenant, &TenantChange::Modules(asked)).await
    }
}
