//! Removing one thing that belongs to nobody.
//!
//! # Invariants
//!
//! * At the moment of its removal it is looked at again: it is still ours by its label or name, and
//!   still has no row. Both are noted in one transaction before it is touched, so nobody makes a
//!   tenant of it meanwhile.
//! * It is removed when it was not found any more.
//! * Of a container only the one goes that was judged, whatever has its name by then.
//! * What is in use on a PostgreSQL server that others use as well is not removed.

use berth_domain::orphan::{Of, OrphanKind, OrphanName, Thing};
use berth_domain::{Generation, ObjectName, OperationId, Timestamp};
use berth_runtime::{ObservedWorkload, Role, WorkloadName};
use berth_store::{names, orphans as stored};

use super::census::of_kind;
use crate::engine::Inner;
use crate::logs;
use crate::operation::StepError;
use crate::parts::files;

/// Removes it. One that is gone already is removed.
pub(crate) async fn remove(engine: &Inner, what: &OrphanName) -> Result<(), StepError> {
    let Some(seen) = find(engine, what).await? else { return forget(engine, what).await };
    reserve(engine, &seen.thing).await?;
    match take_away(engine, &seen).await {
        Ok(()) => forget(engine, what).await,
        Err(error) => {
            mark(engine, what, None).await?;
            Err(error)
        }
    }
}

/// One thing, as it was when it was judged.
struct Seen {
    thing: Thing,
    /// `None`: it is no container.
    container: Option<Made>,
}

/// Which of the containers that have had a name it is.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    started_at: Option<Timestamp>,
    operation: Option<OperationId>,
    generation: Generation,
}

impl Made {
    fn of(found: &ObservedWorkload) -> Self {
        let &ObservedWorkload { started_at, operation, generation, .. } = found;
        Self { started_at, operation, generation }
    }
}

async fn find(engine: &Inner, what: &OrphanName) -> Result<Option<Seen>, StepError> {
    // Before it is judged: one that is made meanwhile is another one.
    let container = match what.kind {
        OrphanKind::Container => {
            let found = find_container(engine, &what.name).await?;
            let Some(found) = found else { return Ok(None) };
            Some(Made::of(&found))
        }
        _ => None,
    };
    let things = of_kind(engine, what.kind).await?;
    let thing = things.into_iter().find(|thing| thing.name == *what);
    Ok(thing.map(|thing| Seen { thing, container }))
}

async fn find_container(engine: &Inner, name: &str) -> Result<Option<ObservedWorkload>, StepError> {
    let all = engine.runtime.workloads.list().await?;
    Ok(all.into_iter().find(|found| found.name == name))
}

/// Sees that it is nobody's, and keeps others from making it somebody's.
async fn reserve(engine: &Inner, thing: &Thing) -> Result<(), StepError> {
    let now = engine.clock.now();
    let mut tx = engine.store.begin().await?;
    names::lock(&mut tx).await?;
    if stored::claims(&mut tx).await?.judge(thing).is_none() {
        return Err(StepError::fail("it belongs to somebody by now, so it was left alone"));
    }
    stored::note(&mut tx, &thing.name, now).await?;
    let _ = stored::mark_removing(&mut tx, &thing.name, Some(now)).await?;
    tx.commit().await?;
    Ok(())
}

async fn take_away(engine: &Inner, seen: &Seen) -> Result<(), StepError> {
    let thing = &seen.thing;
    match (thing.name.kind, &thing.of) {
        (OrphanKind::Container, _) => container(engine, seen).await?,
        (OrphanKind::Route, _) => route(engine, &thing.name.name).await?,
        (OrphanKind::Network, Of::Object(object)) => {
            engine.runtime.networks.remove(object).await?;
        }
        (OrphanKind::Database, Of::Object(object)) => database(engine, object).await?,
        (OrphanKind::Database, Of::Job(of)) => copy(engine, of, &thing.name.name).await?,
        (OrphanKind::Role, Of::Object(object)) => role(engine, object).await?,
        (OrphanKind::Folder, Of::Object(object)) => files::remove_object(engine, object).await?,
        (OrphanKind::Network, _) => {
            let name = &thing.name.name;
            return Err(StepError::fail(format!(
                "Berth makes no network of that name: remove it with `docker network rm {name}`"
            )));
        }
        (OrphanKind::Database | OrphanKind::Role | OrphanKind::Folder, _) => {
            return Err(StepError::fail("it has none of our names"));
        }
    }
    match find(engine, &thing.name).await? {
        Some(there) if there.container == seen.container => {
            Err(StepError::retry("it is still there"))
        }
        _ => Ok(()),
    }
}

