//! Everything that carries our label or one of our names, and what of it belongs to nobody.
//!
//! # Invariants
//!
//! * The server that tenants share is never among it: all data are in there.
//! * A PostgreSQL server that others use as well says of no database whose it is. There only what a
//!   folder or an operation of this home knows counts as ours.

use std::collections::BTreeSet;
use std::time::Duration;

use berth_domain::orphan::{Of, OrphanKind, OrphanName, Thing, Why};
use berth_domain::{ObjectName, chain};
use berth_postgres::Survey;
use berth_runtime::{NetworkInfo, ObservedState, ObservedWorkload, Role};
use berth_store::orphans as stored;
use jiff::SignedDuration;

use crate::engine::Inner;
use crate::error::EngineError;
use crate::operation::StepError;
use crate::parts::cluster;

/// How long a PostgreSQL server that is just coming up is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer than any probe runs.
const PROBE: SignedDuration = SignedDuration::from_mins(5);

/// One look at everything.
#[derive(Debug)]
pub(crate) struct Census {
    /// By kind and name.
    pub(crate) found: Vec<Found>,
    /// What could not be looked at, and why.
    pub(crate) unseen: Vec<(OrphanKind, String)>,
}

/// Something that belongs to nobody.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) thing: Thing,
    pub(crate) why: Why,
}

impl Census {
    pub(crate) fn saw(&self, kind: OrphanKind) -> bool {
        !self.unseen.iter().any(|(unseen, _)| *unseen == kind)
    }

    pub(crate) fn has(&self, what: &OrphanName) -> bool {
        self.found.iter().any(|found| found.thing.name == *what)
    }
}

/// Looks at everything.
pub(crate) async fn take(engine: &Inner) -> Result<Census, EngineError> {
    let (mut things, mut unseen) = (Vec::new(), Vec::new());
    for kind in OrphanKind::ALL {
        match of_kind(engine, kind).await {
            Ok(found) => things.extend(found),
            Err(error) => unseen.push((kind, error.why)),
        }
    }
    // Only now: what is made has its row first.
    let mut tx = engine.store.read().await?;
    let claims = stored::claims(&mut tx).await?;
    let judged = things.into_iter().filter_map(|thing| {
        let why = claims.judge(&thing)?;
        Some(Found { thing, why })
    });
    let mut found: Vec<Found> = judged.collect();
    found.sort_by(|one, other| one.thing.name.cmp(&other.thing.name));
    Ok(Census { found, unseen })
}

/// Folders of the home that belong to nobody.
pub(crate) async fn stray_folders(engine: &Inner) -> Result<Vec<ObjectName>, EngineError> {
    let folders = folders(engine).await.map_err(|error| EngineError::Failed(error.why))?;
    let mut tx = engine.store.read().await?;
    let claims = stored::claims(&mut tx).await?;
    let is_nobodys = |object: &ObjectName| claims.judge(&folder(object.clone())).is_some();
    Ok(folders.into_iter().filter(is_nobodys).collect())
}

/// Everything of one kind that carries our label or one of our names, whosever it is.
pub(super) async fn of_kind(engine: &Inner, kind: OrphanKind) -> Result<Vec<Thing>, StepError> {
    let named = |of: ObjectName| Thing { name: OrphanName::new(kind, &of), of: Of::Object(of) };
    Ok(match kind {
        OrphanKind::Route => routes(engine),
        OrphanKind::Container => {
            let all = engine.runtime.workloads.list().await?;
            all.iter().filter_map(|found| container(engine, found)).collect()
        }
        OrphanKind::Network => engine.runtime.networks.list().await?.iter().map(network).collect(),
        OrphanKind::Database => {
            let (survey, ours) = survey(engine).await?;
            let databases = survey.databases.into_keys().filter(|name| ours.has(name)).map(named);
            databases.chain(copies(engine, &ours).await?).collect()
        }
        OrphanKind::Role => {
            let (survey, ours) = survey(engine).await?;
            survey.roles.into_keys().filter(|name| ours.has(name)).map(named).collect()
        }
        OrphanKind::Folder => folders(engine).await?.into_iter().map(folder).collect(),
    })
}

