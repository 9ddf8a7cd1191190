//! The container engine, over its socket.
//!
//! # Invariants
//!
//! * Only what answers `_ping` is an engine; an installed client is none.
//! * Removal is always by identifiers that a label filter returned.

mod call;
mod export;
mod http;
mod networks;
mod stream;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{environment, progress};
use http::{Answer, Body, TAR, escape};

pub(crate) use call::call;
pub(crate) use stream::Narration;

/// The oldest API that Berth speaks.
const OLDEST_API: (u32, u32) = (1, 41);
const QUICK: Duration = Duration::from_secs(5);
const PATIENT: Duration = Duration::from_mins(2);
/// A build step may be silent while it compiles or unpacks.
const BUILD: Duration = Duration::from_mins(20);
/// How long a registry may take until it says anything.
const FIRST_CONTACT: Duration = Duration::from_secs(15);
const PATH: &str = "/var/run/docker.sock";

#[derive(Debug, Clone)]
pub(crate) struct Engine {
    socket: PathBuf,
}

/// An image as the engine describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Image {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) size: u64,
    #[serde(default)]
    config: Option<ImageConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageConfig {
    #[serde(default)]
    labels: Option<std::collections::BTreeMap<String, String>>,
}

impl Image {
    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        self.config.as_ref()?.labels.as_ref()?.get(name).map(String::as_str)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    version: String,
    api_version: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Object {
    /// Containers and networks.
    #[serde(default)]
    id: String,
    /// Volumes have only this; a container has `Names` instead.
    #[serde(default)]
    name: String,
    #[serde(default)]
    pub(crate) labels: Option<std::collections::BTreeMap<String, String>>,
}

/// What can be removed, in the order in which it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Container,
    Network,
    Volume,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Container, Self::Network, Self::Volume];

    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Container => "containers",
            Self::Network => "networks",
            Self::Volume => "volumes",
        }
    }
}

impl Engine {
    /// The engine that answers on this machine, if one does.
    pub(crate) fn find() -> Result<Option<Self>> {
        let named = environment::variable("DOCKER_HOST");
        if let Some(host) = named {
            let engine = Self { socket: socket_of(&host)? };
            if engine.answers() {
                return Ok(Some(engine));
            }
            progress::say(format!("DOCKER_HOST is {host}, where no engine answers; trying {PATH}"));
        }
        Ok(Some(Self::local()).filter(Self::answers))
    }

    /// The engine that this machine's own packages start.
    pub(crate) fn local() -> Self {
        Self { socket: PathBuf::from(PATH) }
    }

