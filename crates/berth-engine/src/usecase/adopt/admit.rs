//! Whether something can be adopted: every reason against it at once, before anything is touched.

use berth_domain::orphan::OrphanName;
use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Actor, Details, Generation, HostName, ImageRef, ObjectName, OperationId, Organisation,
    Problems, Tenant, TenantId, TenantName, TenantState, Timestamp, chain,
};
use berth_runtime::{ObservedState, RuntimeError, WorkloadName};
use berth_store::{Tx, orphans as stored, tenants};

use crate::admission::{find_image, parse_addons, parse_stage, taken};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::orphans::REMOVAL;
use crate::parts::adoption::{self, Folder};
use crate::request::AdoptOrphan;
use crate::sagas::adopt::AdoptInput;

/// A tenant that can be made of what is there.
pub(super) struct Admitted {
    /// In state `Provisioning` under the operation that was given.
    pub(super) tenant: Tenant,
    pub(super) found: AdoptInput,
}

/// The field that everything about what is to be adopted is said of.
const FIELD: &str = "orphan";

pub(super) async fn admit(
    engine: &Inner,
    actor: &Actor,
    (organisation, request): (&Organisation, &AdoptOrphan),
    operation: OperationId,
) -> Result<Admitted, EngineError> {
    let mut problems = Problems::default();
    let called = called(engine, request, &mut problems).await?;
    let image = image(engine, request, &mut problems).await?;
    let stage = parse_stage(&engine.settings, request.stage.as_ref(), &mut problems);
    let addons = request.addons.as_deref();
    let addons = addons.and_then(|path| parse_addons(&engine.settings, path, stage, &mut problems));
    let object = object(&request.orphan, &mut problems);
    let parts = match &object {
        Some(object) => parts(engine, object, &mut problems).await?,
        None => None,
    };
    let (Some((name, host)), Some(image), Some(stage), Some((id, found)), true) =
        (called, image, stage, parts, problems.is_empty())
    else {
        return Err(EngineError::Invalid(problems));
    };
    let defaults = &engine.settings.defaults;
    let tenant = Tenant {
        id,
        organisation: organisation.id,
        stage,
        state: TenantState::Provisioning { operation },
        generation: Generation(1),
        cluster: engine.cluster.ready().await?.id,
        image,
        // Until the database was asked.
        odoo: OdooSettings {
            modules: Vec::new(),
            language: defaults.language.clone(),
            country: None,
            demo: false,
            company: name.as_str().parse().map_err(|_| unnamed())?,
            admin_login: "admin".parse().map_err(|_| unnamed())?,
            email: None,
            time_zone: defaults.time_zone.clone(),
        },
        limits: defaults.limits,
        storage: None,
        addons,
        subnet: None,
        blueprint: None,
        details: Details::default(),
        created_at: engine.clock.now(),
        created_by: actor.clone(),
        name,
        host,
    };
    Ok(Admitted { tenant, found })
}

fn unnamed() -> EngineError {
    EngineError::Failed("the tenant's name is no name of a company".to_owned())
}

async fn called(
    engine: &Inner,
    request: &AdoptOrphan,
    problems: &mut Problems,
) -> Result<Option<(TenantName, HostName)>, EngineError> {
    let name: Option<TenantName> = problems.check("name", request.name.parse());
    let host: Option<HostName> = match &request.host {
        Some(host) => problems.check("host", host.parse()),
        None => name.as_ref().map(|name| HostName::of_tenant(name, &engine.settings.base_domain)),
    };
    let (Some(name), Some(host)) = (name, host) else { return Ok(None) };
    taken::by_console(engine, &host, problems);
    let mut tx = engine.store.read().await?;
    taken::check(&mut tx, (&name, &host), None, problems).await?;
    Ok(Some((name, host)))
}

async fn image(
    engine: &Inner,
    request: &AdoptOrphan,
    problems: &mut Problems,
) -> Result<Option<Image>, EngineError> {
    let reference: Option<ImageRef> = match &request.image {
        Some(image) => problems.check("image", image.parse()),
        None => Some(engine.settings.odoo_image.clone()),
    };
    let Some(reference) = reference else { return Ok(None) };
    let found = find_image(engine, &reference, problems).await?;
    Ok(found.map(|(digest, _)| Image { reference, digest }))
}

/// `database/t_…`, `role/t_…`, `folder/tenants/t_…`, or the last part alone.
fn object(text: &str, problems: &mut Problems) -> Option<ObjectName> {
    let last = match text.parse::<OrphanName>() {
        Ok(name) => name.name.rsplit('/').next().unwrap_or_default().to_owned(),
        Err(_) => text.to_owned(),
    };
    match last.parse::<ObjectName>() {
        Ok(object) if object.as_str().starts_with("t_") => Some(object),
        Ok(_) => {
            problems.add(FIELD, "blueprints are not adopted: remove it, and it is built again");
            None
        }
        Err(error) => {
            problems.add_with_hint(FIELD, error.to_string(), "list them with `berth orphans list`");
            None
        }
    }
}

