//! Making a tenant.

use std::sync::Arc;

use berth_domain::access::{Place, Right};
use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, OrganisationId, Problems, Tenant, UploadId};
use berth_odoo::password;
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::operations::Operation;
use berth_store::secrets::SecretName;
use berth_store::{Tx, events, names, operations, quotas, secrets, tenants, uploads};
use secrecy::SecretString;
use serde_json::json;

use super::audit::Deed;
use super::operations::view;
use super::{organisation, still_there};
use crate::admission::{self, Admitted, Asked, quota, taken};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::operation::Step;
use crate::parts::cluster::Which;
use crate::parts::{blueprint, database, image};
use crate::request::CreateTenant;
use crate::sagas::create::CreateStep;
use crate::secret::{random, secret};
use crate::view::{OperationView, PlanAction, PlanView};
use crate::{Engine, plan};

/// What is written of a new tenant.
pub(super) struct Made<'a> {
    pub(super) tenant: &'a Tenant,
    /// The administrator's. `None`: nobody here knows it.
    pub(super) password: Option<&'a SecretString>,
    pub(super) operation: &'a Operation,
    /// What it is made of, to be the operation's own.
    pub(super) upload: Option<UploadId>,
}

impl Engine {
    /// Says what a creation would do, and touches nothing.
    pub async fn plan_create(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateTenant,
    ) -> Result<PlanView, EngineError> {
        let (_, Admitted { tenant, .. }) = self.admitted(actor, org, request).await?;
        let capabilities =
            image::capabilities(&self.0, &tenant.image.reference, &tenant.image.digest).await?;
        if !tenant.has_own_cluster() {
            self.0.cluster.ready().await?;
        }
        let cluster = Which::of(&tenant).name();
        let ready = blueprint::is_ready(&self.0, &tenant).await?;
        let actions = CreateStep::ALL.iter().filter_map(|step| {
            let text = plan::create(*step, &tenant, &capabilities, &cluster, ready)?;
            Some(PlanAction { step: step.label(), text })
        });
        Ok(PlanView {
            summary: format!("create tenant {}", tenant.name),
            actions: actions.collect(),
            settings: plan::settings(&self.0.settings, &tenant),
        })
    }

    /// Makes a tenant. Answers with the operation that does it.
    pub async fn create_tenant(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateTenant,
    ) -> Result<OperationView, EngineError> {
        let (id, admitted) = self.admitted(actor, org, request).await?;
        let operation = new_operation(&self.0, actor, id, &admitted);
        let Admitted { tenant, admin_password } = admitted;
        let password = admin_password.unwrap_or_else(|| password::generate(random()));
        let password = Some(&password);
        let made = Made { tenant: &tenant, password, operation: &operation, upload: None };
        self.make(actor, made).await?;
        Ok(view(&operation, &[]))
    }

