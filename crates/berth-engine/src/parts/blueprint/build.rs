//! Building a blueprint: install, visit, seal.

use std::time::Duration;

use berth_domain::{BlueprintId, Country, ModuleName, ObjectName, Tenant};
use berth_odoo::conf::{Conf, LogLevel};
use berth_odoo::identity;
use berth_odoo::install::Install;
use berth_odoo::password::Rounds;
use berth_odoo::probe::{self, Capabilities};
use berth_odoo::schema::Schema;
use berth_odoo::sizing::Sizing;
use berth_odoo::warm;
use berth_postgres::budget::Demand;
use berth_postgres::{PostgresError, TenantDb};
use berth_runtime::{ExecOutput, ExecSpec, Labels, WorkloadName, WorkloadSpec};
use berth_store::blueprints::{self, Blueprint, BlueprintKey, BlueprintState};
use futures_util::StreamExt as _;
use secrecy::SecretString;

use crate::disk;
use crate::engine::Inner;
use crate::operation::{Context, Needs, StepError};
use crate::parts::cluster::Cluster;
use crate::parts::modules::{self as installing, Installation};
use crate::parts::{container, database, files, image};
use crate::secret::secret;

const VISIT: &str = "visit";
/// How long the first visit may take.
const VISIT_DEADLINE: Duration = Duration::from_mins(4);

/// Builds a blueprint. Its row stands as `building` before anything of it exists.
pub(super) async fn build(
    context: &Context,
    tenant: &Tenant,
    key: &BlueprintKey,
) -> Result<BlueprintId, StepError> {
    disk::room(context, disk::Purpose::Blueprint).await?;
    let id = BlueprintId::from_uuid(context.ids.uuid());
    let object = id.object_name();
    begin(context, id, key).await?;
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let cluster = context.cluster_of(tenant).await?;
    let password = secret();
    let site = Site {
        object: &object,
        key,
        capabilities: &capabilities,
        cluster: &cluster,
        password: &password,
    };

    context.reporter.progress(0, "building the blueprint: preparing an empty database");
    site.prepare(context).await?;
    site.install(context).await?;
    context.reporter.progress(900, "building the blueprint: visiting its pages");
    site.visit(context).await?;
    site.seal().await?;

    let bytes = cluster.server.database_size(&object).await?;
    let mut tx = context.store.begin().await?;
    let _ = blueprints::mark_ready(&mut tx, id, bytes, context.clock.now()).await?;
    tx.commit().await?;
    context.reporter.log(&format!("blueprint built ({bytes})"));
    Ok(id)
}

async fn begin(context: &Context, id: BlueprintId, key: &BlueprintKey) -> Result<(), StepError> {
    let now = context.clock.now();
    let blueprint = Blueprint {
        id,
        key: key.clone(),
        state: BlueprintState::Building { operation: context.operation.id },
        size: None,
        created_at: now,
        last_used_at: now,
    };
    let mut tx = context.store.begin().await?;
    blueprints::insert(&mut tx, &blueprint).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes containers that a build which was cut off left behind.
pub(super) async fn remove_jobs(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    for job in [installing::JOB, VISIT] {
        engine.runtime.workloads.remove(&WorkloadName::job(object, job)).await?;
    }
    Ok(())
}

/// A blueprint in the making.
struct Site<'a> {
    object: &'a ObjectName,
    key: &'a BlueprintKey,
    capabilities: &'a Capabilities,
    cluster: &'a Cluster,
    password: &'a SecretString,
}