    /// The engine behind a socket, whether it answers or not.
    pub(crate) fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// The value for `DOCKER_HOST` that leads to this engine.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    pub(crate) fn answers(&self) -> bool {
        let answer = http::request(&self.socket, "GET", "/_ping", None, QUICK);
        answer.is_ok_and(|answer| answer.status == 200)
    }

    /// Fails unless the engine is new enough; returns its version.
    pub(crate) fn require_version(&self) -> Result<String> {
        let Version { version, api_version } = self.get("/version")?;
        let Some(api) = parse_api(&api_version) else {
            bail!("the engine states the API version `{api_version}`, which cannot be read");
        };
        if api < OLDEST_API {
            let (major, minor) = OLDEST_API;
            bail!("the engine speaks API {api_version}, {major}.{minor} is needed: upgrade it");
        }
        Ok(format!("{version} (API {api_version})"))
    }

    /// The image called `reference`; `None` when the engine does not have it.
    pub(crate) fn image(&self, reference: &str) -> Result<Option<Image>> {
        let answer = self.send("GET", &format!("/images/{reference}/json"), None, PATIENT)?;
        if answer.status == 404 {
            return Ok(None);
        }
        parse(answer).map(Some)
    }

    /// Pulls `name:tag`; fails soon when no registry answers.
    pub(crate) fn pull(&self, name: &str, tag: &str, narration: &mut Narration) -> Result<()> {
        let target = format!("/images/create?fromImage={}&tag={}", escape(name), escape(tag));
        let answer = succeeded(self.send("POST", &target, None, FIRST_CONTACT)?)?;
        // The first line is written once the registry has answered.
        answer.wait_longer(BUILD)?;
        narration.follow(answer)
    }

    /// Makes an image from the root file system in the archive `tar`.
    pub(crate) fn import(&self, tar: &Path, name: &str, tag: &str, changes: &[&str]) -> Result<()> {
        let mut file =
            std::fs::File::open(tar).with_context(|| format!("open {}", tar.display()))?;
        let length = file.metadata().context("measure the archive")?.len();
        let mut target =
            format!("/images/create?fromSrc=-&repo={}&tag={}", escape(name), escape(tag));
        for change in changes {
            target.push_str("&changes=");
            target.push_str(&escape(change));
        }
        let body = Body { content: &mut file, length, kind: TAR };
        let answer = self.send("POST", &target, Some(body), PATIENT)?;
        Narration::silent().follow(succeeded(answer)?)
    }

    /// Builds an image from `context`, an archive with a `Dockerfile` in it.
    pub(crate) fn build(&self, build: &Build<'_>, narration: &mut Narration) -> Result<()> {
        let json = |pairs: &[(&str, &str)]| {
            let map: std::collections::BTreeMap<_, _> = pairs.iter().copied().collect();
            serde_json::to_string(&map).context("write build parameters").map(|text| escape(&text))
        };
        let target = format!(
            "/build?t={}&rm=1&forcerm=1&nocache=1&networkmode=host&buildargs={}&labels={}",
            escape(build.reference),
            json(build.arguments)?,
            json(build.labels)?,
        );
        let mut content = build.context;
        let length = build.context.len() as u64;
        let body = Body { content: &mut content, length, kind: TAR };
        let answer = self.send("POST", &target, Some(body), BUILD)?;
        narration.follow(succeeded(answer)?)
    }

    /// Removes the image called `reference`, if it is there; fails while a container uses it.
    pub(crate) fn remove_image(&self, reference: &str) -> Result<()> {
        let answer = self.send("DELETE", &format!("/images/{reference}"), None, PATIENT)?;
        if answer.status == 404 {
            return Ok(());
        }
        succeeded(answer).map(drop)
    }

    /// Everything of `kind` that carries the label `label` (`name` or `name=value`).
    pub(crate) fn labelled(&self, kind: Kind, label: &str) -> Result<Vec<Object>> {
        let filters = escape(&serde_json::json!({ "label": [label] }).to_string());
        match kind {
            Kind::Container => self.get(&format!("/containers/json?all=1&filters={filters}")),
            Kind::Network => self.get(&format!("/networks?filters={filters}")),
            Kind::Volume => {
                let list: Volumes = self.get(&format!("/volumes?filters={filters}"))?;
                Ok(list.volumes.unwrap_or_default())
            }
        }
    }

    /// Removes one object that [`Engine::labelled`] returned; it may be gone already.
    pub(crate) fn remove(&self, kind: Kind, object: &Object) -> Result<()> {
        let target = match kind {
            Kind::Container => format!("/containers/{}?force=1&v=1", object.id),
            Kind::Network => format!("/networks/{}", object.id),
            Kind::Volume => format!("/volumes/{}?force=1", object.name),
        };
        let answer = self.send("DELETE", &target, None, PATIENT)?;
        if answer.status == 404 {
            return Ok(());
        }
        succeeded(answer).map(drop)
    }

    fn get<T: DeserializeOwned>(&self, target: &str) -> Result<T> {
        parse(self.send("GET", target, None, PATIENT)?)
    }

    fn send(
        &self,
        method: &str,
        target: &str,
        body: Option<Body<'_>>,
        patience: Duration,
    ) -> Result<Answer> {
        http::request(&self.socket, method, target, body, patience)
    }
}

/// What to build, and from what.
#[derive(Debug)]
pub(crate) struct Build<'a> {
    pub(crate) reference: &'a str,
    pub(crate) context: &'a [u8],
    pub(crate) arguments: &'a [(&'a str, &'a str)],
    pub(crate) labels: &'a [(&'a str, &'a str)],
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Volumes {
    volumes: Option<Vec<Object>>,
}

fn socket_of(host: &str) -> Result<PathBuf> {
    match host.strip_prefix("unix://") {
        Some(path) => Ok(PathBuf::from(path)),
        None => bail!("DOCKER_HOST is `{host}`, only unix:// sockets are supported: unset it"),
    }
}

fn parse_api(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn parse<T: DeserializeOwned>(answer: Answer) -> Result<T> {
    let answer = succeeded(answer)?;
    serde_json::from_reader(answer.body).context("read the engine's answer")
}

fn succeeded(mut answer: Answer) -> Result<Answer> {
    if (200..300).contains(&answer.status) {
        return Ok(answer);
    }
    let mut text = String::new();
    answer.body.read_to_string(&mut text).context("read the engine's refusal")?;
    bail!("the engine refused with {}: {}", answer.status, text.trim());
}

#[cfg(test)]
mod tests;
