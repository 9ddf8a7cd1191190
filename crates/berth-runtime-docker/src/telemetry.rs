//! The telemetry port. Each kind has a file of its own.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use berth_domain::Bytes;
use berth_runtime::{
    EngineInfo, ExecSession, ExecSpec, LogLine, LogQuery, RuntimeError, Stats, Stream, Telemetry,
    WorkloadEvent, WorkloadName,
};
use bollard::models::{SystemInfo, SystemInfoCgroupVersionEnum, SystemVersion};

use crate::client::Client;
use crate::dialect::Dialect;
use crate::{events, exec, logs, stats};

#[derive(Debug)]
pub(crate) struct DockerTelemetry {
    client: Arc<Client>,
}

impl DockerTelemetry {
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Telemetry for DockerTelemetry {
    async fn logs(
        &self,
        name: &WorkloadName,
        query: LogQuery,
    ) -> Result<Stream<LogLine>, RuntimeError> {
        logs::read(&self.client, name, query).await
    }

    async fn stats(&self, name: &WorkloadName) -> Result<Stats, RuntimeError> {
        stats::read(&self.client, name).await
    }

    async fn events(&self) -> Result<Stream<WorkloadEvent>, RuntimeError> {
        events::read(&self.client).await
    }

    async fn exec(&self, name: &WorkloadName, spec: ExecSpec) -> Result<ExecSession, RuntimeError> {
        exec::run(&self.client, name, spec).await
    }

    async fn engine(&self) -> Result<EngineInfo, RuntimeError> {
        const ACTION: &str = "say what it is";
        let connection = self.client.connection().await?;
        let version = self.client.call(ACTION, connection.docker.version()).await?;
        let info = self.client.call(ACTION, connection.docker.info()).await?;
        Ok(describe(connection.dialect, version, info))
    }
}

fn describe(dialect: Dialect, version: SystemVersion, info: SystemInfo) -> EngineInfo {
    let cgroup_version = match info.cgroup_version {
        Some(SystemInfoCgroupVersionEnum::_2) => 2,
        // Engines that do not say are older than cgroup v2.
        Some(SystemInfoCgroupVersionEnum::_1 | SystemInfoCgroupVersionEnum::EMPTY) | None => 1,
    };
    EngineInfo {
        product: dialect.product.as_str().to_owned(),
        version: version.version.unwrap_or_default(),
        api_version: version.api_version.unwrap_or_default(),
        cgroup_version,
        cpus: info.ncpu.and_then(|cpus| u32::try_from(cpus).ok()).unwrap_or_default(),
        memory: Bytes(info.mem_total.and_then(|size| u64::try_from(size).ok()).unwrap_or_default()),
        storage_driver: info.driver.unwrap_or_default(),
        data_root: info.docker_root_dir.filter(|path| !path.is_empty()).map(PathBuf::from),
        rootless: dialect.is_rootless,
        tells_out_of_memory: dialect.tells_out_of_memory(),
    }
}
