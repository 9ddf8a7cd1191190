//! The administrator's password of a tenant.

use berth_domain::{Actor, Problems, Tenant};
use berth_odoo::identity;
use berth_odoo::password::{self, Rounds};
use berth_postgres::TenantDb;
use berth_store::secrets::{self, SecretName};
use secrecy::{ExposeSecret, SecretString};

use super::audit::Deed;
use super::{demand_database, find_tenant, once};
use crate::admission::password_problems;
use crate::error::EngineError;
use crate::parts::database::{hashed, secret_of};
use crate::secret::random;
use crate::view::{Credentials, PlanView};
use crate::{Engine, plan};

impl Engine {
    /// Says how to sign in, with the password that Berth set last. Whoever changed it in Odoo since
    /// knows better. One that came with a backup is not known.
    pub async fn show_password(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<Credentials, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let mut tx = self.0.store.read().await?;
        let owner = tenant.id.to_string();
        let known = secrets::get(&mut tx, &owner, SecretName::AdminPassword).await?;
        drop(tx);
        let Some(password) = known else {
            return Err(EngineError::NoPassword { tenant: tenant.name.to_string() });
        };
        self.record_now(actor, Deed::to("password.show", &tenant)).await?;
        tracing::info!(actor = %actor, tenant.name = %tenant.name, "somebody looks at a password");
        Ok(self.credentials(&tenant, password))
    }

    /// Says what [`Engine::reset_password`] would do, after everything that it checks, and touches
    /// nothing.
    pub async fn plan_password(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        new: Option<&SecretString>,
    ) -> Result<PlanView, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        check(&tenant, new)?;
        self.sign_in(&tenant).await?.close().await;
        Ok(plan::password(&self.0.settings, &tenant, new.is_some()))
    }

    /// Sets the administrator's password, to a generated one when none is given.
    pub async fn reset_password(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        new: Option<SecretString>,
    ) -> Result<Credentials, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        check(&tenant, new.as_ref())?;
        let (password, rounds) = match new {
            Some(password) => (password, Rounds::Chosen),
            None => (password::generate(random()), Rounds::Generated),
        };
        // Odoo's database is in no transaction of ours.
        self.record_now(actor, Deed::to("password.set", &tenant)).await?;
        self.write_password(actor, &tenant, (&password, rounds)).await?;
        tracing::info!(actor = %actor, tenant.name = %tenant.name, "somebody set a password");
        Ok(self.credentials(&tenant, password))
    }

    /// Odoo's database first: a password that is shown and does not work is worse than the other way.
    async fn write_password(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        (password, rounds): (&SecretString, Rounds),
    ) -> Result<(), EngineError> {
        let hash = hashed(password, rounds).await?;
        let mut database = self.sign_in(tenant).await?;
        let applied = database.apply(&[identity::password(&hash)]).await;
        database.close().await;
        if applied.map_err(EngineError::Postgres)? != [1] {
            return Err(EngineError::NoAdministrator { tenant: tenant.name.to_string() });
        }
        let mut tx = self.0.store.begin().await?;
        let owner = tenant.id.to_string();
        secrets::put(&mut tx, &owner, SecretName::AdminPassword, password).await?;
        once::remember(&mut tx, &self.0, (actor, &self.1), None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Opens the tenant's database as the role that owns it.
    async fn sign_in(&self, tenant: &Tenant) -> Result<TenantDb, EngineError> {
        let cluster = self.0.cluster_of(tenant).await?;
        let role = secret_of(&self.0, tenant.id, SecretName::DbPassword).await?;
        let object = tenant.id.object_name();
        cluster.server.open(&object, &role).await.map_err(EngineError::Postgres)
    }

    fn credentials(&self, tenant: &Tenant, password: SecretString) -> Credentials {
        Credentials {
            url: self.0.settings.url(&tenant.host),
            login: tenant.odoo.admin_login.to_string(),
            password,
        }
    }
}

/// Whether the tenant may get this password now.
fn check(tenant: &Tenant, new: Option<&SecretString>) -> Result<(), EngineError> {
    demand_database(tenant)?;
    let mut problems = Problems::default();
    password_problems(new.map(ExposeSecret::expose_secret), "password", &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(EngineError::Invalid(problems)) }
}
