//! Brings a managed cluster up, from whatever state it is in.

use std::time::{Duration, Instant};

use berth_runtime::{Exit, LogLine, LogQuery, ObservedState, Runtime};
use futures_util::StreamExt as _;
use secrecy::SecretString;

use super::files::DataFolder;
use super::{Expect, ManagedCluster, specs};
use crate::error::ClusterError;
use crate::{PostgresError, Server};

const INITDB_DEADLINE: Duration = Duration::from_mins(5);
/// Covers the recovery after a crash with several gigabytes of log.
const START_DEADLINE: Duration = Duration::from_mins(5);
const LOG_LINES: u32 = 20;

/// Makes sure that the cluster runs and answers, and returns the connection to it.
///
/// The folder is filled by `initdb` when `expect` allows it. A container that differs from what it
/// should be is replaced. Repeatable after a crash at any point.
pub async fn ensure_running(
    runtime: &Runtime,
    cluster: &ManagedCluster,
    password: &SecretString,
    expect: Expect,
) -> Result<Server, PostgresError> {
    let address = cluster.address()?;
    if cluster.inspect_data(expect)? == DataFolder::ToBeFilled {
        // A server of ours on a folder that is about to be emptied would write into it.
        remove(runtime, cluster).await?;
        fill(runtime, cluster, password).await?;
    }
    cluster.write_configuration()?;
    let spec = specs::server(cluster)?;
    runtime.workloads.ensure(&spec).await.map_err(ClusterError::Runtime)?;
    runtime.workloads.start(&spec.name).await.map_err(ClusterError::Runtime)?;
    let server = wait_until_it_answers(runtime, cluster, &address, password).await?;
    server.prepare_cluster().await?;
    Ok(server)
}

/// Stops the server: sessions are ended, nothing is lost.
pub async fn stop(runtime: &Runtime, cluster: &ManagedCluster) -> Result<(), PostgresError> {
    let stopped = runtime.workloads.stop(&cluster.workload_name()).await;
    Ok(stopped.map_err(ClusterError::Runtime)?)
}

async fn remove(runtime: &Runtime, cluster: &ManagedCluster) -> Result<(), ClusterError> {
    runtime.workloads.remove(&cluster.workload_name()).await.map_err(ClusterError::Runtime)
}

async fn fill(
    runtime: &Runtime,
    cluster: &ManagedCluster,
    password: &SecretString,
) -> Result<(), ClusterError> {
    cluster.begin_filling(password)?;
    let spec = specs::initdb(cluster)?;
    let mut output = Vec::new();
    let mut collect = |line: LogLine| output.push(line.text);
    let Exit { code, .. } = runtime
        .workloads
        .run(&spec, INITDB_DEADLINE, &mut collect)
        .await
        .map_err(ClusterError::Runtime)?;
    if code != 0 {
        return Err(ClusterError::Initdb { code, output: last_lines(&output) });
    }
    cluster.finish_filling()
}

async fn wait_until_it_answers(
    runtime: &Runtime,
    cluster: &ManagedCluster,
    address: &crate::Address,
    password: &SecretString,
) -> Result<Server, PostgresError> {
    let started = Instant::now();
    loop {
        match Server::connect(address, password).await {
            Ok(server) => return Ok(server),
            Err(PostgresError::Unreachable { .. }) => {}
            Err(error) => return Err(error),
        }
        let observed = runtime
            .workloads
            .observe(&cluster.workload_name())
            .await
            .map_err(ClusterError::Runtime)?;
        let is_running = observed.is_some_and(|found| found.state == ObservedState::Running);
        if !is_running {
            let output = recent_log(runtime, cluster).await;
            return Err(ClusterError::Stopped { output }.into());
        }
        if started.elapsed() > START_DEADLINE {
            let output = recent_log(runtime, cluster).await;
            return Err(ClusterError::NotReady { seconds: START_DEADLINE.as_secs(), output }.into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Returns the last lines of the server's log, or why there are none.
async fn recent_log(runtime: &Runtime, cluster: &ManagedCluster) -> String {
    let query = LogQuery { tail: Some(LOG_LINES), ..LogQuery::default() };
    match runtime.telemetry.logs(&cluster.workload_name(), query).await {
        Ok(lines) => {
            let lines: Vec<String> =
                lines.filter_map(async |line| line.ok().map(|line| line.text)).collect().await;
            last_lines(&lines)
        }
        Err(error) => format!("its log cannot be read: {error}"),
    }
}

fn last_lines(lines: &[String]) -> String {
    let from = lines.len().saturating_sub(LOG_LINES as usize);
    lines[from..].join("\n")
}
