//! Whether the host has processor time, memory and connections for what somebody asks for.

use berth_domain::{Bytes, Limits, Problems, Tenant, TenantId};
use berth_postgres::budget::{self, Demand};
use berth_runtime::EngineInfo;
use berth_store::quotas::{self, Group};

use super::promised::Promised;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::parts::database;
use crate::{ClusterChoice, ServerSize};

/// What somebody asks of the host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) limits: Limits,
    /// Whether a PostgreSQL server comes with it.
    pub(crate) own_cluster: bool,
    /// The tenant whose limits these replace. `None`: one that is to be made.
    pub(crate) replaced: Option<TenantId>,
}

impl Asked {
    /// What a tenant would have with these limits.
    pub(crate) fn of(tenant: &Tenant, limits: Limits) -> Self {
        Self { limits, own_cluster: tenant.has_own_cluster(), replaced: Some(tenant.id) }
    }
}

/// Notes whether this is more than the host has, with what the other tenants may use already: all but
/// those that were put away.
pub(crate) async fn check(
    engine: &Inner,
    asked: Asked,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    check_beside(engine, asked, &Promised::default(), problems).await
}

/// The same, where others are promised something in the same breath.
pub(crate) async fn check_beside(
    engine: &Inner,
    Asked { limits, own_cluster, replaced }: Asked,
    promised: &Promised,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    let host = engine.runtime.telemetry.engine().await.map_err(EngineError::Runtime)?;
    let mut tx = engine.store.read().await?;
    let mut others = quotas::promised(&mut tx, replaced).await?;
    drop(tx);
    others.extend(&promised.new);
    let server =
        |own_cluster: bool| if own_cluster { engine.settings.own_cluster.memory.0 } else { 0 };
    let of = |group: &Group| (group.limits.memory.0 + server(group.own_cluster), group.tenants);
    let memory: u64 = others.iter().map(of).map(|(each, of)| each * u64::from(of)).sum();
    let memory = memory.saturating_add(promised.memory.0).saturating_add(server(own_cluster));
    host_problems(&host, limits, Bytes(memory), engine.settings.memory_percent, problems);
    let shared = others.iter().filter(|group| !group.own_cluster);
    let (accepted, others, hint): (_, Vec<Demand>, _) = match engine.settings.cluster {
        _ if own_cluster => {
            let hint = "give it less, or raise `postgres.own_max_connections`";
            (engine.settings.own_cluster.max_connections, Vec::new(), hint)
        }
        ClusterChoice::Managed(ServerSize { max_connections, .. }) => {
            let hint = "archive or delete a tenant, or raise `postgres.max_connections`";
            (max_connections, shared.flat_map(demands).collect(), hint)
        }
        ClusterChoice::External { .. } => return Ok(()),
    };
    if let Err(error) = budget::admit(accepted, others, database::connections(limits)) {
        problems.add_with_hint("limits", error, hint);
    }
    Ok(())
}

/// The connections of a group of tenants.
fn demands(group: &Group) -> impl Iterator<Item = Demand> + use<> {
    let demand = database::connections(group.limits);
    std::iter::repeat_n(demand, usize::try_from(group.tenants).unwrap_or(usize::MAX))
}

/// What is wrong with these limits on this host.
pub(crate) fn host_problems(
    host: &EngineInfo,
    limits: Limits,
    promised: Bytes,
    memory_percent: u32,
    problems: &mut Problems,
) {
    if limits.cpu_millis > host.cpus * 1000 {
        problems.add("limits.cpu", format!("the host has {} cores", host.cpus));
    }
    if limits.memory > host.memory {
        problems.add("limits.memory", format!("the host has {} of memory", host.memory));
        return;
    }
    let room = u128::from(host.memory.0) * u128::from(memory_percent) / 100;
    let room = Bytes(u64::try_from(room).unwrap_or(u64::MAX));
    if promised.0 + limits.memory.0 > room.0 {
        let left = Bytes(room.0.saturating_sub(promised.0));
        problems.add_with_hint(
            "limits.memory",
            format!(
                "no memory is left for {}: {promised} of {room} are promised to other tenants, {left} are free",
                limits.memory
            ),
            "give this or other tenants less memory, delete one, or raise `tenants.memory_percent`",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::TestEngine;

    fn host() -> EngineInfo {
        EngineInfo {
            product: "Docker".into(),
            version: "1".into(),
            api_version: "1.41".into(),
            cgroup_version: 2,
            cpus: 2,
            memory: Bytes::mib(4096),
            storage_driver: "overlay2".into(),
            data_root: None,
            rootless: false,
            tells_out_of_memory: true,
        }
    }

    fn said(problems: Problems) -> Vec<String> {
        problems.0.into_iter().map(|p| format!("{}: {}", p.field, p.message)).collect()
    }

    #[tokio::test(flavor = "local")]
    async fn a_server_of_its_own_takes_memory_and_has_connections_of_its_own() {
        let engine = TestEngine::new().await;
        engine.populate(&["acme"]).await;
        // The host has 16 GiB, of which acme has one, and a server plans with half of one.
        let asked = |gib: u64, own_cluster| Asked {
            limits: Limits { memory: Bytes(gib * Bytes::GIB), ..Limits::default() },
            own_cluster,
            replaced: None,
        };
        let wrong = async |asked| {
            let mut problems = Problems::default();
            check(&engine.inner, asked, &mut problems).await.unwrap();
            said(problems)
        };

        assert_eq!(wrong(asked(15, false)).await, [""; 0]);
        assert_eq!(
            wrong(asked(15, true)).await,
            [
                "limits.memory: no memory is left for 15 GiB: 1.5 GiB of 16 GiB are promised to other tenants, 14.5 GiB are free"
            ]
        );
        let wide = Limits { cpu_millis: 4000, memory: Bytes(8 * Bytes::GIB), pids: 256 };
        let wide = Asked { limits: wide, ..asked(8, true) };
        let [problem] = &wrong(wide).await[..] else { panic!("one problem") };
        assert!(problem.starts_with("limits: the cluster allows 85 connections"), "{problem}");
        assert!(problem.contains("0 are promised"), "nobody shares it: {problem}");
    }

    fn problems(limits: Limits, promised: Bytes) -> Vec<String> {
        let mut problems = Problems::default();
        host_problems(&host(), limits, promised, 100, &mut problems);
        said(problems)
    }

    #[test]
    fn limits_that_fit_are_not_a_problem() {
        assert_eq!(problems(Limits::default(), Bytes::mib(3072)), Vec::<String>::new());
    }

    #[test]
    fn memory_is_promised_only_once() {
        let found = problems(Limits::default(), Bytes::mib(3073));

        assert_eq!(
            found,
            [
                "limits.memory: no memory is left for 1 GiB: 3 GiB of 4 GiB are promised to other tenants, 1023 MiB are free"
            ]
        );
    }

    #[test]
    fn more_than_the_host_has_is_named_for_each_limit() {
        let limits = Limits { cpu_millis: 4000, memory: Bytes::mib(8192), pids: 64 };

        assert_eq!(
            problems(limits, Bytes(0)),
            ["limits.cpu: the host has 2 cores", "limits.memory: the host has 4 GiB of memory"]
        );
    }
}
