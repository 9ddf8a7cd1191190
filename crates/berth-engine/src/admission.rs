//! Whether what somebody asks for can be done, before anything is touched.
//!
//! # Invariants
//!
//! * All problems are found and named at once, in the caller's words.
//! * The same check serves the dry run and the real thing.

mod import;
pub(crate) mod notes;
mod parse;
pub(crate) mod promised;
pub(crate) mod quota;
pub(crate) mod room;
pub(crate) mod taken;

use berth_domain::{
    Actor, ClusterId, Digest, Generation, ImageRef, ModuleName, OperationId, Organisation,
    OrganisationId, Problems, Tenant, TenantId, TenantName, TenantState, tenant,
};
use berth_odoo::modules::missing_modules;
use berth_odoo::probe::Capabilities;
use berth_store::{Tx, names};
use secrecy::SecretString;

pub(crate) use parse::{
    addons as parse_addons, addons_have, limits as parse_limits, modules as parse_modules,
    parse_cpu, password_problems, stage as parse_stage,
};

pub(crate) use import::{Import, LACKING_HINT, lacking, neutralizes, other_series, series_hint};

use crate::disk;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::parts::image;
use crate::request::CreateTenant;

/// A tenant that can be made.
pub(crate) struct Admitted {
    /// In state `Provisioning` under the operation that was given.
    pub(crate) tenant: Tenant,
    /// What the caller chose. `None` has one generated.
    pub(crate) admin_password: Option<SecretString>,
}

/// What is asked for, and by whom.
pub(crate) struct Asked<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) organisation: &'a Organisation,
    pub(crate) request: &'a CreateTenant,
    /// The one that will make it.
    pub(crate) operation: OperationId,
    /// What it is made of. `None`: of a blueprint.
    pub(crate) import: Option<&'a Import<'a>>,
    /// What is known to be wrong already.
    pub(crate) problems: Problems,
}

/// Checks a request for a tenant.
pub(crate) async fn admit(engine: &Inner, asked: Asked<'_>) -> Result<Admitted, EngineError> {
    let Asked { actor, organisation, request, operation, import, mut problems } = asked;
    let wishes = parse::wishes(&engine.settings, request, &mut problems);
    let now = engine.clock.now();
    let noted = notes::read(&request.notes, notes::Noted::default(), now, &mut problems);

    let taken = taken(engine, organisation, &wishes, &mut problems).await?;
    let image = match &wishes.image {
        Some(reference) => find_image(engine, reference, &mut problems).await?,
        None => None,
    };
    let capabilities = image.as_ref().map(|(_, capabilities)| capabilities);
    match (import, capabilities) {
        (Some(import), _) => import.check(engine, capabilities, &wishes, &mut problems).await?,
        (None, Some(capabilities)) => {
            check_modules(capabilities, &wishes, request.addons.is_some(), &mut problems);
        }
        (None, None) => {}
    }
    if let Some(limits) = wishes.limits {
        let asked = room::Asked { limits, own_cluster: request.own_cluster, replaced: None };
        check_space(engine, organisation, asked, &noted, &mut problems).await?;
    }
    match taken {
        Some(taken) if problems.is_empty() => return Err(taken),
        Some(taken) => problems.add("name", taken),
        None => {}
    }
    let (Some(ready), Some((digest, _)), true) = (wishes.ready(), image, problems.is_empty())
    else {
        return Err(EngineError::Invalid(problems));
    };
    let id = TenantId::from_uuid(engine.ids.uuid());
    let cluster =
        if request.own_cluster { ClusterId::of(id) } else { engine.cluster.ready().await?.id };
    let tenant = Tenant {
        id,
        organisation: organisation.id,
        name: ready.name,
        host: ready.host,
        stage: ready.stage,
        state: TenantState::Provisioning { operation },
        generation: Generation(1),
        cluster,
        image: tenant::Image { reference: ready.image, digest },
        odoo: ready.odoo,
        limits: ready.limits,
        storage: noted.storage,
        addons: ready.addons,
        subnet: None,
        blueprint: None,
        details: noted.details,
        created_at: now,
        created_by: actor.clone(),
    };
    Ok(Admitted { tenant, admin_password: request.admin_password.clone() })
}