async fn container(engine: &Inner, seen: &Seen) -> Result<(), StepError> {
    let there = find_container(engine, &seen.thing.name.name).await?;
    let Some(there) = there else { return Ok(()) };
    if seen.container != Some(Made::of(&there)) {
        return Err(StepError::fail("another container has its name by now, which was left alone"));
    }
    let found = WorkloadName::reported(&there);
    if there.role == Role::Tenant {
        // Its folder may be all that is left of somebody's data, and the log is part of it.
        engine.runtime.workloads.stop(&found).await?;
        logs::drain(engine, &found).await;
    }
    Ok(engine.runtime.workloads.remove(&found).await?)
}

/// Nobody here knows every home that has its tenants on a server of somebody else's.
async fn database(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    let cluster = engine.cluster.ready().await?;
    if let Some(in_use) = cluster.in_use_by_others(object).await? {
        return Err(StepError::fail(format!("{in_use}: it was left alone")));
    }
    Ok(cluster.server.drop_database(object).await?)
}

/// A copy that nobody goes back to any more.
async fn copy(engine: &Inner, of: &ObjectName, name: &str) -> Result<(), StepError> {
    let name = name.parse().map_err(|_| StepError::fail("it has none of our names"))?;
    let server = &engine.cluster.ready().await?.server;
    // It may be all that is left.
    if server.find_database(of).await?.is_none() && server.find_role(of).await?.is_some() {
        return Err(StepError::fail(format!("it is all that is left of database `{of}`")));
    }
    Ok(server.drop_database(&name).await?)
}

