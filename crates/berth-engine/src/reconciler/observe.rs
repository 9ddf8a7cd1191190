//! Looking at what is there.
//!
//! # Invariants
//!
//! * Nothing is changed by looking.
//! * What cannot be asked now is unknown, never missing.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use berth_domain::reconcile::{
    Conf, Container, ContainerFacts, ContainerState, Database, DatabaseFacts, Files, Network,
    Observed, RoleFacts, RouteFacts, RouteGoal, Server,
};
use berth_domain::{ObjectName, Tenant, TenantId, chain};
use berth_edge::{Route, RouteState};
use berth_postgres::Survey;
use berth_runtime::{NetworkInfo, ObservedState, ObservedWorkload, RuntimeError, WorkloadName};
use futures_util::future::join_all;

use crate::engine::Inner;
use crate::operation::StepError;
use crate::parts::cluster::ClusterGate;
use crate::parts::{files, route};

/// How long a PostgreSQL server that is just coming up is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was seen of one tenant.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) observed: Observed,
    /// Its container, in words.
    pub(crate) container: String,
    /// The digest of its configuration, if that is right.
    pub(crate) conf: Option<String>,
}

/// What is there, as far as it is ours or has one of our names.
enum Found<T> {
    Nothing,
    Foreign,
    Ours(T),
}

/// Looks at one tenant.
pub(crate) async fn one(engine: &Inner, tenant: &Tenant) -> Result<Seen, StepError> {
    let object = tenant.id.object_name();
    let container = engine.runtime.workloads.observe(&WorkloadName::tenant(&object)).await;
    let network = engine.runtime.networks.observe(&object).await;
    let survey = survey(&engine.gate_of(tenant), Some(std::slice::from_ref(&object))).await;
    let (container, network) = (found(container)?, found(network)?);
    look(engine, tenant, (container, network), survey.as_ref()).await
}

/// Looks at all of these that are not left to an operation.
pub(crate) async fn everything(
    engine: &Inner,
    tenants: &[Tenant],
) -> Result<Vec<(Tenant, Seen)>, StepError> {
    let containers: BTreeMap<String, ObservedWorkload> = engine
        .runtime
        .workloads
        .list()
        .await?
        .into_iter()
        .map(|found| (found.name.clone(), found))
        .collect();
    let networks: BTreeMap<String, NetworkInfo> = engine
        .runtime
        .networks
        .list()
        .await?
        .into_iter()
        .map(|found| (found.name.clone(), found))
        .collect();
    let tenants: Vec<&Tenant> =
        tenants.iter().filter(|tenant| tenant.state.operation().is_none()).collect();
    let (shared, own) = tokio::join!(survey(&engine.cluster, None), own_surveys(engine, &tenants));
    let mut all = Vec::with_capacity(tenants.len());
    for tenant in tenants {
        let survey = own.get(&tenant.id).unwrap_or(&shared);
        let object = tenant.id.object_name();
        let container = match containers.get(object.as_str()) {
            Some(found) => Found::Ours(found.clone()),
            None => container_of_somebody(engine, tenant, &object).await?,
        };
        let network = match networks.get(object.as_str()) {
            Some(found) => Found::Ours(found.clone()),
            None => network_of_somebody(engine, tenant, &object).await?,
        };
        let seen = look(engine, tenant, (container, network), survey.as_ref()).await?;
        all.push((tenant.clone(), seen));
    }
    Ok(all)
}

/// What is not on the list of ours may still be there, and somebody else's.
async fn container_of_somebody(
    engine: &Inner,
    tenant: &Tenant,
    object: &ObjectName,
) -> Result<Found<ObservedWorkload>, StepError> {
    if !tenant.state.is_up() {
        return Ok(Found::Nothing);
    }
    found(engine.runtime.workloads.observe(&WorkloadName::tenant(object)).await)
}

async fn network_of_somebody(
    engine: &Inner,
    tenant: &Tenant,
    object: &ObjectName,
) -> Result<Found<NetworkInfo>, StepError> {
    if !tenant.state.is_up() {
        return Ok(Found::Nothing);
    }
    found(engine.runtime.networks.observe(object).await)
}

fn found<T>(asked: Result<Option<T>, RuntimeError>) -> Result<Found<T>, StepError> {
    match asked {
        Ok(Some(found)) => Ok(Found::Ours(found)),
        Ok(None) => Ok(Found::Nothing),
        Err(RuntimeError::Foreign(_)) => Ok(Found::Foreign),
        Err(error) => Err(error.into()),
    }
}

/// What the servers say that tenants have for themselves. All are asked at once: each may keep us waiting.
async fn own_surveys(
    engine: &Inner,
    tenants: &[&Tenant],
) -> HashMap<TenantId, Result<Survey, String>> {
    let own = tenants.iter().filter(|tenant| tenant.has_own_cluster());
    let surveys = own.map(async |tenant| {
        let (object, gate) = (tenant.id.object_name(), engine.gate_of(tenant));
        (tenant.id, survey(&gate, Some(std::slice::from_ref(&object))).await)
    });
    join_all(surveys).await.into_iter().collect()
}

