//! What a container uses.

use std::sync::Arc;

use berth_domain::Bytes;
use berth_runtime::{RuntimeError, Stats, WorkloadName};
use bollard::models::{ContainerMemoryStats, ContainerStatsResponse};
use bollard::query_parameters::StatsOptions;
use futures_util::StreamExt;

use crate::client::Client;
use crate::{failure, workloads};

const ACTION: &str = "measure the container";

/// Measures once. A container that does not run uses nothing.
pub(crate) async fn read(client: &Arc<Client>, name: &WorkloadName) -> Result<Stats, RuntimeError> {
    let there = client.get_ours(name).await?;
    let docker = client.docker().await?;
    // Without `one-shot` the engine measures twice, a second apart.
    let options = StatsOptions { stream: false, one_shot: true };
    let mut answers = docker.stats(workloads::id(&there), Some(options)).boxed();
    let measured =
        client.attempt(ACTION, client.deadlines().call, async { answers.next().await.transpose() });
    match measured.await? {
        Ok(Some(answer)) => Ok(describe(&answer)),
        // Podman says nothing of a container that does not run.
        Ok(None) => Ok(Stats::default()),
        Err(error) if failure::is_missing(&error) => {
            Err(RuntimeError::NoSuchWorkload(name.to_string()))
        }
        Err(error) => Err(failure::sort(ACTION, client.deadlines().call.as_secs(), error)),
    }
}

fn describe(answer: &ContainerStatsResponse) -> Stats {
    let cpu = answer.cpu_stats.as_ref().and_then(|cpu| cpu.cpu_usage.as_ref()?.total_usage);
    let pids = answer.pids_stats.as_ref().and_then(|pids| pids.current);
    Stats {
        // The engine counts in nanoseconds.
        cpu_micros: cpu.unwrap_or_default() / 1000,
        memory: answer.memory_stats.as_ref().map(memory).unwrap_or_default(),
        pids: pids.unwrap_or_default(),
    }
}

/// The usage without the two lists of file pages. Shared memory and file systems in memory are on
/// neither, so they count: they cannot be dropped. With cgroup v1 the whole tree has names with `total_`
/// (kernel, `cgroup-v1/memory.rst`, section 5.2; `cgroup-v2.rst`, `memory.stat`). Podman says no details: its
/// usage is what it takes for it, and is left as it is.
fn memory(memory: &ContainerMemoryStats) -> Bytes {
    let file_pages = |prefix: &str| {
        let details = memory.stats.as_ref()?;
        let inactive = details.get(&format!("{prefix}inactive_file"))?;
        let active = details.get(&format!("{prefix}active_file"))?;
        Some(inactive.saturating_add(*active))
    };
    let file_pages = file_pages("total_").or_else(|| file_pages("")).unwrap_or_default();
    Bytes(memory.usage.unwrap_or_default().saturating_sub(file_pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(usage: u64, details: &[(&str, u64)]) -> ContainerMemoryStats {
        let details = details.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
        ContainerMemoryStats {
            usage: Some(usage),
            stats: Some(details),
            ..ContainerMemoryStats::default()
        }
    }

    /// What engines answered, without the fields that nobody reads here.
    fn answered(text: &str) -> Stats {
        describe(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn docker_says_details_and_podman_none() {
        let on_docker = answered(
            r#"{"read":"2026-11-30T17:41:08.5Z","pids_stats":{"current":9,"limit":512},
                "cpu_stats":{"cpu_usage":{"total_usage":5183019583,"usage_in_kernelmode":1230000000},
                    "system_cpu_usage":1662718290000000,"online_cpus":2},
                "memory_stats":{"usage":301834240,"max_usage":372408320,"failcnt":0,"limit":1073741824,
                    "stats":{"cache":80211968,"rss":219152384,"active_file":20439040,
                        "inactive_file":59772928,"total_cache":80211968,"total_rss":219152384,
                        "total_active_file":20439040,"total_inactive_file":59772928}}}"#,
        );
        let on_podman = answered(
            r#"{"read":"2026-11-30T17:41:08.5Z","pids_stats":{"current":9},
                "cpu_stats":{"cpu_usage":{"total_usage":5183019583,"usage_in_kernelmode":1230000000},
                    "system_cpu_usage":0,"online_cpus":2,"cpu":0.47},
                "memory_stats":{"usage":301834240,"limit":1073741824}}"#,
        );

        let memory = Bytes(301_834_240 - 20_439_040 - 59_772_928);
        assert_eq!(on_docker, Stats { cpu_micros: 5_183_019, memory, pids: 9 });
        assert_eq!(on_podman, Stats { memory: Bytes(301_834_240), ..on_docker });
    }

    #[test]
    fn what_docker_says_of_a_container_that_does_not_run_is_nothing() {
        let stopped = answered(
            r#"{"read":"0001-01-01T00:00:00Z","pids_stats":{},"memory_stats":{},
                "cpu_stats":{"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0}}}"#,
        );

        assert_eq!(stopped, Stats::default());
    }

    #[test]
    fn an_engine_that_miscounts_is_believed_no_more_than_there_is() {
        let odd = reported(5, &[("inactive_file", u64::MAX), ("active_file", 6)]);

        assert_eq!(memory(&odd), Bytes(0));
    }

    #[test]
    fn file_pages_are_taken_off_with_either_version_of_cgroups() {
        let version_1 = reported(
            100,
            &[
                ("inactive_file", 1),
                ("active_file", 2),
                ("total_inactive_file", 10),
                ("total_active_file", 20),
            ],
        );
        let version_2 = reported(100, &[("inactive_file", 5), ("active_file", 6)]);

        assert_eq!(memory(&version_1), Bytes(70));
        assert_eq!(memory(&version_2), Bytes(89));
    }

    #[test]
    fn a_container_that_does_not_run_uses_nothing() {
        assert_eq!(describe(&ContainerStatsResponse::default()), Stats::default());
    }
}
