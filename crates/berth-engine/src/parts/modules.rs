//! Installing modules with a container that runs to its end.
//!
//! # Invariants
//!
//! * What was installed is read back from `ir_module_module`: that Odoo ended with success proves
//!   nothing, it ignores modules that it does not know.

use std::time::Duration;

use berth_domain::{Bytes, Digest, Limits, ModuleName, ObjectName};
use berth_odoo::install::{self, Install, InstallOutput, Progress};
use berth_odoo::probe::Capabilities;
use berth_odoo::readback::{self, Readback};
use berth_runtime::{Attachment, Exit, Labels, LogLine, Mount, WorkloadName, WorkloadSpec};
use berth_store::secrets::SecretName;
use secrecy::SecretString;

use super::cluster::Cluster;
use super::{container, database, image, network, neutralize, restore, rework};
use crate::operation::{Context, Needs, StepError};

/// How long one installation may take.
const DEADLINE: Duration = Duration::from_secs(1700);
/// What it may use.
pub(crate) const MEMORY: Bytes = Bytes::mib(2048);
pub(crate) const JOB: &str = "install";

/// An installation.
pub(crate) struct Installation<'a> {
    /// Whose database, role and folder.
    pub(crate) object: &'a ObjectName,
    pub(crate) image: &'a Digest,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) cluster: &'a Cluster,
    pub(crate) password: &'a SecretString,
    pub(crate) labels: Labels,
    /// A folder with modules of the tenant's own.
    pub(crate) addons: Option<Mount>,
    pub(crate) run: Install<'a>,
    /// What must be installed at the end.
    pub(crate) wanted: &'a [ModuleName],
}

/// Installs what a tenant asked for beyond its blueprint: modules of its own addons folder.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    let Some(addons) = container::addons(&tenant)? else { return Ok(()) };
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let own: Vec<ModuleName> = tenant
        .odoo
        .modules
        .iter()
        .filter(|module| !capabilities.modules.contains_key(module.as_str()))
        .cloned()
        .collect();
    if own.is_empty() {
        return Ok(());
    }
    let object = context.object();
    let password = database::secret_of(context, tenant.id, SecretName::DbPassword).await?;
    let cluster = context.tenants_cluster().await?;
    let run = Install {
        conf: container::CONF,
        database: &object,
        modules: &own,
        language: &tenant.odoo.language,
        demo: tenant.odoo.demo,
    };
    install(
        context,
        Installation {
            object: &object,
            image: &tenant.image.digest,
            capabilities: &capabilities,
            cluster: &cluster,
            password: &password,
            labels: context.labels(),
            addons: Some(addons),
            run,
            wanted: &tenant.odoo.modules,
        },
    )
    .await
}

/// Removes what an installation that was cut off left behind.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    let name = WorkloadName::job(&context.object(), JOB);
    Ok(context.runtime.workloads.remove(&name).await?)
}

/// Removes every short-lived container that may have worked for the tenant.
pub(crate) async fn remove_all(context: &Context) -> Result<(), StepError> {
    for job in [JOB, rework::JOB, neutralize::JOB, restore::TOOLS] {
        context.runtime.workloads.remove(&WorkloadName::job(&context.object(), job)).await?;
    }
    Ok(())
}

/// Runs an installation and reads back what it did.
pub(crate) async fn install(
    context: &Context,
    installation: Installation<'_>,
) -> Result<(), StepError> {
    let Installation { object, image, capabilities, cluster, labels, ref addons, ref run, .. } =
        installation;
    let mut spec = container::base(context, capabilities, cluster, (object, image))?;
    spec.name = WorkloadName::job(object, JOB);
    spec.labels = labels;
    spec.command = install::argv(run, capabilities);
    spec.mounts.extend(addons.clone());
    spec.limits = Some(limits());
    spec.attachment = attachment(context, cluster).await?;

    let output = follow(context, &spec, ("install", "installing")).await?;
    read_back(&installation, &output).await
}

/// Runs Odoo to its end and tells how far it is. Returns what it said, if it ended well. The verb is said
/// of modules: `install`, `installing`.
pub(crate) async fn follow(
    context: &Context,
    spec: &WorkloadSpec,
    (verb, doing): (&str, &str),
) -> Result<InstallOutput, StepError> {
    let mut output = InstallOutput::default();
    let mut watch = |line: LogLine| {
        context.reporter.log(&line.text);
        if let Some(Progress::Module { name, index, total }) = output.push(&line.text) {
            let permille = index * 900 / total.max(1);
            context.reporter.progress(permille, &format!("{doing} {name} ({index}/{total})"));
        }
    };
    let exit = context.runtime.workloads.run(spec, DEADLINE, &mut watch).await?;
    if exit.code == 0 { Ok(output) } else { Err(failure(exit, &output, verb)) }
}

fn failure(exit: Exit, output: &InstallOutput, verb: &str) -> StepError {
    let why = if exit.out_of_memory {
        format!("Odoo was ended before it could {verb} modules: it needs more than {MEMORY}")
    } else {
        let failure = output.failure();
        let module = failure.module.as_deref().unwrap_or("the modules");
        format!("Odoo could not {verb} {module}: {}", failure.reason)
    };
    // Also what a program says that was ended from outside, or that lost its database.
    let failed = StepError::fail(why).needing(Needs::BOTH);
    failed.with_detail(output.failure().traceback.unwrap_or_default())
}

async fn read_back(
    installation: &Installation<'_>,
    output: &InstallOutput,
) -> Result<(), StepError> {
    let Installation { object, cluster, password, wanted, .. } = installation;
    let mut database = cluster.server.open(object, password).await?;
    let rows = database.rows(&readback::modules()).await;
    database.close().await;
    match Readback::judge(&rows?, wanted).problem() {
        None => Ok(()),
        Some(problem) => {
            Err(StepError::fail(problem)
                .with_detail(output.failure().traceback.unwrap_or_default()))
        }
    }
}

/// How containers that install or warm up are connected: to nothing, unless the database is.
pub(crate) async fn attachment(
    context: &Context,
    cluster: &Cluster,
) -> Result<Attachment, StepError> {
    if cluster.managed.is_some() {
        return Ok(Attachment::None);
    }
    let tenant = context.tenant().await?;
    let address = network::subnet(context, &tenant)?.workload();
    Ok(Attachment::Network { name: context.object(), address })
}

/// Installing is the one thing that may take the whole host for a minute.
pub(crate) fn limits() -> Limits {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let cpu_millis = u32::try_from(cores).unwrap_or(1) * 1000;
    Limits { cpu_millis, memory: MEMORY, pids: 256 }
}