/// The error is why the server does not answer, in words.
async fn survey(gate: &ClusterGate, only: Option<&[ObjectName]>) -> Result<Survey, String> {
    let ready = tokio::time::timeout(PATIENCE, gate.ready()).await;
    let cluster = match ready {
        Ok(Ok(cluster)) => cluster,
        Ok(Err(error)) => return Err(error.0),
        Err(_) => return Err("it is starting".to_owned()),
    };
    cluster.server.survey(only).await.map_err(|error| chain(&error))
}

async fn look(
    engine: &Inner,
    tenant: &Tenant,
    (container, network): (Found<ObservedWorkload>, Found<NetworkInfo>),
    survey: Result<&Survey, &String>,
) -> Result<Seen, StepError> {
    let ours = match &container {
        Found::Ours(found) => Some(found),
        Found::Nothing | Found::Foreign => None,
    };
    let route =
        engine.routes.find(tenant.id).map(|route| route_facts(engine, tenant, &route, ours));
    let (files, conf, digest) = look_at_files(engine, tenant).await?;
    let words = match &container {
        Found::Ours(found) => describe(found),
        Found::Nothing => "missing".to_owned(),
        Found::Foreign => "somebody else's".to_owned(),
    };
    let observed = Observed {
        container: container_facts(container),
        network: match network {
            Found::Nothing => Network::Missing,
            Found::Foreign => Network::Foreign,
            Found::Ours(network) => Network::There { subnet: network.subnet },
        },
        server: server_facts(&tenant.id.object_name(), survey),
        files,
        conf,
        route,
    };
    Ok(Seen { observed, container: words, conf: digest })
}

fn container_facts(found: Found<ObservedWorkload>) -> Container {
    let found = match found {
        Found::Nothing => return Container::Missing,
        Found::Foreign => return Container::Foreign,
        Found::Ours(found) => found,
    };
    Container::There(ContainerFacts {
        state: match found.state {
            ObservedState::Created => ContainerState::Created,
            ObservedState::Running => ContainerState::Running,
            ObservedState::Exited(exit) => {
                ContainerState::Exited { code: exit.code, out_of_memory: exit.out_of_memory }
            }
        },
        image: found.image,
        generation: found.generation,
        limits: found.limits,
        is_connected: !found.endpoints.is_empty(),
        operation: found.operation,
    })
}

fn server_facts(object: &ObjectName, survey: Result<&Survey, &String>) -> Server {
    let survey = match survey {
        Ok(survey) => survey,
        Err(why) => return Server::Silent(why.clone()),
    };
    let database = match survey.databases.get(object) {
        None => Database::Missing,
        Some(found) if found.is_half_dropped => Database::HalfDropped,
        Some(found) => Database::There(DatabaseFacts {
            is_open: found.allows_connections,
            is_owned: found.owner == object.as_str(),
        }),
    };
    let role = survey.roles.get(object).map(|role| RoleFacts {
        can_login: role.can_login,
        connection_limit: role.connection_limit,
    });
    Server::Seen { database, role }
}

fn route_facts(
    engine: &Inner,
    tenant: &Tenant,
    route: &Route,
    container: Option<&ObservedWorkload>,
) -> RouteFacts {
    let goal = match route.state {
        RouteState::Open => Some(RouteGoal::Open),
        RouteState::Stopped => Some(RouteGoal::Stopped),
        closed @ (RouteState::Suspended | RouteState::Expired) => {
            // The page says why; one that says something else is not the right one.
            (closed == route::closed(engine, tenant)).then_some(RouteGoal::Suspended)
        }
        RouteState::Failed => Some(RouteGoal::Failed),
        RouteState::Checking
        | RouteState::Held
        | RouteState::Starting
        | RouteState::Maintenance => None,
    };
    let upstream = container.and_then(|container| route::upstream_of(container, tenant));
    let leads_right = goal != Some(RouteGoal::Open) || route.upstream == upstream;
    let is_right = leads_right && route.host == tenant.host && route.name == tenant.name;
    RouteFacts { goal, is_right }
}

async fn look_at_files(
    engine: &Inner,
    tenant: &Tenant,
) -> Result<(Files, Conf, Option<String>), StepError> {
    if !tenant.state.is_up() {
        return Ok((Files::Marked, Conf::Unknown, None));
    }
    let files = files::inspect(engine, tenant).await?;
    let known = engine.reconciler.written(tenant.id).and_then(|seen| seen.conf);
    let (conf, digest) = files::inspect_conf(engine, tenant, known.as_deref()).await?;
    Ok((files, conf, digest))
}

/// What people read of a container.
pub(crate) fn describe(observed: &ObservedWorkload) -> String {
    match observed.state {
        ObservedState::Created => "created".to_owned(),
        ObservedState::Running => "running".to_owned(),
        ObservedState::Exited(exit) if exit.out_of_memory => {
            format!("exited ({}, out of memory)", exit.code)
        }
        ObservedState::Exited(exit) => format!("exited ({})", exit.code),
    }
}
