//! A tenant's container.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use berth_domain::{Digest, ObjectName, OperationId, Tenant};
use berth_odoo::probe::Capabilities;
use berth_runtime::{Attachment, Labels, Mount, ObservedState, Role, WorkloadName, WorkloadSpec};

use super::cluster::{Cluster, mount_source};
use super::{image, network};
use crate::engine::Inner;
use crate::logs;
use crate::operation::{Context, StepError};

/// Where `odoo.conf` and the password file lie, inside.
const CONF_DIR: &str = "/etc/odoo";
pub(crate) const CONF: &str = "/etc/odoo/odoo.conf";
pub(crate) const PGPASS: &str = "/etc/odoo/pgpass";
/// Where Odoo looks for an operator's own addons, inside.
const EXTRA_ADDONS: &str = "/mnt/extra-addons";
/// Odoo ends its requests politely; what takes longer is cut off.
const GRACE: Duration = Duration::from_secs(20);

/// Makes sure that the container is there as the tenant's wishes ask for, and runs.
pub(crate) async fn ensure_started(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    ensure_started_as(context, &tenant, context.labels()).await
}

/// The same outside of an operation. `made_by` is the operation on the label of the container that is
/// there: with it, one that only ended is started again and not replaced.
pub(crate) async fn run(
    engine: &Inner,
    tenant: &Tenant,
    made_by: Option<OperationId>,
) -> Result<(), StepError> {
    ensure_started_as(engine, tenant, Labels { tenant: Some(tenant.id), operation: made_by }).await
}

async fn ensure_started_as(
    engine: &Inner,
    tenant: &Tenant,
    labels: Labels,
) -> Result<(), StepError> {
    let capabilities =
        image::capabilities(engine, &tenant.image.reference, &tenant.image.digest).await?;
    let cluster = engine.cluster_of(tenant).await?;
    let spec = spec(engine, tenant, &capabilities, &cluster, labels)?;
    keep_log(engine, &spec).await?;
    // Nobody else makes it again while an operation has the tenant.
    network::make(engine, tenant, labels).await?;
    engine.runtime.workloads.ensure(&spec).await?;
    engine.runtime.workloads.start(&spec.name).await?;
    let observed = engine.runtime.workloads.observe(&spec.name).await?;
    match observed {
        // Limits are what the engine says, not what we asked for.
        Some(observed) if observed.limits != Some(tenant.limits) => Err(StepError::fail(format!(
            "the engine does not enforce the limits: asked for {:?}, in force {:?}",
            tenant.limits, observed.limits
        ))),
        Some(_) => Ok(()),
        None => Err(StepError::retry("the container is gone")),
    }
}

/// Keeps what the container said that is about to be replaced, to its last word.
async fn keep_log(engine: &Inner, spec: &WorkloadSpec) -> Result<(), StepError> {
    let Some(there) = engine.runtime.workloads.observe(&spec.name).await? else { return Ok(()) };
    let is_of_another = there.generation < spec.generation
        || (there.generation == spec.generation && there.operation != spec.labels.operation);
    let is_replaced = is_of_another || there.image != spec.image || there.limits != spec.limits;
    if is_replaced {
        // It would be stopped first in any case.
        engine.runtime.workloads.stop(&spec.name).await?;
        logs::drain(engine, &spec.name).await;
    } else if there.state != ObservedState::Running {
        // Only the engine knows whether it will be replaced: another version of Berth may have made
        // it, and nobody have listened when it ended.
        logs::catch_up(engine, &spec.name).await;
    }
    Ok(())
}

/// Where the tenant's own folder of addons is mounted, if it has one.
pub(crate) fn addons(tenant: &Tenant) -> Result<Option<Mount>, StepError> {
    let mount = |folder: &PathBuf| {
        let source = mount_source(folder)?;
        Ok(Mount { source, target: EXTRA_ADDONS, read_only: true })
    };
    tenant.addons.as_ref().map(mount).transpose()
}

fn spec(
    engine: &Inner,
    tenant: &Tenant,
    capabilities: &Capabilities,
    cluster: &Cluster,
    labels: Labels,
) -> Result<WorkloadSpec, StepError> {
    let object = tenant.id.object_name();
    let address = network::subnet(engine, tenant)?.workload();
    let mut command = capabilities.command.clone();
    command.extend(["-c".to_owned(), CONF.to_owned()]);
    let mut spec = base(engine, capabilities, cluster, (&object, &tenant.image.digest))?;
    spec.mounts.extend(addons(tenant)?);
    spec.name = WorkloadName::tenant(&object);
    spec.role = Role::Tenant;
    spec.labels = labels;
    spec.generation = tenant.generation;
    spec.command = command;
    spec.attachment = Attachment::Network { name: object, address };
    spec.limits = Some(tenant.limits);
    Ok(spec)
}

/// What every container that runs Odoo has in common: its user, its files, its way to the database.
pub(crate) fn base(
    engine: &Inner,
    capabilities: &Capabilities,
    cluster: &Cluster,
    (object, image): (&ObjectName, &Digest),
) -> Result<WorkloadSpec, StepError> {
    let paths = engine.settings.paths.object(object);
    let mut mounts = vec![
        Mount { source: mount_source(&paths.conf())?, target: CONF_DIR, read_only: true },
        Mount {
            source: mount_source(&paths.data())?,
            target: berth_odoo::DATA_DIR,
            read_only: false,
        },
    ];
    mounts.extend(cluster.mount()?);
    let environment = BTreeMap::from([
        ("HOME".to_owned(), berth_odoo::DATA_DIR.to_owned()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("ODOO_RC".to_owned(), CONF.to_owned()),
    ]);
    Ok(WorkloadSpec {
        name: WorkloadName::tenant(object),
        role: Role::Job,
        labels: Labels::default(),
        generation: berth_domain::Generation(0),
        image: image.clone(),
        command: Vec::new(),
        environment,
        user: Some(super::image::user(capabilities)),
        mounts,
        attachment: Attachment::None,
        limits: None,
        read_only_root: true,
        scratch: vec!["/tmp"],
        shared_memory: None,
        stop_grace: GRACE,
        stop_signal: None,
    })
}

/// Stops the container and sees that it stopped.
pub(crate) async fn stop(context: &Context) -> Result<(), StepError> {
    stop_object(context, &context.object()).await
}

/// Stops the container of a tenant.
pub(crate) async fn stop_object(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    let name = WorkloadName::tenant(object);
    engine.runtime.workloads.stop(&name).await?;
    match engine.runtime.workloads.observe(&name).await? {
        Some(observed) if observed.state == ObservedState::Running => {
            Err(StepError::retry("the container is still running"))
        }
        _ => Ok(()),
    }
}

/// Removes the container and sees that it is gone.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    remove_object(context, &context.object()).await
}

/// Removes the container of a tenant. It is stopped first: what it says until it ends is kept.
pub(crate) async fn remove_object(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    let name = WorkloadName::tenant(object);
    engine.runtime.workloads.stop(&name).await?;
    logs::drain(engine, &name).await;
    engine.runtime.workloads.remove(&name).await?;
    match engine.runtime.workloads.observe(&name).await? {
        Some(_) => Err(StepError::retry("the container is still there")),
        None => Ok(()),
    }
}

/// Odoo's Python shell on a database, from inside its container.
pub(crate) fn shell(capabilities: &Capabilities, database: &ObjectName) -> Vec<String> {
    let mut command = capabilities.command.clone();
    command.extend(["shell", "-c", CONF, "-d", database.as_str(), "--no-http"].map(str::to_owned));
    command
}