async fn route(engine: &Inner, host: &str) -> Result<(), StepError> {
    for id in engine.routes.tenants() {
        if engine.routes.find(id).is_some_and(|route| route.host.as_str() == host) {
            engine.routes.remove(id);
        }
    }
    engine.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

/// A role goes after its database: what is in there belongs to it.
async fn role(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    let server = &engine.cluster.ready().await?.server;
    if server.find_database(object).await?.is_some() {
        return Err(StepError::fail(format!("remove its database first: `database/{object}`")));
    }
    Ok(server.drop_role(object).await?)
}

async fn mark(
    engine: &Inner,
    what: &OrphanName,
    since: Option<Timestamp>,
) -> Result<(), StepError> {
    let mut tx = engine.store.begin().await?;
    let _ = stored::mark_removing(&mut tx, what, since).await?;
    tx.commit().await?;
    Ok(())
}

async fn forget(engine: &Inner, what: &OrphanName) -> Result<(), StepError> {
    let mut tx = engine.store.begin().await?;
    stored::forget(&mut tx, what).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use berth_domain::{BlueprintId, ClusterId, Generation, OrganisationId, TenantId};
    use berth_runtime::{Labels, LogLine, WorkloadSpec, Workloads as _};
    use berth_store::blueprints::{self, Blueprint, BlueprintKey, BlueprintState};
    use berth_store::clusters::{self, ClusterKind, ClusterRow};
    use berth_store::organisations;
    use uuid::Uuid;

    use super::*;
    use crate::engine::testing::TestEngine;

    fn on_an_engine(test: impl AsyncFnOnce(TestEngine)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let test = async { test(TestEngine::new().await).await };
        tokio::task::LocalSet::new().block_on(&runtime.unwrap(), test);
    }

    fn stray(engine: &Inner) -> (BlueprintId, OrphanName) {
        let id = BlueprintId::from_uuid(Uuid::from_u128(0x77));
        let object = id.object_name();
        std::fs::create_dir_all(engine.settings.paths.object(&object).root()).unwrap();
        (id, OrphanName::new(OrphanKind::Folder, format!("blueprints/{object}")))
    }

    async fn claim(engine: &Inner, id: BlueprintId) {
        let now = engine.clock.now();
        let cluster = ClusterId::from_uuid(Uuid::from_u128(1));
        let mut tx = engine.store.begin().await.unwrap();
        let organisation = OrganisationId::from_uuid(Uuid::from_u128(2));
        organisations::ensure_default(&mut tx, organisation, now).await.unwrap();
        let row = ClusterRow {
            id: cluster,
            name: "main".to_owned(),
            kind: ClusterKind::Managed,
            major: None,
            created_at: now,
        };
        clusters::insert(&mut tx, &row).await.unwrap();
        let blueprint = Blueprint {
            id,
            key: BlueprintKey {
                cluster,
                digest: format!("sha256:{}", "a".repeat(64)).parse().unwrap(),
                modules: Vec::new(),
                language: "en_US".parse().unwrap(),
                country: None,
                demo: false,
            },
            state: BlueprintState::Ready,
            size: None,
            created_at: now,
            last_used_at: now,
        };
        blueprints::insert(&mut tx, &blueprint).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[test]
    fn what_has_got_a_row_since_it_was_chosen_is_left_alone() {
        on_an_engine(async |engine| {
            let engine = &engine.inner;
            let (id, what) = stray(engine);
            claim(engine, id).await;

            let refused = remove(engine, &what).await.unwrap_err();

            assert!(refused.why.contains("belongs to somebody by now"), "{}", refused.why);
            assert!(engine.settings.paths.object(&id.object_name()).root().exists());
        });
    }

    #[test]
    fn what_belongs_to_nobody_goes_and_what_is_gone_already_is_removed() {
        on_an_engine(async |engine| {
            let engine = &engine.inner;
            let (id, what) = stray(engine);

            remove(engine, &what).await.unwrap();
            remove(engine, &what).await.unwrap();

            assert!(!engine.settings.paths.object(&id.object_name()).root().exists());
            let mut tx = engine.store.read().await.unwrap();
            assert_eq!(stored::list(&mut tx).await.unwrap().rows, []);
        });
    }

    #[test]
    fn what_a_container_says_until_it_ends_stays_in_the_folder_of_nobody() {
        on_an_engine(async |engine| {
            let (inner, runtime) = (&engine.inner, &engine.runtime);
            let id = TenantId::from_uuid(Uuid::from_u128(0x78));
            let name = WorkloadName::tenant(&id.object_name());
            let paths = inner.settings.paths.object(&id.object_name());
            std::fs::create_dir_all(paths.root()).unwrap();
            let labels = Labels { tenant: Some(id), operation: None };
            let spec = WorkloadSpec { labels, ..runtime.plain(&name, Role::Tenant) };
            runtime.ensure(&spec).await.unwrap();
            runtime.start(&name).await.unwrap();
            let at = Some(inner.clock.now());
            let line = LogLine { at, is_error: true, text: "shutting down".to_owned() };
            runtime.set_last_words(name.as_str(), line);

            remove(inner, &OrphanName::new(OrphanKind::Container, &name)).await.unwrap();

            assert_eq!(runtime.observe(&name).await.unwrap(), None);
            let segment = std::fs::read_dir(paths.logs()).unwrap().next().unwrap().unwrap();
            let kept = std::fs::read_to_string(segment.path()).unwrap();
            assert!(kept.ends_with(" shutting down\n"), "{kept}");
        });
    }

    #[test]
    fn a_job_that_was_begun_again_since_it_was_chosen_is_left_alone() {
        on_an_engine(async |engine| {
            let (inner, runtime) = (&engine.inner, &engine.runtime);
            let id = BlueprintId::from_uuid(Uuid::from_u128(0x77));
            let name = WorkloadName::job(&id.object_name(), "install");
            let job = runtime.plain(&name, Role::Job);
            runtime.ensure(&job).await.unwrap();
            let what = OrphanName::new(OrphanKind::Container, &name);
            let seen = find(inner, &what).await.unwrap().unwrap();
            let next = WorkloadSpec { generation: Generation(1), ..job };
            runtime.ensure(&next).await.unwrap();

            let refused = take_away(inner, &seen).await.unwrap_err();

            assert!(refused.why.contains("left alone"), "{}", refused.why);
            assert!(runtime.observe(&name).await.unwrap().is_some());
        });
    }

    #[test]
    fn a_container_of_a_strange_name_is_removed_by_the_name_that_was_reported() {
        on_an_engine(async |engine| {
            let (inner, runtime) = (&engine.inner, &engine.runtime);
            let name = WorkloadName::cluster("old", "test-engine", "-initdb");
            let spec = runtime.plain(&name, Role::Job);
            runtime.ensure(&spec).await.unwrap();

            remove(inner, &OrphanName::new(OrphanKind::Container, &name)).await.unwrap();

            assert_eq!(runtime.observe(&name).await.unwrap(), None);
        });
    }
}
