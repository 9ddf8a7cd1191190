//! Making a tenant of a backup that was sent in.

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, Organisation, Problems, UploadId};
use berth_store::uploads;

use super::create::Made;
use super::operations::{Subject, new, view};
use super::organisation;
use crate::admission::{self, Admitted, Asked, Import, neutralizes};
use crate::disk;
use crate::error::EngineError;
use crate::parts::cluster::Which;
use crate::parts::image;
use crate::request::{CreateTenant, ImportTenant};
use crate::sagas::import::ImportInput;
use crate::source::{self, FIELD, Source};
use crate::view::{OperationView, PlanView};
use crate::{Engine, plan};

/// An import that can be carried out.
struct Ready {
    id: OperationId,
    admitted: Admitted,
    upload: UploadId,
    input: ImportInput,
    source: Source,
}

impl Engine {
    /// Says what is in a backup and what its import would do, and touches nothing.
    pub async fn plan_import(
        &self,
        actor: &Actor,
        org: &str,
        request: &ImportTenant,
    ) -> Result<PlanView, EngineError> {
        let Ready { admitted, input, source, .. } = self.ready_import(actor, org, request).await?;
        let tenant = admitted.tenant;
        let image = &tenant.image;
        let capabilities = image::capabilities(&self.0, &image.reference, &image.digest).await?;
        let cluster = Which::of(&tenant).name();
        let import = plan::Import { source: &source, input: &input, cluster: &cluster };
        Ok(plan::import(&self.0.settings, &tenant, &capabilities, &import))
    }

    /// Makes a tenant of a backup. Answers with the operation that does it.
    ///
    /// # Panics
    ///
    /// Never: what is kept of the request is plain data.
    pub async fn import_tenant(
        &self,
        actor: &Actor,
        org: &str,
        request: &ImportTenant,
    ) -> Result<OperationView, EngineError> {
        let Ready { id, admitted, upload, input, .. } =
            self.ready_import(actor, org, request).await?;
        let tenant = admitted.tenant;
        let operation = new(
            &self.0,
            actor,
            id,
            Subject {
                organisation: tenant.organisation,
                kind: OperationKind::TenantImport,
                queue: Queue::Default,
                tenant: Some(tenant.id),
                target: tenant.name.to_string(),
                input: serde_json::to_value(&input).expect("plain data has a JSON form"),
                state: OperationState::Queued,
            },
        );
        let upload = Some(upload);
        let made = Made { tenant: &tenant, password: None, operation: &operation, upload };
        self.make(actor, made).await?;
        Ok(view(&operation, &[]))
    }

    /// Reads the backup and checks everything that is asked for.
    async fn ready_import(
        &self,
        actor: &Actor,
        org: &str,
        request: &ImportTenant,
    ) -> Result<Ready, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        drop(tx);
        let wanted = wanted(request);
        self.demand_for(&wanted, organisation.id)?;
        let mut problems = Problems::default();
        let found = self.source(&organisation, &request.upload, &mut problems).await?;
        let import = found.as_ref().map(|(_, source)| Import {
            source,
            neutralize: request.neutralize,
            allow_missing_modules: request.allow_missing_modules,
        });
        let id = OperationId::from_uuid(self.0.ids.uuid());
        let asked = Asked {
            actor,
            organisation: &organisation,
            request: &wanted,
            operation: id,
            import: import.as_ref(),
            problems,
        };
        let admitted = admission::admit(&self.0, asked).await?;
        let Some((upload, source)) = found else {
            return Err(EngineError::NoSuchUpload(super::shown(&request.upload)));
        };
        let input = ImportInput {
            upload: upload.to_string(),
            neutralize: neutralizes(request.neutralize, admitted.tenant.stage),
            allow_missing_modules: request.allow_missing_modules,
        };
        Ok(Ready { id, admitted, upload, input, source })
    }

    /// Finds and reads a backup. `None`: it cannot be used, and the problems say why.
    async fn source(
        &self,
        organisation: &Organisation,
        upload: &str,
        problems: &mut Problems,
    ) -> Result<Option<(UploadId, Source)>, EngineError> {
        let no_such = |problems: &mut Problems| {
            let error = EngineError::NoSuchUpload(super::shown(upload));
            let hint = error.hint().unwrap_or_default();
            problems.add_with_hint(FIELD, error, &hint);
        };
        let Ok(id) = upload.parse::<UploadId>() else {
            no_such(problems);
            return Ok(None);
        };
        let mut tx = self.0.store.read().await?;
        let found = uploads::find(&mut tx, organisation.id, id).await?;
        drop(tx);
        let Some(found) = found else {
            no_such(problems);
            return Ok(None);
        };
        if let Some(operation) = found.used_by {
            return Err(EngineError::UploadInUse { upload: id, operation });
        }
        let path = self.0.settings.paths.upload(id);
        match source::look(path, disk::spare(&self.0).await).await? {
            Ok(source) => Ok(Some((id, source))),
            Err(found) => {
                problems.0.extend(found.0);
                Ok(None)
            }
        }
    }
}

/// The tenant that is asked for, as one that is made of nothing would be.
fn wanted(request: &ImportTenant) -> CreateTenant {
    let ImportTenant { name, host, stage, image, cpu, memory, pids, .. } = request;
    let ImportTenant { addons, own_cluster, notes, .. } = request;
    CreateTenant {
        name: name.clone(),
        host: host.clone(),
        stage: stage.clone(),
        image: image.clone(),
        cpu: cpu.clone(),
        memory: memory.clone(),
        pids: *pids,
        addons: addons.clone(),
        own_cluster: *own_cluster,
        notes: notes.clone(),
        ..CreateTenant::default()
    }
}
