//! The route table on disk, so that the edge can serve before the rest of Berth is awake.
//!
//! # Invariants
//!
//! * A reader sees the old file or the new one, never half of one: the new one is written beside
//!   it, flushed, and renamed over it (POSIX `rename`), and the folder is flushed after that.
//! * The file is a copy. Whatever is wrong with it, the control store has the truth; so one row that
//!   cannot be read costs that row and not the table.
//!
//! Everything here blocks: call it from a blocking thread.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Route, RouteState, RouteTable, Upstream};

/// The form of the file that this version writes and reads.
const FORMAT: u32 = 1;

/// Why a table cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum TableFileError {
    #[error("cannot write the route table to `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read the route table `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the route table `{}` is not one: delete it, it will be written anew", path.display())]
    Malformed { path: PathBuf, source: serde_json::Error },
    #[error("the route table `{}` has the format {found}, this version reads {FORMAT}", path.display())]
    Format { path: PathBuf, found: u32 },
}

/// A table that was read, and what of it could not be.
#[derive(Debug)]
pub struct Loaded {
    pub table: RouteTable,
    /// One text per row that was left out: which one and why.
    pub dropped: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct TableRows<R> {
    format: u32,
    routes: Vec<R>,
}

#[derive(Serialize, Deserialize)]
struct RouteRow {
    host: String,
    tenant: String,
    name: String,
    database: String,
    state: StateRow,
    http: Option<SocketAddr>,
    websocket: Option<SocketAddr>,
    language: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateRow {
    Checking,
    Open,
    Held,
    Starting,
    Maintenance,
    Stopped,
    Failed,
    Suspended,
    Expired,
}

/// Writes the table so that a crash at any moment leaves the old file or the new one.
pub fn save(path: &Path, table: &RouteTable) -> Result<(), TableFileError> {
    let mut routes: Vec<RouteRow> = table.routes().map(RouteRow::from).collect();
    routes.sort_by(|a, b| a.host.cmp(&b.host));
    let written = serde_json::to_vec_pretty(&TableRows { format: FORMAT, routes })
        .map_err(io::Error::from)
        .and_then(|bytes| replace(path, &bytes));
    written.map_err(|source| TableFileError::Write { path: path.to_owned(), source })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = name.to_owned();
    beside.push(".new");
    let beside = folder.join(beside);

    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}

/// Reads the table and reports every row that was left out as a warning in the log. `None` means
/// that there is no file yet.
pub fn load(path: &Path) -> Result<Option<RouteTable>, TableFileError> {
    let Some(loaded) = read(path)? else { return Ok(None) };
    for problem in &loaded.dropped {
        tracing::warn!(path = %path.display(), "a row of the route table is left out: {problem}");
    }
    Ok(Some(loaded.table))
}

/// Reads the table and says what of it could not be read. `None` means that there is no file yet.
pub fn read(path: &Path) -> Result<Option<Loaded>, TableFileError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(TableFileError::Read { path: path.to_owned(), source }),
    };
    let malformed = |source| TableFileError::Malformed { path: path.to_owned(), source };
    let rows: TableRows<serde_json::Value> = serde_json::from_slice(&bytes).map_err(malformed)?;
    if rows.format != FORMAT {
        return Err(TableFileError::Format { path: path.to_owned(), found: rows.format });
    }
    let mut routes = Vec::with_capacity(rows.routes.len());
    let mut dropped = Vec::new();
    for (index, value) in rows.routes.into_iter().enumerate() {
        match read_row(value) {
            Ok(route) => routes.push(route),
            Err(why) => dropped.push(format!("row {}: {why}", index + 1)),
        }
    }
    Ok(Some(Loaded { table: RouteTable::new(routes), dropped }))
}

fn read_row(value: serde_json::Value) -> Result<Route, String> {
    let RouteRow { host, tenant, name, database, state, http, websocket, language } =
        serde_json::from_value(value).map_err(|error| error.to_string())?;
    let upstream = match (http, websocket) {
        (Some(http), websocket) => Some(Upstream { http, websocket }),
        (None, None) => None,
        (None, Some(_)) => return Err("it has a `websocket` address and no `http` one".to_owned()),
    };
    Ok(Route {
        host: parsed(&host)?,
        tenant: parsed(&tenant)?,
        name: parsed(&name)?,
        database: parsed(&database)?,
        state: state.into(),
        upstream,
        language: language.as_deref().map(parsed).transpose()?,
    })
}

fn parsed<T>(text: &str) -> Result<T, String>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

impl From<&Route> for RouteRow {
    fn from(route: &Route) -> Self {
        let Route { host, tenant, name, database, state, upstream, language } = route;
        Self {
            host: host.to_string(),
            tenant: tenant.to_string(),
            name: name.to_string(),
            database: database.to_string(),
            state: (*state).into(),
            http: upstream.map(|upstream| upstream.http),
            websocket: upstream.and_then(|upstream| upstream.websocket),
            language: language.as_ref().map(ToString::to_string),
        }
    }
}

impl From<RouteState> for StateRow {
    fn from(state: RouteState) -> Self {
        match state {
            RouteState::Checking => Self::Checking,
            RouteState::Open => Self::Open,
            RouteState::Held => Self::Held,
            RouteState::Starting => Self::Starting,
            RouteState::Maintenance => Self::Maintenance,
            RouteState::Stopped => Self::Stopped,
            RouteState::Failed => Self::Failed,
            RouteState::Suspended => Self::Suspended,
            RouteState::Expired => Self::Expired,
        }
    }
}

impl From<StateRow> for RouteState {
    fn from(state: StateRow) -> Self {
        match state {
            StateRow::Checking => Self::Checking,
            StateRow::Open => Self::Open,
            StateRow::Held => Self::Held,
            StateRow::Starting => Self::Starting,
            StateRow::Maintenance => Self::Maintenance,
            StateRow::Stopped => Self::Stopped,
            StateRow::Failed => Self::Failed,
            StateRow::Suspended => Self::Suspended,
            StateRow::Expired => Self::Expired,
        }
    }
}
