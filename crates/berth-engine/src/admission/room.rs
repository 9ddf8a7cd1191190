//! Whether the host has processor time, memory and connections for what somebody asks for.

use berth_domain::{Bytes, Limits, Problems, TenantId};
use berth_postgres::budget;
use berth_runtime::EngineInfo;
use berth_store::quotas;

use super::promised::Promised;
use crate::ClusterChoice;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::parts::database;

/// Notes whether these limits exceed what the host has, with what the other tenants may use already:
/// all but those that were put away.
/// `replaced` is a tenant whose own limits these replace.
pub(crate) async fn check(
    engine: &Inner,
    limits: Limits,
    replaced: Option<TenantId>,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    check_beside(engine, (limits, replaced), &Promised::default(), problems).await
}

/// The same, where others are promised something in the same breath.
pub(crate) async fn check_beside(
    engine: &Inner,
    (limits, replaced): (Limits, Option<TenantId>),
    promised: &Promised,
    problems: &mut Problems,
) -> Result<(), EngineError> {
    let host = engine.runtime.telemetry.engine().await.map_err(EngineError::Runtime)?;
    let mut tx = engine.store.read().await?;
    let mut others = quotas::promised(&mut tx, replaced).await?;
    drop(tx);
    others.extend(&promised.new);
    let memory: u64 =
        others.iter().map(|group| group.limits.memory.0 * u64::from(group.tenants)).sum();
    let memory = Bytes(memory.saturating_add(promised.memory.0));
    host_problems(&host, limits, memory, engine.settings.memory_percent, problems);
    if let ClusterChoice::Managed { max_connections, .. } = engine.settings.cluster {
        let demands = others.iter().flat_map(|group| {
            let demand = database::connections(group.limits);
            std::iter::repeat_n(demand, usize::try_from(group.tenants).unwrap_or(usize::MAX))
        });
        if let Err(error) = budget::admit(max_connections, demands, database::connections(limits)) {
            let hint = "archive or delete a tenant, or raise `postgres.max_connections`";
            problems.add_with_hint("limits", error, hint);
        }
    }
    Ok(())
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

    fn problems(limits: Limits, promised: Bytes) -> Vec<String> {
        let mut problems = Problems::default();
        host_problems(&host(), limits, promised, 100, &mut problems);
        problems.0.into_iter().map(|p| format!("{}: {}", p.field, p.message)).collect()
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
