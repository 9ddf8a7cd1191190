//! The connection to the engine: made on first use, with a deadline on every call.

use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use berth_runtime::{RuntimeError, WorkloadName};
use bollard::errors::Error;
use bollard::models::{ContainerInspectResponse, ContainerSummary};
use bollard::{API_DEFAULT_VERSION, Docker};
use tokio::sync::OnceCell;

use crate::dialect::Dialect;
use crate::{Deadlines, failure, labels, raw};

/// How long one pause is while something is waited for that the engine does not announce.
const PAUSE: Duration = Duration::from_millis(20);

/// Longer than any deadline here: the client library's own limit must never be the one that fires.
const NO_LIMIT: Duration = Duration::from_hours(24 * 365);

/// One engine, seen from one installation.
#[derive(Debug)]
pub(crate) struct Client {
    socket: PathBuf,
    home: String,
    deadlines: Deadlines,
    connection: OnceCell<Connection>,
    zombies: Once,
}

/// An engine that answered once.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) docker: Docker,
    pub(crate) dialect: Dialect,
}

impl Client {
    pub(crate) fn new(socket: PathBuf, home: String, deadlines: Deadlines) -> Self {
        Self { socket, home, deadlines, connection: OnceCell::new(), zombies: Once::new() }
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(crate) fn home(&self) -> &str {
        &self.home
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// Returns the connection. An engine that was not there is asked again by the next call.
    pub(crate) async fn connection(&self) -> Result<&Connection, RuntimeError> {
        self.connection.get_or_try_init(|| self.connect()).await
    }

    pub(crate) async fn docker(&self) -> Result<&Docker, RuntimeError> {
        Ok(&self.connection().await?.docker)
    }

    /// Returns a connection for answers that go on: the deadline covers only their beginning.
    pub(crate) async fn streaming(&self) -> Result<Docker, RuntimeError> {
        Ok(self.docker().await?.clone().with_timeout(self.deadlines.call))
    }

    async fn connect(&self) -> Result<Connection, RuntimeError> {
        const ACTION: &str = "say what it is";
        let path = self.socket.to_string_lossy();
        let docker = Docker::connect_with_unix(&path, NO_LIMIT.as_secs(), API_DEFAULT_VERSION)
            .map_err(|error| failure::sort(ACTION, 0, error))?;
        let version = self.call(ACTION, docker.version()).await?;
        let info = self.call(ACTION, raw::get(&self.socket, "/info")).await?;
        let dialect = Dialect::detect(&version, &info)?;
        if !dialect.has_init {
            self.warn_of_zombies();
        }
        Ok(Connection { docker, dialect })
    }

    /// Once, however often it is found out.
    pub(crate) fn warn_of_zombies(&self) {
        self.zombies.call_once(|| {
            tracing::warn!(
                "the container engine has no init program, so ended child processes of tenants are \
                 not reaped: install `tini` for Docker, `catatonit` for Podman"
            );
        });
    }

    /// Waits for one call, at most as long as calls may take.
    pub(crate) async fn call<T>(
        &self,
        action: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, RuntimeError> {
        self.attempt(action, self.deadlines.call, call)
            .await?
            .map_err(|error| failure::sort(action, self.deadlines.call.as_secs(), error))
    }

    /// The same; `None` when the engine has no such thing.
    pub(crate) async fn find<T>(
        &self,
        action: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Option<T>, RuntimeError> {
        match self.attempt(action, self.deadlines.call, call).await? {
            Ok(found) => Ok(Some(found)),
            Err(error) if failure::is_missing(&error) => Ok(None),
            Err(error) => Err(failure::sort(action, self.deadlines.call.as_secs(), error)),
        }
    }

    /// Waits for one call and leaves its failure to the caller.
    pub(crate) async fn attempt<T>(
        &self,
        action: &'static str,
        deadline: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, RuntimeError> {
        let seconds = deadline.as_secs();
        tokio::time::timeout(deadline, call)
            .await
            .map_err(|_| RuntimeError::TimedOut { action, seconds })
    }

    /// Looks again and again until `look` returns something.
    pub(crate) async fn wait_for<T, Look>(
        &self,
        action: &'static str,
        mut look: impl FnMut() -> Look,
    ) -> Result<T, RuntimeError>
    where
        Look: Future<Output = Result<Option<T>, RuntimeError>>,
    {
        let seconds = self.deadlines.call.as_secs();
        let waiting = async {
            loop {
                if let Some(seen) = look().await? {
                    return Ok(seen);
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(self.deadlines.call, waiting)
            .await
            .map_err(|_| RuntimeError::TimedOut { action, seconds })?
    }

    /// Looks at any container, ours or not. `None`: there is none of that name or id.
    pub(crate) async fn inspect(
        &self,
        name_or_id: &str,
    ) -> Result<Option<ContainerInspectResponse>, RuntimeError> {
        let dialect = self.connection().await?.dialect;
        let path = format!("/containers/{name_or_id}/json");
        let look = async {
            let mut found = raw::get(&self.socket, &path).await?;
            dialect.correct_state(&mut found);
            raw::read(found)
        };
        self.find("look at the container", look).await
    }

    /// Every container that passes the filter, running or not, ours or not.
    pub(crate) async fn containers(
        &self,
        filter: (String, Vec<String>),
    ) -> Result<Vec<ContainerSummary>, RuntimeError> {
        let dialect = self.connection().await?.dialect;
        let path = format!("/containers/json?all=1&filters={}", raw::filters(filter));
        let list = async {
            let mut found = raw::get(&self.socket, &path).await?;
            found.as_array_mut().into_iter().flatten().for_each(|one| dialect.correct_state(one));
            raw::read(found)
        };
        self.call("list containers", list).await
    }

    /// Looks at one of our containers. `None`: there is none of that name.
    pub(crate) async fn find_ours(
        &self,
        name: &WorkloadName,
    ) -> Result<Option<ContainerInspectResponse>, RuntimeError> {
        let Some(found) = self.inspect(name.as_str()).await? else {
            return Ok(None);
        };
        // Engines also find containers by the beginning of their id.
        if found.name.as_deref().map(|name| name.trim_start_matches('/')) != Some(name.as_str()) {
            return Ok(None);
        }
        let labels = found.config.as_ref().and_then(|config| config.labels.as_ref());
        if labels::are_ours(labels, &self.home) {
            Ok(Some(found))
        } else {
            Err(RuntimeError::Foreign(name.to_string()))
        }
    }

    pub(crate) async fn get_ours(
        &self,
        name: &WorkloadName,
    ) -> Result<ContainerInspectResponse, RuntimeError> {
        let found = self.find_ours(name).await?;
        found.ok_or_else(|| RuntimeError::NoSuchWorkload(name.to_string()))
    }
}
