//! Packing a tenant for taking away, as Odoo's own backups are packed: nobody is locked in.
//!
//! # Invariants
//!
//! * Database first, files after: a blob that was added meanwhile is one too many, never one too few.
//! * Nothing is gathered on disk or in memory; what the receiver does not take waits.

mod pack;

use std::path::PathBuf;
use std::sync::Arc;

use berth_domain::{Actor, Tenant, TenantState};
use berth_odoo::archive::{CUSTOM_DUMP, DUMP, MANIFEST};
use berth_odoo::manifest::Manifest;
use berth_odoo::readback;
use berth_postgres::dump::{self, Format};
use berth_runtime::{ExecSession, ExecSpec, WorkloadName};
use berth_store::secrets::SecretName;
use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;
use tokio::sync::{OwnedMutexGuard, mpsc};

use super::access::not_running;
use super::audit::Deed;
use super::{demand_database, find_tenant};
use crate::error::EngineError;
use crate::operation::StepError;
use crate::parts::cluster::Cluster;
use crate::parts::{container, database, image};
use crate::request::ExportFormat;
use crate::view::Export;
use crate::{ClusterChoice, Engine};

pub(super) use pack::Parcel;

/// Chunks that may wait for the receiver.
const WAITING: usize = 16;

/// A file with a password that goes when the dump is over, however it ends.
struct PassFile(Option<PathBuf>);

impl Drop for PassFile {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(path = %path.display(), %error, "cannot remove a password file");
        }
    }
}

/// What is held while a tenant is packed.
pub(super) struct Packing {
    pub(super) cluster: Arc<Cluster>,
    pub(super) password: SecretString,
    _pass_file: PassFile,
    _alone: OwnedMutexGuard<()>,
}

impl Engine {
    /// Packs a tenant's database and files, while it is being read: as an Odoo backup, or with a dump
    /// in `pg_dump`'s custom format in the place of the script.
    pub async fn export(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        format: ExportFormat,
    ) -> Result<Export, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let packing = self.packing(&tenant).await?;
        self.record_now(actor, Deed::to("tenant.export", &tenant)).await?;
        let manifest = self.manifest(&tenant, &packing.cluster, &packing.password).await?;
        let (format, dump_name) = match format {
            ExportFormat::Zip => (Format::Plain, DUMP),
            ExportFormat::Custom => (Format::Custom, CUSTOM_DUMP),
        };
        let parcel = Parcel {
            texts: vec![(MANIFEST.to_owned(), manifest)],
            dump: self.dump(&tenant, &packing, format).await?,
            format,
            dump_name: dump_name.to_owned(),
            data: self.0.settings.paths.object(&tenant.id.object_name()).data(),
            object: tenant.id.object_name(),
            filestore_name: "filestore".to_owned(),
        };
        tracing::info!(actor = %actor, tenant.name = %tenant.name, "somebody takes a tenant away");
        Ok(self.stream(&tenant, packing, parcel))
    }

    /// Whether a tenant can be packed in the state in which it is, as far as that is known without the
    /// container engine: on a server that is not ours its own container reads the database.
    pub fn may_export(&self, tenant: &Tenant) -> Result<(), EngineError> {
        demand_database(tenant)?;
        match (&self.0.settings.cluster, tenant.state) {
            (ClusterChoice::External { .. }, TenantState::Stopped { .. })
                if !tenant.has_own_cluster() =>
            {
                Err(not_running(tenant))
            }
            _ => Ok(()),
        }
    }

    /// Sees that the tenant's database can be read, and keeps others from packing it meanwhile.
    pub(super) async fn packing(&self, tenant: &Tenant) -> Result<Packing, EngineError> {
        self.may_export(tenant)?;
        let cluster = self.0.cluster_of(tenant).await?;
        let password = database::secret_of(&self.0, tenant.id, SecretName::DbPassword).await?;
        let object = tenant.id.object_name();
        // One at a time: the next one's password file would be removed with this one's.
        let alone = self.0.locks.lock(&format!("export {object}")).await;
        let pass_file = PassFile(
            cluster
                .managed
                .as_ref()
                .map(|managed| managed.pass_folder().join(dump::pass_file_name(&object))),
        );
        Ok(Packing { cluster, password, _pass_file: pass_file, _alone: alone })
    }

    /// Packs on a thread of its own, as fast as the receiver takes it.
    pub(super) fn stream(&self, tenant: &Tenant, packing: Packing, parcel: Parcel) -> Export {
        let (sender, receiver) = mpsc::channel(WAITING);
        let handle = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            pack::pack(&handle, parcel, &sender);
            drop(packing);
        });
        let content = stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|chunk| (chunk, receiver))
        });
        let day = self.0.clock.now().strftime("%Y-%m-%d_%H-%M-%S");
        Export { file_name: format!("{}_{day}.zip", tenant.name), content: content.boxed() }
    }

    pub(super) async fn manifest(
        &self,
        tenant: &Tenant,
        cluster: &Cluster,
        password: &SecretString,
    ) -> Result<String, EngineError> {
        let object = tenant.id.object_name();
        let server = &cluster.server;
        let mut database = server.open(&object, password).await.map_err(EngineError::Postgres)?;
        let rows = database.rows(&readback::modules()).await;
        database.close().await;
        let rows = rows.map_err(EngineError::Postgres)?;
        let capabilities =
            image::capabilities(&self.0, &tenant.image.reference, &tenant.image.digest).await?;
        let manifest = Manifest {
            odoo_dump: "1".to_owned(),
            db_name: object.to_string(),
            version: capabilities.version.clone(),
            version_info: capabilities.version_info.clone(),
            major_version: capabilities.series.clone(),
            pg_version: format!("{}.0", server.version().major()),
            modules: Manifest::modules_of(&rows),
        };
        manifest.to_json().map_err(|error| EngineError::Failed(error.to_string()))
    }

    /// Starts the dump. In the managed cluster's own container `pg_dump` has the server's version; an
    /// external server's tenants use that of their image.
    pub(super) async fn dump(
        &self,
        tenant: &Tenant,
        packing: &Packing,
        format: Format,
    ) -> Result<ExecSession, EngineError> {
        let object = tenant.id.object_name();
        let (name, spec) = if let Some(managed) = &packing.cluster.managed {
            managed.write_pass_file(&object, &packing.password).map_err(|error| {
                EngineError::Postgres(berth_postgres::PostgresError::from(error))
            })?;
            let command = dump::argv(&object, format);
            let environment = dump::environment(&object);
            (managed.workload_name(), ExecSpec { command, environment, terminal: None })
        } else {
            self.demand_container(tenant).await?;
            let mut command = packing.cluster.psql(&object);
            "pg_dump".clone_into(&mut command[0]);
            command.extend(["--no-owner", "--no-privileges"].map(str::to_owned));
            if format == Format::Custom {
                command.push("--format=custom".to_owned());
            }
            let environment = vec![("PGPASSFILE".to_owned(), container::PGPASS.to_owned())];
            (WorkloadName::tenant(&object), ExecSpec { command, environment, terminal: None })
        };
        self.0
            .runtime
            .telemetry
            .exec(&name, spec)
            .await
            .map_err(|error| StepError::from(error).into())
    }
}
