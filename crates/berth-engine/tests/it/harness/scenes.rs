//! The table: for each kind of operation, what it is asked of, how, and what it leaves.

use berth_domain::operation::{OperationKind, OperationKind as K};
use berth_engine::request::{RenameTenant, SetTenant, TenantChange};
use berth_engine::{Engine, EngineError, SetOutcome};
use berth_engine_testkit::{ACTOR, ORG};
use futures_util::future::BoxFuture;

use super::backup;
use super::modules::Subject;
use super::standing::Standing::{
    self, Absent, Archived, Deleted, Orphaned, Running, Stopped, Suspended,
};
use super::standing::{adopt, change, create};

/// Asks for the operation, about the tenant of this name, and returns its id.
pub(super) type Ask = for<'a> fn(&'a Engine, &'a str) -> BoxFuture<'a, Result<String, EngineError>>;

/// One way in which an operation comes about.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub(super) kind: OperationKind,
    /// What is asked of: with [`Absent`], of nobody.
    pub(super) before: Standing,
    pub(super) ask: Ask,
    /// The step from which there is no way back.
    pub(super) pivot: &'static str,
    pub(super) after: Standing,
    /// Where blueprints are gone, so that the operation builds one.
    pub(super) builds_blueprint: bool,
}

/// How a tenant is told what to do.
const START: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Start));
const STOP: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Stop));
const RESTART: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Restart));
const SUSPEND: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Suspend));
const RESUME: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Resume));
const ARCHIVE: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Archive));
const UNARCHIVE: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Unarchive));
const DELETE: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Delete));
const RESTORE: Ask = |e, name| Box::pin(change(e, name, &TenantChange::RestoreDeleted));
const PURGE: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Purge));
const CREATE: Ask = |e, name| Box::pin(create(e, name));
const ADOPT: Ask = |e, name| Box::pin(adopt(e, name));
const IMPORT: Ask = |e, name| Box::pin(backup::import(e, name));
const SET: Ask = |e, name| Box::pin(set(e, name));
const RENAME: Ask = |e, name| Box::pin(rename(e, name));
const INSTALL: Ask = |e, name| Box::pin(modules(K::TenantInstallModules, e, name));
const UPGRADE: Ask = |e, name| Box::pin(modules(K::TenantUpgradeModules, e, name));
const UNINSTALL: Ask = |e, name| Box::pin(modules(K::TenantUninstallModules, e, name));
const DEMO: Ask = |e, name| Box::pin(demo(e, name));

/// Every scene of a kind. Everything is tried on the first, the telling cases on the others.
pub(super) fn scenes(kind: OperationKind) -> Vec<Scene> {
    let scene = |before, (ask, pivot): (Ask, _), after| Scene {
        kind,
        before,
        ask,
        pivot,
        after,
        builds_blueprint: false,
    };
    match kind {
        K::TenantCreate => {
            let create = scene(Absent, (CREATE, "publish"), Running);
            vec![create, Scene { builds_blueprint: true, ..create }]
        }
        K::TenantAdopt => vec![scene(Orphaned, (ADOPT, "address"), Archived)],
        K::TenantImport => vec![scene(Absent, (IMPORT, "publish"), Running)],
        K::TenantStart => vec![scene(Stopped, (START, "publish"), Running)],
        K::TenantStop => vec![scene(Running, (STOP, "route"), Stopped)],
        K::TenantRestart => vec![scene(Running, (RESTART, "stop"), Running)],
        K::TenantSet => {
            let ask = (SET, "publish");
            let suspended = scene(Suspended, ask, Suspended);
            vec![scene(Running, ask, Running), scene(Stopped, ask, Stopped), suspended]
        }
        K::TenantRename => {
            let ask = (RENAME, "publish");
            vec![scene(Running, ask, Running), scene(Suspended, ask, Suspended)]
        }
        K::TenantInstallModules => {
            let ask = (INSTALL, "tidy");
            vec![scene(Running, ask, Running), scene(Stopped, ask, Stopped)]
        }
        K::TenantUpgradeModules => {
            let ask = (UPGRADE, "tidy");
            vec![scene(Running, ask, Running), scene(Suspended, ask, Suspended)]
        }
        K::TenantUninstallModules => vec![scene(Running, (UNINSTALL, "tidy"), Running)],
        K::TenantSuspend => {
            let ask = (SUSPEND, "route");
            vec![scene(Running, ask, Suspended), scene(Stopped, ask, Suspended)]
        }
        K::TenantResume => vec![scene(Suspended, (RESUME, "publish"), Running)],
        K::TenantArchive => vec![scene(Running, (ARCHIVE, "route"), Archived)],
        K::TenantUnarchive => vec![scene(Archived, (UNARCHIVE, "publish"), Running)],
        K::TenantDelete => {
            let ask = (DELETE, "route");
            vec![scene(Running, ask, Deleted), scene(Archived, ask, Deleted)]
        }
        K::TenantRestoreDeleted => vec![scene(Deleted, (RESTORE, "publish"), Running)],
        K::TenantPurge => {
            let ask = (PURGE, "route");
            vec![scene(Running, ask, Absent), scene(Deleted, ask, Absent)]
        }
        K::Demo => vec![scene(Absent, (DEMO, "end"), Absent)],
    }
}

/// Asks for other limits than those in force.
async fn set(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let now = engine.tenant(&ACTOR, ORG, name).await?.tenant.limits.pids;
    let pids = Some(if now == 96 { 64 } else { 96 });
    let set = SetTenant { pids, ..SetTenant::default() };
    match engine.set_tenant(&ACTOR, ORG, name, &set).await? {
        SetOutcome::Begun(begun) => Ok(begun.id.to_string()),
        SetOutcome::Noted(_) => panic!("other limits are more than a note"),
    }
}

/// Asks for another name, and next time for the old one.
async fn rename(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let name_then = match name.strip_suffix("-again") {
        Some(first) => first.to_owned(),
        None => format!("{name}-again"),
    };
    let rename = RenameTenant { name: name_then, host: None };
    change(engine, name, &TenantChange::Rename(rename)).await
}

/// Asks for what a kind of operation does with modules.
async fn modules(kind: K, engine: &Engine, name: &str) -> Result<String, EngineError> {
    Subject::of(kind).expect("it is about modules").ask(engine, name).await
}

/// Asks for a demo, and lets it go on when it comes to wait.
async fn demo(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let id = engine.create_demo(&ACTOR, ORG, name).await?.id.to_string();
    engine.release_demo(&ACTOR, ORG, &id).await?;
    Ok(id)
}
