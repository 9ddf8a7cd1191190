//! Changing a tenant that exists, by an operation.

pub(super) mod decide;
mod input;
mod modules;

use berth_domain::access::{Place, Right};
use berth_domain::operation::OperationKind;
use berth_domain::{Actor, OperationId, Tenant};
use berth_store::operations::Operation;

use super::find_tenant;
use super::modules::demand_known_image;
use super::operations::view;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::request::{ChangeModules, Known, Meant, ModulesDeed, TenantChange};
use crate::view::{OperationView, PlanView};
use crate::{Engine, plan};
use decide::Request;

impl Engine {
    /// The operation that makes a change here. A deletion without a grace period is for good.
    #[must_use]
    pub fn kind_of(&self, change: &TenantChange) -> OperationKind {
        kind(&self.0, change)
    }

    /// Whether whoever asks may begin a change of a tenant that was just looked at; else why not. What the
    /// change needs besides, a name or room on the host, is seen to when it begins.
    pub fn may_begin(&self, tenant: &Tenant, change: &TenantChange) -> Result<(), EngineError> {
        let kind = kind(&self.0, change);
        self.demand(Right::of_operation(kind), Place::Organisation(tenant.organisation))?;
        decide::allowed(&self.0, &self.1, tenant, (kind, self.operation_id())).map(drop)
    }

    /// Says what a change would do, and touches nothing.
    pub async fn plan_change(
        &self,
        actor: &Actor,
        org: &str,
        tenant: impl Into<Meant<'_>>,
        change: &TenantChange,
    ) -> Result<PlanView, EngineError> {
        let meant = tenant.into();
        let (_, tenant) = find_tenant(&self.0, actor, org, meant.name).await?;
        meant.check(&tenant)?;
        let kind = kind(&self.0, change);
        decide::allowed(&self.0, &self.1, &tenant, (kind, self.operation_id()))?;
        let input = input::of(&self.0, &tenant, (kind, change)).await?;
        Ok(plan::change(&tenant, kind, &input))
    }

    /// Says the same as far as it is known already, for pages: no container and no image is asked for it. Whether
    /// the host has room is seen to when the change begins.
    pub async fn outline_change(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        change: &TenantChange,
    ) -> Result<PlanView, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let kind = kind(&self.0, change);
        decide::allowed(&self.0, &self.1, &tenant, (kind, self.operation_id()))?;
        if matches!(change, TenantChange::Modules(_)) {
            demand_known_image(&self.0, &tenant).await?;
        }
        let input = input::known(&self.0, &tenant, (kind, change)).await?;
        Ok(plan::change(&tenant, kind, &input))
    }

    /// Changes a tenant. Answers with the operation that does it.
    pub async fn change_tenant(
        &self,
        actor: &Actor,
        org: &str,
        tenant: impl Into<Meant<'_>>,
        change: &TenantChange,
    ) -> Result<OperationView, EngineError> {
        let meant = tenant.into();
        let (_, tenant) = find_tenant(&self.0, actor, org, meant.name).await?;
        meant.check(&tenant)?;
        let seen = (&tenant, meant.known);
        Ok(view(&self.begin_change(actor, seen, change).await?, &[]))
    }

    /// Begins a change of a tenant that was just looked at, if it still is what somebody knows.
    pub(crate) async fn begin_change(
        &self,
        actor: &Actor,
        (tenant, known): (&Tenant, Option<&Known>),
        change: &TenantChange,
    ) -> Result<Operation, EngineError> {
        let (kind, id) = (kind(&self.0, change), self.operation_id());
        decide::allowed(&self.0, &self.1, tenant, (kind, id))?;
        let input = input::of(&self.0, tenant, (kind, change)).await?;
        modules::demand_confirmation(change, &input)?;
        let request = Request { actor, asker: &self.1, seen: tenant, known, kind, id, input };
        let mut tx = self.0.store.begin().await?;
        let operation = decide::begin(&mut tx, &self.0, request).await?;
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        Ok(operation)
    }

    pub(super) fn operation_id(&self) -> OperationId {
        OperationId::from_uuid(self.0.ids.uuid())
    }
}

/// The operation that makes the change. A deletion without a grace period is for good.
fn kind(engine: &Inner, change: &TenantChange) -> OperationKind {
    match change {
        TenantChange::Start => OperationKind::TenantStart,
        TenantChange::Stop => OperationKind::TenantStop,
        TenantChange::Restart => OperationKind::TenantRestart,
        TenantChange::Rename(_) => OperationKind::TenantRename,
        TenantChange::Modules(ChangeModules { deed, .. }) => match deed {
            ModulesDeed::Install => OperationKind::TenantInstallModules,
            ModulesDeed::Upgrade => OperationKind::TenantUpgradeModules,
            ModulesDeed::Uninstall => OperationKind::TenantUninstallModules,
        },
        TenantChange::Suspend => OperationKind::TenantSuspend,
        TenantChange::Resume => OperationKind::TenantResume,
        TenantChange::Archive => OperationKind::TenantArchive,
        TenantChange::Unarchive => OperationKind::TenantUnarchive,
        TenantChange::Delete if engine.settings.delete_grace_days > 0 => {
            OperationKind::TenantDelete
        }
        TenantChange::Delete | TenantChange::Purge => OperationKind::TenantPurge,
        TenantChange::RestoreDeleted => OperationKind::TenantRestoreDeleted,
    }
}
