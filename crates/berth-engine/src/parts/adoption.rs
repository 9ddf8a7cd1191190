//! Taking in what is there without a row.

use std::io;

use berth_domain::{ObjectName, Tenant, TenantId, tenant::OdooSettings};
use berth_odoo::portrait::{self, Portrait};
use berth_odoo::probe::Capabilities;
use berth_odoo::{health, readback};
use berth_postgres::TenantDb;
use berth_store::secrets::SecretName;

use super::{database, files, image, wishes};
use crate::admission::addons_have;
use crate::engine::Inner;
use crate::operation::{Context, StepError};
use crate::paths::Paths;

/// What a folder says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    Missing,
    /// It has no filestore.
    Empty,
    /// Nothing says whose the filestore is.
    Unmarked,
    OfTenant(TenantId),
}

/// Looks at the folder of an object that has no row.
pub(crate) async fn look_at_folder(
    engine: &Inner,
    object: &ObjectName,
) -> Result<Folder, StepError> {
    let (paths, object) = (engine.settings.paths.clone(), object.clone());
    let looked = engine.file_work.spawn_blocking(move || folder(&paths, &object)).await;
    let looked = looked.map_err(|error| StepError::fail(error.to_string()))?;
    looked.map_err(StepError::io("cannot look at the folder"))
}

fn folder(paths: &Paths, object: &ObjectName) -> io::Result<Folder> {
    let paths = paths.object(object);
    if !paths.conf().is_dir() || !paths.data().is_dir() {
        return Ok(Folder::Missing);
    }
    Ok(match files::marker::owner(&paths)? {
        None => Folder::Empty,
        Some(text) => text.trim().parse().map_or(Folder::Unmarked, Folder::OfTenant),
    })
}

/// Reads who the database is, sees that the image runs it, and writes that into the row.
pub(crate) async fn read_identity(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let (portrait, blobs) = portrait(context, &tenant).await?;
    let has = |module: &str| addons_have(tenant.addons.as_deref(), module);
    portrait.fits(&capabilities, has).map_err(|error| StepError::fail(error.to_string()))?;
    // The marker says whose the files are, and not that they are all there.
    files::verify(context, &context.object(), blobs).await?;
    context.reporter.log(&format!(
        "it is `{}`, Odoo {}, {} modules, uuid {}",
        portrait.company,
        capabilities.series,
        portrait.modules.len(),
        portrait.uuid
    ));
    let odoo = settings(context, &portrait, &capabilities);
    if odoo == tenant.odoo {
        return Ok(());
    }
    let mut tx = context.store.begin().await?;
    wishes::write(&mut tx, Tenant { odoo, ..tenant }).await?;
    tx.commit().await?;
    Ok(())
}

/// Who the database is, and which files it names.
async fn portrait(context: &Context, tenant: &Tenant) -> Result<(Portrait, Rows), StepError> {
    let password = database::secret_of(context, tenant.id, SecretName::DbPassword).await?;
    let server = &context.tenants_cluster().await?.server;
    let mut database = server.open(&context.object(), &password).await?;
    let rows = rows(&mut database).await;
    database.close().await;
    let (facts, modules, blobs) = rows.map_err(|error| match error {
        // A table that is not there: it answers, and is no Odoo.
        StepError { may_pass: false, why, .. } => {
            StepError::fail(format!("the database is no Odoo that can be read: {why}"))
        }
        other => other,
    })?;
    let portrait = Portrait::read(&facts, &modules);
    Ok((portrait.map_err(|error| StepError::fail(error.to_string()))?, blobs))
}

type Rows = Vec<berth_odoo::Row>;

async fn rows(database: &mut TenantDb) -> Result<(Rows, Rows, Rows), StepError> {
    let facts = database.rows(&portrait::statement()).await?;
    let modules = database.rows(&readback::modules()).await?;
    Ok((facts, modules, database.rows(&health::blobs_statement()).await?))
}

fn settings(context: &Context, portrait: &Portrait, capabilities: &Capabilities) -> OdooSettings {
    let defaults = &context.settings.defaults;
    OdooSettings {
        modules: portrait.asked_for(capabilities),
        language: portrait.language.clone().unwrap_or_else(|| defaults.language.clone()),
        country: None,
        demo: false,
        company: portrait.company.clone(),
        admin_login: portrait.admin_login.clone(),
        email: portrait.email.clone(),
        time_zone: portrait.time_zone.clone().unwrap_or_else(|| defaults.time_zone.clone()),
    }
}

/// Lets in who was let in when database and role were found.
pub(crate) async fn reopen_as_found(
    context: &Context,
    is_open: bool,
    can_login: bool,
) -> Result<(), StepError> {
    let object = context.object();
    let server = &context.tenants_cluster().await?.server;
    if !can_login {
        server.disable_role(&object).await?;
    }
    if server.find_database(&object).await?.is_some() {
        server.allow_connections(&object, is_open).await?;
        if !is_open {
            server.end_sessions_on(&object).await?;
        }
    }
    Ok(())
}
