//! Blueprints: prepared databases and filestores that tenants are cloned from.
//!
//! # Invariants
//!
//! * One key, one blueprint: whoever needs one that is being built waits for it.
//! * A blueprint is `ready` only after its modules were read back, its pages visited, its database
//!   sealed and its files found.
//! * One that failed while it was built is removed, with the containers that worked on it. One that was
//!   cut off is removed by the undo of whoever built it, or by whoever needs it next.
//! * On a server that a tenant has for itself one is built for this tenant alone, and goes when it was
//!   cloned.

mod build;

use berth_domain::{BlueprintId, ClusterId, Tenant};
use berth_store::blueprints::{self, Blueprint, BlueprintKey, BlueprintState};

use super::{cluster, database, files, image, wishes};
use crate::engine::Inner;
use crate::operation::{Context, StepError};

/// Sees to it that the tenant's blueprint is there, and notes which one it is.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    if tenant.has_own_cluster() {
        context.reporter.progress(0, "starting a PostgreSQL server of its own");
        let cluster = context.cluster_of(&tenant).await?;
        let version = cluster.server.version();
        context.reporter.log(&format!("PostgreSQL {version} runs for this tenant alone"));
    }
    let key = key(context, &tenant).await?;
    let (id, is_new) = find_or_build(context, &tenant, &key).await?;
    note(context, tenant, id).await?;
    if is_new {
        // After the lock of our own key is free: who evicts takes the locks of others.
        evict(context).await;
    }
    Ok(())
}

/// Returns the blueprint of this key, and whether it was built just now.
async fn find_or_build(
    context: &Context,
    tenant: &Tenant,
    key: &BlueprintKey,
) -> Result<(BlueprintId, bool), StepError> {
    let name = format!("{key:?}");
    let lock = context.engine.locks.lock(&name);
    tokio::pin!(lock);
    let _one_at_a_time = tokio::select! {
        biased;
        guard = &mut lock => guard,
        () = std::future::ready(()) => {
            context.reporter.log("waiting for the blueprint, which another operation is building");
            lock.await
        }
    };
    match find(context, key).await? {
        Some(found) if is_whole(context, tenant, &found).await? => Ok((found.id, false)),
        found => {
            if let Some(broken) = found {
                discard(context, &broken).await?;
            }
            let built = build::build(context, tenant, key).await;
            if built.is_err() {
                // While nobody else can begin with it. What cannot go now, the undo removes.
                let removed = discard_unfinished(context).await;
                if let Err(error) = removed {
                    tracing::warn!(error = %error.why, "cannot remove a half-built blueprint yet");
                }
            }
            Ok((built?, true))
        }
    }
}

/// Removes what this operation began to build and did not finish, or the server with everything on it.
pub(crate) async fn undo(context: &Context) -> Result<(), StepError> {
    match context.find_tenant().await? {
        Some(tenant) if tenant.has_own_cluster() => remove_with_cluster(context, &tenant).await,
        _ => remove_unfinished(context).await,
    }
}

async fn remove_unfinished(context: &Context) -> Result<(), StepError> {
    for begun in unfinished(context).await? {
        // Whoever waited for it removes it as well, and builds it again.
        let _one_at_a_time = context.engine.locks.lock(&format!("{:?}", begun.key)).await;
        discard_unfinished(context).await?;
    }
    Ok(())
}

async fn discard_unfinished(context: &Context) -> Result<(), StepError> {
    for begun in unfinished(context).await? {
        discard(context, &begun).await?;
    }
    Ok(())
}

async fn unfinished(context: &Context) -> Result<Vec<Blueprint>, StepError> {
    let mut tx = context.store.read().await?;
    let mut listed = blueprints::list(&mut tx).await?.rows;
    let operation = context.operation.id;
    listed.retain(|blueprint| blueprint.state == BlueprintState::Building { operation });
    Ok(listed)
}

/// Whether a tenant like this could be cloned right now.
pub(crate) async fn is_ready(engine: &Inner, tenant: &Tenant) -> Result<bool, StepError> {
    let key = key(engine, tenant).await?;
    Ok(find(engine, &key).await?.is_some_and(|found| found.state == BlueprintState::Ready))
}

/// What the tenant's blueprint is of. Modules of the tenant's own folder are not part of it.
async fn key(engine: &Inner, tenant: &Tenant) -> Result<BlueprintKey, StepError> {
    let capabilities =
        image::capabilities(engine, &tenant.image.reference, &tenant.image.digest).await?;
    let modules = tenant.odoo.modules.iter();
    let modules = modules.filter(|module| capabilities.modules.contains_key(module.as_str()));
    Ok(BlueprintKey {
        cluster: tenant.cluster,
        digest: tenant.image.digest.clone(),
        modules: modules.cloned().collect(),
        language: tenant.odoo.language.clone(),
        country: tenant.odoo.country.clone(),
        demo: tenant.odoo.demo,
    })
}

async fn find(engine: &Inner, key: &BlueprintKey) -> Result<Option<Blueprint>, StepError> {
    let mut tx = engine.store.read().await?;
    Ok(blueprints::find(&mut tx, key).await?)
}

/// Whether a blueprint that says it is ready has its database and its files.
async fn is_whole(
    context: &Context,
    tenant: &Tenant,
    blueprint: &Blueprint,
) -> Result<bool, StepError> {
    if blueprint.state != BlueprintState::Ready {
        return Ok(false);
    }
    let object = blueprint.id.object_name();
    let cluster = context.cluster_of(tenant).await?;
    let database = cluster.server.find_database(&object).await?;
    let has_database = database.is_some_and(|found| found.is_complete() && found.is_template);
    Ok(has_database && context.settings.paths.object(&object).data().is_dir())
}

