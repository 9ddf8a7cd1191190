//! A tenant's role and database.

use berth_domain::{HostName, Limits, ObjectName, Tenant, TenantId};
use berth_odoo::identity;
use berth_odoo::password::{self, PasswordHash, Rounds};
use berth_odoo::schema::Schema;
use berth_odoo::sizing::Sizing;
use berth_postgres::TenantDb;
use berth_postgres::budget::Demand;
use berth_postgres::dump;
use berth_store::secrets::{self, SecretName};
use secrecy::SecretString;

use super::cluster::Cluster;
use super::{blueprint, copy};
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
    let cluster = context.cluster_of(&tenant).await?;
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

/// Closes the database to everybody: nobody connects to it, and its role may not sign in. Read back.
pub(crate) async fn close(context: &Context) -> Result<(), StepError> {
    let object = context.object();
    let server = &context.tenants_cluster().await?.server;
    copy::recover(server, &object).await?;
    server.disable_role(&object).await?;
    // A creation that broke early has none.
    if server.find_database(&object).await?.is_some() {
        server.allow_connections(&object, false).await?;
        server.end_sessions_on(&object).await?;
    }
    let role = server.find_role(&object).await?;
    let database = server.find_database(&object).await?;
    if role.is_some_and(|role| role.can_login) || database.is_some_and(|db| db.allows_connections) {
        return Err(StepError::retry("the database was opened again by somebody else"));
    }
    Ok(())
}

/// Opens the database to its own role again, and sees that the role gets in.
pub(crate) async fn open(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    let object = context.object();
    let server = &context.cluster_of(&tenant).await?.server;
    copy::recover(server, &object).await?;
    if server.find_database(&object).await?.is_none() {
        return Err(StepError::fail(format!("the server has no database `{object}` any more")));
    }
    let password = secret_of(context, tenant.id, SecretName::DbPassword).await?;
    server.allow_connections(&object, true).await?;
    server.ensure_role(&object, &password, connections(tenant.limits).role_limit()).await?;
    server.open(&object, &password).await?.close().await;
    Ok(())
}

/// Tells the tenant's Odoo under which address people reach it. Read back.
pub(crate) async fn set_address(context: &Context, host: &HostName) -> Result<(), StepError> {
    let server = &context.tenants_cluster().await?.server;
    let password = secret_of(context, context.tenant_id(), SecretName::DbPassword).await?;
    let url = context.settings.url(host);
    let mut database = server.open(&context.object(), &password).await?;
    let result = async {
        database.apply(&[identity::base_url(&url)]).await?;
        database.rows(&identity::base_url_statement()).await
    };
    let found = result.await;
    database.close().await;
    match found?.first().and_then(|row| row.first()) {
        Some(Some(found)) if *found == url => Ok(()),
        _ => Err(StepError::retry(format!("Odoo did not keep its address `{url}`"))),
    }
}

/// Drops database and role. With them goes the server that the tenant has for itself.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    match context.find_tenant().await? {
        Some(tenant) if tenant.has_own_cluster() => {
            blueprint::remove_with_cluster(context, &tenant).await
        }
        _ => drop_object(&*context.cluster.ready().await?, &context.object()).await,
    }
}

/// Drops a database and the role of the same name.
pub(crate) async fn drop_object(cluster: &Cluster, object: &ObjectName) -> Result<(), StepError> {
    cluster.server.drop_database(object).await?;
    cluster.server.drop_copies(object).await?;
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