/// Looks at everything that a tenant is made of.
async fn parts(
    engine: &Inner,
    object: &ObjectName,
    problems: &mut Problems,
) -> Result<Option<(TenantId, AdoptInput)>, EngineError> {
    let mut tx = engine.store.read().await?;
    if stored::claims(&mut tx).await?.has(object) {
        problems.add(FIELD, format!("`{object}` belongs to a tenant"));
        return Ok(None);
    }
    if is_being_removed(&mut tx, object, engine.clock.now()).await? {
        problems.add(FIELD, format!("`{object}` is being removed"));
    }
    drop(tx);
    let id = folder(engine, object, problems).await?;
    let found = server(engine, object, problems).await?;
    container(engine, object, problems).await?;
    Ok(id.zip(found))
}

async fn folder(
    engine: &Inner,
    object: &ObjectName,
    problems: &mut Problems,
) -> Result<Option<TenantId>, EngineError> {
    let why = match adoption::look_at_folder(engine, object).await? {
        Folder::OfTenant(id) if id.object_name() == *object => {
            let mut tx = engine.store.read().await?;
            let is_known = tenants::all(&mut tx).await?.rows.iter().any(|tenant| tenant.id == id);
            if !is_known {
                return Ok(Some(id));
            }
            format!("its files are those of {id}, which has a row")
        }
        Folder::OfTenant(id) => format!("its files are those of another tenant, {id}"),
        Folder::Missing => format!("there is no folder `tenants/{object}` with `conf` and `data`"),
        Folder::Empty => "its folder has no filestore".to_owned(),
        Folder::Unmarked => {
            "nothing says whose its filestore is: the file `.berth-tenant` is missing or damaged"
                .to_owned()
        }
    };
    problems.add(FIELD, why);
    Ok(None)
}

async fn server(
    engine: &Inner,
    object: &ObjectName,
    problems: &mut Problems,
) -> Result<Option<AdoptInput>, EngineError> {
    let cluster = engine.cluster.ready().await?;
    let server = &cluster.server;
    let database = server.find_database(object).await.map_err(EngineError::Postgres)?;
    let role = server.find_role(object).await.map_err(EngineError::Postgres)?;
    match &database {
        None => problems.add(FIELD, format!("there is no database `{object}`")),
        Some(found) if !found.is_complete() => {
            problems.add(FIELD, format!("the database `{object}` was never made to its end"));
        }
        Some(found) if found.owner != object.as_str() => {
            problems.add(FIELD, format!("the database `{object}` belongs to `{}`", found.owner));
        }
        Some(_) => {}
    }
    if let Some(in_use) = cluster.in_use_by_others(object).await? {
        problems.add_with_hint(FIELD, in_use, "end them first if they are nobody's");
    }
    if role.is_none() {
        problems.add(FIELD, format!("there is no role `{object}`"));
    }
    let found = |(database, role): (berth_postgres::DatabaseInfo, berth_postgres::RoleInfo)| {
        AdoptInput { open: database.allows_connections, login: role.can_login }
    };
    Ok(database.zip(role).map(found))
}

/// An Odoo that runs would go on writing while its password and its files are changed.
async fn container(
    engine: &Inner,
    object: &ObjectName,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    let observed = match engine.runtime.workloads.observe(&WorkloadName::tenant(object)).await {
        Ok(observed) => observed,
        // Somebody else's container of that name is found, and said, when it is in the way.
        Err(RuntimeError::Foreign(_)) => return Ok(()),
        Err(error) => {
            let why = format!("whether its container runs is not known: {}", chain(&error));
            return Err(EngineError::Unavailable(why));
        }
    };
    if observed.is_some_and(|found| found.state == ObservedState::Running) {
        problems.add_with_hint(
            FIELD,
            format!("its container `{object}` runs"),
            &format!("remove it first with `berth orphans remove container/{object}`"),
        );
    }
    Ok(())
}

/// Whether somebody removes something of this name just now.
pub(super) async fn is_being_removed(
    tx: &mut Tx,
    object: &ObjectName,
    now: Timestamp,
) -> Result<bool, EngineError> {
    let orphans = stored::list(tx).await?.rows;
    let is_of = |what: &OrphanName| what.name.rsplit('/').next() == Some(object.as_str());
    Ok(orphans.iter().any(|orphan| {
        let is_fresh = |at: Timestamp| now.duration_since(at).unsigned_abs() < REMOVAL;
        is_of(&orphan.what) && orphan.removing_since.is_some_and(is_fresh)
    }))
}