/// Notes which blueprint the tenant comes from, and that it is in use: it is the last to be evicted.
async fn note(context: &Context, mut tenant: Tenant, id: BlueprintId) -> Result<(), StepError> {
    let mut tx = context.store.begin().await?;
    let _ = blueprints::touch(&mut tx, id, context.clock.now()).await?;
    if tenant.blueprint != Some(id) {
        tenant.blueprint = Some(id);
        wishes::write(&mut tx, tenant).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes a blueprint and everything that is its own. Its row goes last: until then it is known
/// that there is something to remove, and that nobody can be cloned from it.
async fn discard(engine: &Inner, blueprint: &Blueprint) -> Result<(), StepError> {
    let cluster = match engine.own_clusters.of(blueprint.key.cluster) {
        Some(own) => own.ready().await?,
        None => engine.cluster.ready().await?,
    };
    mark_removing(engine, blueprint.id).await?;
    build::remove_jobs(engine, &blueprint.id.object_name()).await?;
    database::drop_object(&cluster, &blueprint.id.object_name()).await?;
    forget(engine, blueprint.id).await
}

async fn mark_removing(engine: &Inner, id: BlueprintId) -> Result<(), StepError> {
    let mut tx = engine.store.begin().await?;
    let _ = blueprints::mark_removing(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the files of one whose database is gone, and its row.
async fn forget(engine: &Inner, id: BlueprintId) -> Result<(), StepError> {
    files::remove_object(engine, &id.object_name()).await?;
    let mut tx = engine.store.begin().await?;
    let _ = blueprints::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes what a tenant was cloned from on the server that it has for itself: nobody else is. One that
/// cannot go now goes with the server.
pub(crate) async fn let_go(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    if tenant.has_own_cluster() {
        for used in of_cluster(context, tenant.cluster).await? {
            discard(context, &used).await?;
        }
    }
    Ok(())
}

/// Removes the server that a tenant has for itself, and with it whatever was on it.
pub(crate) async fn remove_with_cluster(
    context: &Context,
    tenant: &Tenant,
) -> Result<(), StepError> {
    let used = of_cluster(context, tenant.cluster).await?;
    for blueprint in &used {
        mark_removing(context, blueprint.id).await?;
        build::remove_jobs(context, &blueprint.id.object_name()).await?;
    }
    cluster::remove_own(context, tenant).await?;
    for blueprint in used {
        forget(context, blueprint.id).await?;
    }
    Ok(())
}

async fn of_cluster(engine: &Inner, cluster: ClusterId) -> Result<Vec<Blueprint>, StepError> {
    let mut tx = engine.store.read().await?;
    let mut listed = blueprints::list(&mut tx).await?.rows;
    listed.retain(|blueprint| blueprint.key.cluster == cluster);
    Ok(listed)
}

/// Removes blueprints beyond those that are kept. One that cannot go now goes next time.
async fn evict(context: &Context) {
    // What is on a server that a tenant has for itself goes with the operation that made it.
    let Ok(main) = context.cluster.ready().await else { return };
    let Ok(shared) = of_cluster(context, main.id).await else { return };
    for old in surplus(shared, context.settings.blueprints_kept) {
        let _nobody_looks_for_it = context.engine.locks.lock(&format!("{:?}", old.key)).await;
        if let Err(error) = discard(context, &old).await {
            tracing::warn!(blueprint.id = %old.id, error = %error.why, "cannot remove a blueprint");
        }
    }
}

/// Which of these, the longest unused first, are to go: those that are more than are kept, and those
/// whose removal was cut off. Those in the making count neither way.
fn surplus(all: Vec<Blueprint>, kept: u32) -> Vec<Blueprint> {
    let (ready, rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|blueprint| blueprint.state == BlueprintState::Ready);
    let more = ready.len().saturating_sub(kept as usize);
    let half_gone =
        rest.into_iter().filter(|blueprint| blueprint.state == BlueprintState::Removing);
    ready.into_iter().take(more).chain(half_gone).collect()
}

#[cfg(test)]
mod tests {
    use berth_domain::{ClusterId, OperationId, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn blueprint(number: u128, state: BlueprintState) -> Blueprint {
        Blueprint {
            id: BlueprintId::from_uuid(Uuid::from_u128(number)),
            key: BlueprintKey {
                cluster: ClusterId::from_uuid(Uuid::nil()),
                digest: format!("sha256:{number:064x}").parse().unwrap(),
                modules: Vec::new(),
                language: "en_US".parse().unwrap(),
                country: None,
                demo: false,
            },
            state,
            size: None,
            created_at: Timestamp::UNIX_EPOCH,
            last_used_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_longest_unused_go_and_those_in_the_making_stay() {
        let operation = OperationId::from_uuid(Uuid::nil());
        let all = vec![
            blueprint(1, BlueprintState::Ready),
            blueprint(2, BlueprintState::Building { operation }),
            blueprint(3, BlueprintState::Ready),
            blueprint(4, BlueprintState::Ready),
        ];

        let gone: Vec<_> = surplus(all.clone(), 2).into_iter().map(|b| b.id).collect();

        assert_eq!(gone, [all[0].id]);
        assert_eq!(surplus(all, 3), []);
    }

    #[test]
    fn one_whose_removal_was_cut_off_goes() {
        let all = vec![blueprint(1, BlueprintState::Ready), blueprint(2, BlueprintState::Removing)];

        assert_eq!(surplus(all.clone(), 2), all[1..]);
    }
}
