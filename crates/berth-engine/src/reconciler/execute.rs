//! Doing what a plan says: one call of an existing part per action.

use berth_domain::reconcile::{Action, Container, ContainerFacts, ContainerState, RouteGoal};
use berth_domain::{ObjectName, Tenant};
use berth_edge::RouteState;
use berth_odoo::health;
use berth_runtime::Labels;
use berth_store::secrets::SecretName;

use super::record::{self, News};
use super::{Seen, tend};
use crate::engine::Inner;
use crate::operation::StepError;
use crate::parts::{container, database, files, network, route};

/// Restarts in a row during which visitors wait at the edge; after that they are shown a page.
const HELD_RESTARTS: u32 = 1;

/// Carries out one action. Letting visitors in is not among them: that takes longer.
pub(super) async fn execute(
    engine: &Inner,
    tenant: &Tenant,
    seen: &Seen,
    action: Action,
) -> Result<(), StepError> {
    let object = tenant.id.object_name();
    match action {
        Action::EnsureRole => ensure_role(engine, tenant, &object).await,
        Action::HandBackDatabase => {
            let cluster = engine.cluster_of(tenant).await?;
            Ok(cluster.server.hand_back(&object, &object).await?)
        }
        Action::OpenDatabase => {
            let cluster = engine.cluster_of(tenant).await?;
            Ok(cluster.server.allow_connections(&object, true).await?)
        }
        Action::CloseDatabase => close_database(engine, tenant, &object).await,
        Action::WriteConf => files::write_conf(engine, tenant).await,
        Action::VerifyFiles => verify_files(engine, tenant, &object).await,
        Action::MakeNetwork => make_network(engine, tenant).await,
        Action::ReplaceNetwork => {
            container::remove_object(engine, &object).await?;
            engine.runtime.networks.remove(&object).await?;
            make_network(engine, tenant).await
        }
        Action::RunContainer => run_container(engine, tenant, seen).await,
        Action::StopContainer => container::stop_object(engine, &object).await,
        Action::RemoveContainer => container::remove_object(engine, &object).await,
        Action::RemoveNetwork => Ok(engine.runtime.networks.remove(&object).await?),
        Action::Publish => Ok(()),
        Action::SetRoute(goal) => {
            engine.routes.set(tenant, state(engine, tenant, goal), None);
            save_routes(engine).await
        }
        Action::ForgetRoute => {
            engine.routes.remove(tenant.id);
            save_routes(engine).await
        }
    }
}

/// Where visitors are while a tenant comes up again: they wait for one that ended once.
pub(super) fn waiting_room(engine: &Inner, tenant: &Tenant) -> RouteState {
    let restarts = tend::desired(engine, tenant).restarts;
    if restarts.in_a_row(engine.clock.now()) <= HELD_RESTARTS {
        RouteState::Held
    } else {
        RouteState::Checking
    }
}

fn state(engine: &Inner, tenant: &Tenant, goal: RouteGoal) -> RouteState {
    match goal {
        RouteGoal::Open => RouteState::Open,
        RouteGoal::Stopped => RouteState::Stopped,
        RouteGoal::Suspended => route::closed(engine, tenant),
        RouteGoal::Failed => RouteState::Failed,
    }
}

async fn save_routes(engine: &Inner) -> Result<(), StepError> {
    engine.routes.save().await.map_err(StepError::io("cannot save the route table"))
}

async fn ensure_role(
    engine: &Inner,
    tenant: &Tenant,
    object: &ObjectName,
) -> Result<(), StepError> {
    let password = database::secret_of(engine, tenant.id, SecretName::DbPassword).await?;
    let limit = database::connections(tenant.limits).role_limit();
    let cluster = engine.cluster_of(tenant).await?;
    cluster.server.ensure_role(object, &password, limit).await?;
    match cluster.server.find_role(object).await? {
        Some(role) if role.can_login => Ok(()),
        _ => Err(StepError::retry("the role was made and may not sign in")),
    }
}

async fn close_database(
    engine: &Inner,
    tenant: &Tenant,
    object: &ObjectName,
) -> Result<(), StepError> {
    let cluster = engine.cluster_of(tenant).await?;
    if cluster.server.find_database(object).await?.is_some() {
        cluster.server.allow_connections(object, false).await?;
        cluster.server.end_sessions_on(object).await?;
    }
    Ok(cluster.server.disable_role(object).await?)
}

/// Marks the filestore as the tenant's when it has every file that the tenant's database names.
async fn verify_files(
    engine: &Inner,
    tenant: &Tenant,
    object: &ObjectName,
) -> Result<(), StepError> {
    let password = database::secret_of(engine, tenant.id, SecretName::DbPassword).await?;
    let cluster = engine.cluster_of(tenant).await?;
    let mut database = cluster.server.open(object, &password).await?;
    let rows = database.rows(&health::blobs_statement()).await;
    database.close().await;
    files::adopt(engine, tenant, rows?).await
}

async fn make_network(engine: &Inner, tenant: &Tenant) -> Result<(), StepError> {
    network::make(engine, tenant, Labels { tenant: Some(tenant.id), operation: None }).await
}

async fn run_container(engine: &Inner, tenant: &Tenant, seen: &Seen) -> Result<(), StepError> {
    let made_by = match &seen.observed.container {
        Container::There(ContainerFacts { state, operation, .. }) => {
            if matches!(state, ContainerState::Exited { .. }) {
                count(engine, tenant, seen).await?;
            }
            *operation
        }
        Container::Missing => {
            count(engine, tenant, seen).await?;
            None
        }
        Container::Foreign => return Err(StepError::fail("the container is somebody else's")),
    };
    let waiting = match waiting_room(engine, tenant) {
        RouteState::Held => RouteState::Held,
        _ => RouteState::Starting,
    };
    engine.routes.set(tenant, waiting, None);
    container::run(engine, tenant, made_by).await
}

/// Written before the effect: a crash in between counts as a restart, too.
async fn count(engine: &Inner, tenant: &Tenant, seen: &Seen) -> Result<(), StepError> {
    record::write(engine, vec![News::restart(engine, tenant, seen)]).await
}
