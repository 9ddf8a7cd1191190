//! A tenant's role and database.

use berth_domain::{Limits, ObjectName, Tenant, TenantId};
use berth_odoo::identity;
use berth_odoo::password::{self, PasswordHash, Rounds};
use berth_odoo::schema::Schema;
use berth_odoo::sizing::Sizing;
use berth_postgres::TenantDb;
use berth_postgres::budget::Demand;
use berth_postgres::dump;
use berth_store::secrets::{self, SecretName};
use secrecy::SecretString;

use crate::engine::Inner;
use crate::operation::{Context, StepError};
use crate::secret::{random, secret};

/// In the input of a creation: whether a person thought of the administrator's password.
pub(crate) const CHOSEN_PASSWORD: &str = "chosen_password";

/// Clones the blueprint and gives the copy an identity of its own.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    let object = context.object();
    let blueprint = tenant
        .blueprint
        .ok_or_else(|| StepError::fail("no blueprint was chosen for the tenant"))?;
    let cluster = context.cluster.ready().await?;
    let password = secret_of(context, tenant.id, SecretName::DbPassword).await?;
    let server = &cluster.server;
    server.ensure_role(&object, &password, connections(tenant.limits).role_limit()).await?;
    let cloned = server.clone_database(&blueprint.object_name(), &object, &object).await?;
    context.reporter.log(&format!(
        "database cloned ({}, {} ms)",
        cloned.strategy.as_str(),
        cloned.took.as_millis()
    ));
    let mut database = server.open(&object, &password).await?;
    let result = personalise(context, &tenant, &mut database).await;
    database.close().await;
    result
}

/// Writes who the tenant is.
async fn personalise(
    context: &Context,
    tenant: &Tenant,
    database: &mut TenantDb,
) -> Result<(), StepError> {
    let schema = Schema::parse(&database.rows(&Schema::statement()).await?);
    let password = secret_of(context, tenant.id, SecretName::AdminPassword).await?;
    let rounds = match context.operation.input.get(CHOSEN_PASSWORD) {
        Some(serde_json::Value::Bool(true)) => Rounds::Chosen,
        _ => Rounds::Generated,
    };
    let identity = identity::Identity {
        uuid: context.ids.uuid().to_string(),
        secret: secret(),
        created_at: context.clock.now(),
        base_url: context.settings.url(&tenant.host),
        admin_login: tenant.odoo.admin_login.clone(),
        admin_password: hashed(&password, rounds).await?,
        email: tenant.odoo.email.clone(),
        time_zone: tenant.odoo.time_zone.clone(),
        language: tenant.odoo.language.clone(),
        company: tenant.odoo.company.clone(),
        country: tenant.odoo.country.clone(),
    };
    let touched = database.apply(&identity::statements(&identity, &schema)).await?;
    identity::check(&touched).map_err(|error| StepError::fail(error.to_string()))
}

/// Hashes a password as Odoo does.
pub(crate) async fn hashed(
    password: &SecretString,
    rounds: Rounds,
) -> Result<PasswordHash, StepError> {
    let password = password.clone();
    tokio::task::spawn_blocking(move || password::hash(&password, random(), rounds))
        .await
        .map_err(|error| StepError::fail(format!("cannot hash a password: {error}")))
}

/// How many connections a tenant with these limits may hold.
pub(crate) fn connections(limits: Limits) -> Demand {
    let Sizing { processes, db_maxconn, reserve, .. } = Sizing::of(&limits);
    Demand { processes, per_process: db_maxconn, reserve }
}

/// Drops database and role.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    drop_object(context, &context.object()).await
}

/// Drops a database and the role of the same name.
pub(crate) async fn drop_object(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    let cluster = engine.cluster.ready().await?;
    cluster.server.drop_database(object).await?;
    cluster.server.drop_role(object).await?;
    // An export that was killed leaves its password file behind.
    if let Some(managed) = &cluster.managed {
        let file = managed.pass_folder().join(dump::pass_file_name(object));
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StepError::io(format!("cannot remove `{}`", file.display()))(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Opens a secret of a tenant, which exists for as long as the tenant does.
pub(crate) async fn secret_of(
    engine: &Inner,
    tenant: TenantId,
    name: SecretName,
) -> Result<SecretString, StepError> {
    let mut tx = engine.store.read().await?;
    secrets::get(&mut tx, &tenant.to_string(), name)
        .await?
        .ok_or_else(|| StepError::fail(format!("the tenant has no {}", name.as_str())))
}
