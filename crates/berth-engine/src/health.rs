//! How a running tenant is doing, seen from its own application.

use berth_domain::Tenant;
use berth_odoo::health::{self, Probe};
use berth_odoo::schema::Schema;
use berth_postgres::{PostgresError, TenantDb};
use berth_store::secrets::SecretName;

use crate::engine::Inner;
use crate::operation::StepError;
use crate::parts::{database, image, route};
use crate::view::ProbeView;

/// Asks everything there is to ask. What cannot be asked is reported as failed.
pub(crate) async fn probe(engine: &Inner, tenant: &Tenant) -> Vec<ProbeView> {
    let mut probes = vec![http(engine, tenant).await];
    match inside(engine, tenant).await {
        Ok(found) => probes.extend(found.into_iter().map(view)),
        Err(error) => {
            probes.push(ProbeView { name: "database", status: "failed", detail: error.why });
        }
    }
    probes
}

async fn http(engine: &Inner, tenant: &Tenant) -> ProbeView {
    let (status, detail) = match engine.door.knock(&tenant.host, route::LOGIN_PAGE).await {
        Ok(200) => ("ok", "the login page is served".to_owned()),
        Ok(code) => ("failed", format!("the login page answers {code}")),
        Err(error) => ("failed", format!("the edge does not answer: {error}")),
    };
    ProbeView { name: "http", status, detail }
}

async fn inside(engine: &Inner, tenant: &Tenant) -> Result<Vec<Probe>, StepError> {
    let object = tenant.id.object_name();
    let password = database::secret_of(engine, tenant.id, SecretName::DbPassword).await?;
    let cluster = engine.cluster_of(tenant).await?;
    let mut database = cluster.server.open(&object, &password).await?;
    let answers = ask(engine, tenant, &mut database).await;
    database.close().await;
    let (mut probes, blobs) = answers?;
    let filestore = engine.settings.paths.object(&object).filestore();
    let judged = tokio::task::spawn_blocking(move || health::blobs(&blobs, &filestore)).await;
    probes.push(judged.map_err(|error| StepError::fail(format!("cannot look at files: {error}")))?);
    let capabilities =
        image::capabilities(engine, &tenant.image.reference, &tenant.image.digest).await?;
    probes.push(health::pdf(&capabilities));
    Ok(probes)
}

/// The probes that only need the database, and the names of all its files.
async fn ask(
    engine: &Inner,
    tenant: &Tenant,
    database: &mut TenantDb,
) -> Result<(Vec<Probe>, Vec<berth_odoo::Row>), PostgresError> {
    let object = tenant.id.object_name();
    let schema = Schema::parse(&database.rows(&Schema::statement()).await?);
    let mut probes = vec![health::registry(&database.rows(&health::registry_statement()).await?)];
    let uptime = uptime(engine, tenant).await;
    probes.push(health::cron(&database.rows(&health::cron_statement(&object)).await?, uptime));
    if let Some(statement) = health::mail_statement(&schema) {
        probes.push(health::mail(&database.rows(&statement).await?));
    }
    Ok((probes, database.rows(&health::blobs_statement()).await?))
}

/// For how long the tenant's Odoo has been running; nothing when nobody knows.
async fn uptime(engine: &Inner, tenant: &Tenant) -> std::time::Duration {
    let name = berth_runtime::WorkloadName::tenant(&tenant.id.object_name());
    let observed = engine.runtime.workloads.observe(&name).await.ok().flatten();
    let since = observed.and_then(|observed| observed.started_at);
    since.and_then(|at| engine.clock.now().duration_since(at).try_into().ok()).unwrap_or_default()
}

fn view(probe: Probe) -> ProbeView {
    ProbeView { name: probe.name, status: probe.status.as_str(), detail: probe.detail }
}