    pub(super) async fn admitted(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateTenant,
    ) -> Result<(OperationId, Admitted), EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        drop(tx);
        self.demand_for(request, organisation.id)?;
        let id = OperationId::from_uuid(self.0.ids.uuid());
        let asked = Asked {
            actor,
            organisation: &organisation,
            request,
            operation: id,
            import: None,
            problems: Problems::default(),
        };
        Ok((id, admission::admit(&self.0, asked).await?))
    }

    /// A folder of the host, and a server of its own, are lent by whoever runs the host: others do not even
    /// learn whether the folder is there.
    pub(super) fn demand_for(
        &self,
        request: &CreateTenant,
        organisation: OrganisationId,
    ) -> Result<(), EngineError> {
        if request.addons.is_some() || request.own_cluster {
            self.demand(Right::Installation, Place::Organisation(organisation))?;
        }
        Ok(())
    }

    /// Writes tenant, secrets and operation, all or none, and wakes the driver.
    pub(super) async fn make(&self, actor: &Actor, made: Made<'_>) -> Result<(), EngineError> {
        let Made { tenant, password, operation, upload } = made;
        let owner = tenant.id.to_string();
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        self.hand_out(&mut tx, tenant).await?;
        if tenant.has_own_cluster() {
            clusters::insert(&mut tx, &own_cluster(tenant)).await?;
        }
        tenants::insert(&mut tx, tenant).await?;
        secrets::put(&mut tx, &owner, SecretName::DbPassword, &secret()).await?;
        secrets::put(&mut tx, &owner, SecretName::MasterPassword, &secret()).await?;
        if let Some(password) = password {
            secrets::put(&mut tx, &owner, SecretName::AdminPassword, password).await?;
        }
        operations::insert(&mut tx, operation).await?;
        self.record(&mut tx, actor, made_deed(tenant, operation)).await?;
        if let Some(upload) = upload {
            let claimed =
                uploads::claim(&mut tx, tenant.organisation, upload, operation.id).await?;
            if !claimed.is_updated() {
                return Err(not_to_be_had(&mut tx, tenant, upload).await?);
            }
        }
        let reporter = self.0.reports.of(operation);
        let data = json!({ "state": operation.state.as_str() });
        events::append(&mut tx, &reporter.event("state", data), now).await?;
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        Ok(())
    }

    /// Looks again, in the transaction that decides, whether nobody was faster: at the name, the host
    /// and the owner's quota.
    async fn hand_out(&self, tx: &mut Tx, tenant: &Tenant) -> Result<(), EngineError> {
        names::lock(tx).await?;
        quotas::lock(tx).await?;
        still_there(tx, tenant.organisation).await?;
        let taken = admission::name_taken(tx, tenant.organisation, &tenant.name).await?;
        if let Some(taken) = taken {
            return Err(taken);
        }
        let mut problems = Problems::default();
        if let Some(holder) = names::holder_of_host(tx, &tenant.host, None).await? {
            let host = (&tenant.host, tenant.organisation);
            taken::note_host(tx, host, holder, &mut problems).await?;
        }
        let wanted = quota::Wanted { tenant: None, ..quota::Wanted::of(tenant) };
        quota::check(&self.0, tx, &wanted, None, &mut problems).await?;
        if problems.is_empty() { Ok(()) } else { Err(EngineError::Invalid(problems)) }
    }
}

/// What is written down of a tenant that is made.
pub(super) fn made_deed(tenant: &Tenant, operation: &Operation) -> Deed {
    Deed::to(operation.kind.as_str(), tenant).after(json!({
        "operation": operation.id.to_string(),
        "host": tenant.host.as_str(),
        "stage": tenant.stage.as_str(),
        "image": tenant.image.digest.as_str(),
        "cpu_millis": tenant.limits.cpu_millis,
        "memory_bytes": tenant.limits.memory.0,
        "owner": tenant.details.owner.as_ref().map(ToString::to_string),
    }))
}

/// The cluster that a new tenant has for itself.
fn own_cluster(tenant: &Tenant) -> ClusterRow {
    ClusterRow {
        id: tenant.cluster,
        name: Which::of(tenant).name(),
        kind: ClusterKind::Managed,
        major: None,
        created_at: tenant.created_at,
    }
}

fn new_operation(
    engine: &Arc<Inner>,
    actor: &Actor,
    id: OperationId,
    Admitted { tenant, admin_password }: &Admitted,
) -> Operation {
    super::operations::new(
        engine,
        actor,
        id,
        super::operations::Subject {
            organisation: tenant.organisation,
            kind: OperationKind::TenantCreate,
            queue: Queue::Default,
            tenant: Some(tenant.id),
            target: tenant.name.to_string(),
            input: json!({ database::CHOSEN_PASSWORD: admin_password.is_some() }),
            state: OperationState::Queued,
        },
    )
}

/// Why somebody else has an upload that was there a moment ago.
async fn not_to_be_had(
    tx: &mut Tx,
    tenant: &Tenant,
    upload: UploadId,
) -> Result<EngineError, EngineError> {
    let found = uploads::find(tx, tenant.organisation, upload).await?;
    Ok(match found.and_then(|found| found.used_by) {
        Some(operation) => EngineError::UploadInUse { upload, operation },
        None => EngineError::NoSuchUpload(upload.to_string()),
    })
}