fn routes(engine: &Inner) -> Vec<Thing> {
    let tenants = engine.routes.tenants().into_iter();
    let routes = tenants.filter_map(|id| Some((id, engine.routes.find(id)?)));
    let thing = |(id, route): (berth_domain::TenantId, berth_edge::Route)| Thing {
        name: OrphanName::new(OrphanKind::Route, &route.host),
        of: Of::Object(id.object_name()),
    };
    routes.map(thing).collect()
}

/// `None`: the server that tenants share.
fn container(engine: &Inner, found: &ObservedWorkload) -> Option<Thing> {
    let name = found.name.as_str();
    let of_object = name.parse().ok();
    let of_job = || name.split_once('-').and_then(|(object, _)| object.parse().ok());
    let of = match (found.role, of_object, of_job()) {
        (Role::Cluster, _, _) => Of::Object(own_server(engine, name)?),
        (_, Some(object), _) => Of::Object(object),
        (Role::Job, None, Some(object)) => Of::Job(object),
        (Role::Job, None, None) => Of::Probe { is_waited_for: is_waited_for(engine, found) },
        (Role::Tenant, None, _) => Of::Unknown,
    };
    Some(Thing { name: OrphanName::new(OrphanKind::Container, name), of })
}

/// Whose own server a container is.
fn own_server(engine: &Inner, container: &str) -> Option<ObjectName> {
    cluster::named_in(container, &engine.settings.home_id).and_then(cluster::owner)
}

/// Whoever looks into an image holds its lock; whoever prepares the cluster does not take long.
fn is_waited_for(engine: &Inner, found: &ObservedWorkload) -> bool {
    if engine.locks.try_lock(found.image.as_str()).is_none() {
        return true;
    }
    let now = engine.clock.now();
    let is_young = found.started_at.is_some_and(|at| now.duration_since(at) < PROBE);
    found.state == ObservedState::Running && is_young
}

fn network(found: &NetworkInfo) -> Thing {
    let of = found.name.parse().map_or(Of::Unknown, Of::Object);
    Thing { name: OrphanName::new(OrphanKind::Network, &found.name), of }
}

fn folder(object: ObjectName) -> Thing {
    let place = if object.as_str().starts_with('b') { "blueprints" } else { "tenants" };
    let name = OrphanName::new(OrphanKind::Folder, format!("{place}/{object}"));
    Thing { name, of: Of::Object(object) }
}

async fn folders(engine: &Inner) -> Result<Vec<ObjectName>, StepError> {
    let paths = engine.settings.paths.clone();
    let listed = engine.file_work.spawn_blocking(move || paths.objects()).await;
    let listed = listed.map_err(|error| StepError::fail(error.to_string()))?;
    listed.map_err(StepError::io("cannot list the folders of the home"))
}

/// Copies that operations go back to: each works for whoever's database it was.
async fn copies(engine: &Inner, ours: &Ours) -> Result<Vec<Thing>, StepError> {
    let copies = engine.cluster.ready().await?.server.copies().await;
    let copies = copies.map_err(|error| StepError::retry(chain(&error)))?;
    let copies = copies.into_iter().filter(|(_, of)| ours.has(of));
    let thing = |(copy, of): (ObjectName, ObjectName)| Thing {
        name: OrphanName::new(OrphanKind::Database, copy),
        of: Of::Job(of),
    };
    Ok(copies.map(thing).collect())
}

/// Which of the objects on a server are this home's.
enum Ours {
    All,
    Only(BTreeSet<ObjectName>),
}

impl Ours {
    fn has(&self, name: &ObjectName) -> bool {
        match self {
            Self::All => true,
            Self::Only(known) => known.contains(name),
        }
    }
}

async fn survey(engine: &Inner) -> Result<(Survey, Ours), StepError> {
    let ready = tokio::time::timeout(PATIENCE, engine.cluster.ready()).await;
    let cluster = ready.map_err(|_| StepError::retry("PostgreSQL is starting"))??;
    let survey = cluster.server.survey(None).await;
    let survey = survey.map_err(|error| StepError::retry(chain(&error)))?;
    if cluster.managed.is_some() {
        return Ok((survey, Ours::All));
    }
    let mut known: BTreeSet<ObjectName> = folders(engine).await?.into_iter().collect();
    let mut tx = engine.store.read().await?;
    known.extend(stored::known(&mut tx).await?);
    Ok((survey, Ours::Only(known)))
}
