//! The table: for each kind of operation, what it is asked of, how, and what it leaves.

use berth_domain::operation::OperationKind;
use berth_engine::request::{RenameTenant, SetTenant, TenantChange};
use berth_engine::{Engine, EngineError, SetOutcome};
use berth_engine_testkit::{ACTOR, ORG};
use futures_util::future::BoxFuture;

use super::standing::Standing::{self, Absent, Archived, Deleted, Running, Stopped, Suspended};
use super::standing::{change, create};

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

/// Every scene of a kind.
pub(super) fn scenes(kind: OperationKind) -> Vec<Scene> {
    let scene = |before, pivot, after, ask: Ask| Scene {
        kind,
        before,
        ask,
        pivot,
        after,
        builds_blueprint: false,
    };
    match kind {
        OperationKind::TenantCreate => {
            let create = scene(Absent, "publish", Running, |e, name| Box::pin(create(e, name)));
            vec![create, Scene { builds_blueprint: true, ..create }]
        }
        OperationKind::TenantStart => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Start));
            vec![scene(Stopped, "publish", Running, ask)]
        }
        OperationKind::TenantStop => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Stop));
            vec![scene(Running, "route", Stopped, ask)]
        }
        OperationKind::TenantRestart => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Restart));
            vec![scene(Running, "stop", Running, ask)]
        }
        OperationKind::TenantSet => vec![
            scene(Running, "publish", Running, |e, name| Box::pin(set(e, name))),
            scene(Stopped, "publish", Stopped, |e, name| Box::pin(set(e, name))),
            scene(Suspended, "publish", Suspended, |e, name| Box::pin(set(e, name))),
        ],
        OperationKind::TenantRename => vec![
            scene(Running, "publish", Running, |e, name| Box::pin(rename(e, name))),
            scene(Suspended, "publish", Suspended, |e, name| Box::pin(rename(e, name))),
        ],
        OperationKind::TenantSuspend => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Suspend));
            vec![scene(Running, "route", Suspended, ask)]
        }
        OperationKind::TenantResume => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Resume));
            vec![scene(Suspended, "publish", Running, ask)]
        }
        OperationKind::TenantArchive => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Archive));
            vec![scene(Running, "route", Archived, ask)]
        }
        OperationKind::TenantUnarchive => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Unarchive));
            vec![scene(Archived, "publish", Running, ask)]
        }
        OperationKind::TenantDelete => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Delete));
            vec![scene(Running, "route", Deleted, ask)]
        }
        OperationKind::TenantRestoreDeleted => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::RestoreDeleted));
            vec![scene(Deleted, "publish", Running, ask)]
        }
        OperationKind::TenantPurge => {
            let ask: Ask = |e, name| Box::pin(change(e, name, &TenantChange::Purge));
            vec![scene(Running, "route", Absent, ask), scene(Deleted, "route", Absent, ask)]
        }
        OperationKind::Demo => {
            vec![scene(Absent, "end", Absent, |e, name| Box::pin(demo(e, name)))]
        }
    }
}

/// Asks for other limits than those in force.
async fn set(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let now = engine.tenant(&ACTOR, ORG, name).await?.tenant.limits.pids;
    let pids = Some(if now == 96 { 64 } else { 96 });
    let set = SetTenant { pids, ..SetTenant::default() };
    match engine.set_tenant(&ACTOR, ORG, name, &set).await? {
        SetOutcome::Begun(operation) => Ok(operation.id.to_string()),
        SetOutcome::Noted(_) => panic!("limits need an operation"),
    }
}

/// Asks for another host than the one in force. The name stays, because cases go by it.
async fn rename(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let now = engine.tenant(&ACTOR, ORG, name).await?.tenant.host;
    let other = format!("{name}.example.com");
    let host = if now.as_str() == other { format!("{name}.localhost") } else { other };
    let to = RenameTenant { name: name.to_owned(), host: Some(host) };
    change(engine, name, &TenantChange::Rename(to)).await
}

/// Asks for a demo, and lets it go on when it comes to wait.
async fn demo(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let id = engine.create_demo(&ACTOR, ORG, name).await?.id.to_string();
    engine.release_demo(&ACTOR, ORG, &id).await?;
    Ok(id)
}