impl Site<'_> {
    async fn prepare(&self, context: &Context) -> Result<(), StepError> {
        let server = &self.cluster.server;
        let sizing = Sizing::of(&installing::limits());
        let demand =
            Demand { processes: 2, per_process: sizing.db_maxconn, reserve: sizing.reserve };
        server.ensure_role(self.object, self.password, demand.role_limit()).await?;
        server.create_blank(self.object, self.object).await?;
        let conf = files::render(&Conf {
            database: files::connection(self.cluster, self.object, self.password),
            master_password: database::hashed(&secret(), Rounds::Generated).await?,
            addons_path: self.capabilities.addons_folders(false),
            // One process with threads: it is visited once.
            sizing: Sizing::of(&berth_domain::Limits::default()),
            demo: self.key.demo,
            log_level: LogLevel::Info,
            capabilities: self.capabilities,
        })?;
        let user = image::user(self.capabilities);
        files::begin(context, self.object, user).await?;
        files::write_both(context, self.object, conf, self.password, user).await
    }

    /// Accounting looks at the company's country while it installs itself, to choose its chart of
    /// accounts. So where there is a country, the company gets it first.
    async fn install(&self, context: &Context) -> Result<(), StepError> {
        if let Some(country) = &self.key.country
            && !self.key.modules.is_empty()
        {
            self.install_modules(context, &[]).await?;
            let mut database = self.cluster.server.open(self.object, self.password).await?;
            let applied = give_country(&mut database, country).await;
            database.close().await;
            applied?;
        }
        self.install_modules(context, &self.key.modules).await
    }

    async fn install_modules(
        &self,
        context: &Context,
        modules: &[ModuleName],
    ) -> Result<(), StepError> {
        let run = Install {
            conf: container::CONF,
            database: self.object,
            modules,
            language: &self.key.language,
            demo: self.key.demo,
        };
        installing::install(
            context,
            Installation {
                object: self.object,
                image: &self.key.digest,
                capabilities: self.capabilities,
                cluster: self.cluster,
                password: self.password,
                labels: labels(context),
                addons: None,
                run,
                wanted: modules,
            },
        )
        .await
    }

    /// Starts Odoo without a network and visits it from inside, so that its assets are built.
    async fn visit(&self, context: &Context) -> Result<(), StepError> {
        let spec = self.visitor(context).await?;
        let workloads = &context.runtime.workloads;
        workloads.ensure(&spec).await?;
        workloads.start(&spec.name).await?;
        let visited = tokio::time::timeout(VISIT_DEADLINE, look_around(context, &spec)).await;
        workloads.stop(&spec.name).await?;
        workloads.remove(&spec.name).await?;
        match visited {
            Ok(visited) => visited,
            Err(_) => Err(StepError::fail("the new Odoo did not answer its first visit in time")
                .needing(Needs::BOTH)),
        }
    }

    async fn visitor(&self, context: &Context) -> Result<WorkloadSpec, StepError> {
        let of = (self.object, &self.key.digest);
        let mut spec = container::base(context, self.capabilities, self.cluster, of)?;
        spec.name = WorkloadName::job(self.object, VISIT);
        spec.labels = labels(context);
        spec.command = self.capabilities.command.clone();
        // No cron: the blueprint is to be as new as the tenants that come from it.
        let arguments = ["-c", container::CONF, "--max-cron-threads=0"];
        spec.command.extend(arguments.map(str::to_owned));
        spec.limits = Some(installing::limits());
        spec.attachment = installing::attachment(context, self.cluster).await?;
        Ok(spec)
    }

    /// Closes the database for everybody but the server's own cloning.
    async fn seal(&self) -> Result<(), StepError> {
        self.cluster.server.seal(self.object).await?;
        self.cluster.server.disable_role(self.object).await?;
        Ok(())
    }
}

async fn give_country(database: &mut TenantDb, country: &Country) -> Result<(), PostgresError> {
    let schema = Schema::parse(&database.rows(&Schema::statement()).await?);
    database.apply(&identity::country(country, &schema)).await?;
    Ok(())
}

async fn look_around(context: &Context, spec: &WorkloadSpec) -> Result<(), StepError> {
    let command = warm::argv(probe::INTERPRETERS[0]);
    let exec = ExecSpec { command, environment: Vec::new(), terminal: None };
    let mut session = context.runtime.telemetry.exec(&spec.name, exec).await?;
    let mut said = Vec::new();
    while let Some(output) = session.output.next().await {
        match output? {
            ExecOutput::Out(bytes) | ExecOutput::Error(bytes) => said.extend_from_slice(&bytes),
            ExecOutput::Exit(exit) => {
                let said = String::from_utf8_lossy(&said).into_owned();
                said.lines().for_each(|line| context.reporter.log(line));
                if exit.code == 0 {
                    return Ok(());
                }
                let why = "the new Odoo could not be visited";
                return Err(StepError::fail(why).needing(Needs::BOTH).with_detail(said));
            }
        }
    }
    Err(StepError::retry("the first visit ended without an answer").needing(Needs::BOTH))
}

/// A blueprint outlives the tenant it was first built for.
fn labels(context: &Context) -> Labels {
    Labels { tenant: None, operation: Some(context.operation.id) }
}