/// Checks that the host has room for a new tenant, and that its owner may have it.
async fn check_space(
    engine: &Inner,
    organisation: &Organisation,
    asked: room::Asked,
    noted: &notes::Noted,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    room::check(engine, asked, problems).await?;
    if let Err(no_room) = disk::room(engine, disk::Purpose::Create).await {
        no_room.note(problems);
    }
    let mut tx = engine.store.read().await?;
    let wanted = quota::Wanted {
        organisation: organisation.id,
        tenant: None,
        owner: noted.details.owner.as_ref(),
        limits: asked.limits,
        storage: noted.storage,
        own_cluster: asked.own_cluster,
    };
    quota::check(engine, &mut tx, &wanted, None, problems).await
}

/// Why the name is taken, if it is. A taken host is noted as a problem: the caller did not name it.
async fn taken(
    engine: &Inner,
    organisation: &Organisation,
    wishes: &parse::Wishes,
    problems: &mut Problems,
) -> Result<Option<EngineError>, EngineError> {
    if let Some(host) = &wishes.host {
        taken::by_console(engine, host, problems);
    }
    let Some(name) = &wishes.name else { return Ok(None) };
    let mut tx = engine.store.read().await?;
    if let Some(taken) = name_taken(&mut tx, organisation.id, name).await? {
        return Ok(Some(taken));
    }
    if let Some(host) = &wishes.host
        && let Some(holder) = names::holder_of_host(&mut tx, host, None).await?
    {
        taken::note_host(&mut tx, (host, organisation.id), holder, problems).await?;
    }
    Ok(None)
}

/// Why a name is taken, if it is.
pub(crate) async fn name_taken(
    tx: &mut Tx,
    organisation: OrganisationId,
    name: &TenantName,
) -> Result<Option<EngineError>, EngineError> {
    let Some(holder) = names::holder_of_name(tx, name, None).await? else { return Ok(None) };
    let (message, hint) = taken::of_name(tx, name, holder, organisation).await?;
    let otherwise = || {
        if holder.organisation == organisation {
            format!("choose another name, or look at it with `berth tenant show {name}`")
        } else {
            "choose another name: those of all organisations are taken".to_owned()
        }
    };
    Ok(Some(EngineError::NameTaken { message, hint: hint.unwrap_or_else(otherwise) }))
}

pub(crate) async fn find_image(
    engine: &Inner,
    reference: &ImageRef,
    problems: &mut Problems,
) -> Result<Option<(Digest, Capabilities)>, EngineError> {
    let found = engine.runtime.images.find(reference).await.map_err(EngineError::Runtime)?;
    let Some(found) = found else {
        problems.add_with_hint(
            "image",
            format!("the container engine has no image `{reference}`"),
            "fetch it with `docker pull`, or build the default images with `cargo xtask setup`",
        );
        return Ok(None);
    };
    match image::capabilities(engine, reference, &found.digest).await {
        Ok(capabilities) => Ok(Some((found.digest, capabilities))),
        Err(error) => {
            problems.add("image", format!("`{reference}` cannot run Odoo: {}", error.why));
            Ok(None)
        }
    }
}

/// Names every module that the image does not have, with what may have been meant.
fn check_modules(
    capabilities: &Capabilities,
    wishes: &parse::Wishes,
    has_addons: bool,
    problems: &mut Problems,
) {
    let modules: &[ModuleName] = &wishes.modules;
    for missing in missing_modules(modules, &capabilities.modules) {
        if has_addons && parse::addons_have(wishes.addons.as_deref(), &missing.requested) {
            continue;
        }
        match missing.hint() {
            Some(hint) => problems.add_with_hint("modules", missing.message(), &hint),
            None => problems.add("modules", missing.message()),
        }
    }
    if let Some(language) = &wishes.language
        && !capabilities.languages.contains_key(language.as_str())
    {
        problems.add("language", format!("the image has no language `{language}`"));
    }
}

impl From<crate::operation::StepError> for EngineError {
    fn from(error: crate::operation::StepError) -> Self {
        if error.may_pass { Self::Unavailable(error.why) } else { Self::Failed(error.why) }
    }
}
