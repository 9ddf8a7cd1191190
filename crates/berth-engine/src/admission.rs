//! Whether what somebody asks for can be done, before anything is touched.
//!
//! # Invariants
//!
//! * All problems are found and named at once, in the caller's words.
//! * The same check serves the dry run and the real thing.

mod parse;
pub(crate) mod room;

use berth_domain::{
    Actor, Details, Digest, Generation, HostName, ImageRef, ModuleName, Problems, Tenant, TenantId,
    TenantState, tenant,
};
use berth_odoo::modules::missing_modules;
use berth_odoo::probe::Capabilities;
use berth_store::organisations::Organisation;
use berth_store::tenants;
use secrecy::SecretString;

pub(crate) use parse::{limits as parse_limits, password_problems};

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

/// Checks a request for a tenant. `operation` is the one that will make it.
pub(crate) async fn admit(
    engine: &Inner,
    actor: &Actor,
    organisation: &Organisation,
    request: &CreateTenant,
    operation: berth_domain::OperationId,
) -> Result<Admitted, EngineError> {
    let mut problems = Problems::default();
    let wishes = parse::wishes(&engine.settings, request, &mut problems);

    let taken = match &wishes.name {
        Some(name) => taken(engine, name.as_str(), wishes.host.as_ref(), &mut problems).await?,
        None => false,
    };
    let image = match &wishes.image {
        Some(reference) => find_image(engine, reference, &mut problems).await?,
        None => None,
    };
    if let Some((_, capabilities)) = &image {
        check_modules(capabilities, &wishes, request.addons.is_some(), &mut problems);
    }
    if let Some(limits) = wishes.limits {
        room::check(engine, limits, None, &mut problems).await?;
    }
    if problems.is_empty() && taken {
        return Err(EngineError::NameTaken(request.name.clone()));
    }
    if taken {
        problems.add("name", format!("a tenant called `{}` already exists", request.name));
    }
    let (Some(ready), Some((digest, _)), true) = (wishes.ready(), image, problems.is_empty())
    else {
        return Err(EngineError::Invalid(problems));
    };
    let cluster = engine.cluster.ready().await?;
    let id = TenantId::from_uuid(engine.ids.uuid());
    Ok(Admitted {
        admin_password: request.admin_password.clone(),
        tenant: Tenant {
            id,
            organisation: organisation.id,
            name: ready.name,
            host: ready.host,
            stage: ready.stage,
            state: TenantState::Provisioning { operation },
            generation: Generation(1),
            cluster: cluster.id,
            image: tenant::Image { reference: ready.image, digest },
            odoo: ready.odoo,
            limits: ready.limits,
            storage: None,
            addons: ready.addons,
            subnet: None,
            blueprint: None,
            details: Details::default(),
            created_at: engine.clock.now(),
            created_by: actor.clone(),
        },
    })
}

/// Whether the name is taken. A taken host is noted as a problem: the caller did not name it.
async fn taken(
    engine: &Inner,
    name: &str,
    host: Option<&HostName>,
    problems: &mut Problems,
) -> Result<bool, EngineError> {
    let mut tx = engine.store.read().await?;
    let all = tenants::all(&mut tx).await?.rows;
    let taken = all.iter().any(|tenant| tenant.name.as_str() == name);
    if let Some(other) = all.iter().find(|tenant| Some(&tenant.host) == host && !taken) {
        problems.add("host", format!("`{}` already leads to another tenant", other.host));
    }
    Ok(taken)
}

async fn find_image(
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
