//! Whether the host and what Berth stands on are as they should be.

mod clusters;
mod console;
mod messages;

use std::iter;
use std::sync::Arc;
use std::time::Duration;

use berth_domain::disk::DiskLevel;
use berth_domain::storage::Level;
use berth_domain::{Actor, HostName, ImageRef, chain};
use berth_runtime::EngineInfo;

pub(crate) use self::console::warn_of_console_names;
use crate::disk;
use crate::engine::{Inner, Role};
use crate::error::EngineError;
use crate::view::{Check, Seen};
use crate::{Engine, Sockets};

/// How many orphans are named.
const SHOWN: usize = 5;

/// After how long it is checked for the first time: not while tenants are started.
const FIRST: Duration = Duration::from_mins(1);
/// How often it is checked from then on.
const EVERY: Duration = Duration::from_mins(15);

impl Engine {
    /// Looks at everything and reports all of it; nothing here fails because something is wrong.
    pub async fn doctor(&self, _actor: &Actor) -> Result<Vec<Check>, EngineError> {
        Ok(look(&self.0).await)
    }

    /// What was found when everything was looked at last, without looking. `None`: this process has not
    /// looked yet.
    #[must_use]
    pub fn checks_seen(&self, _actor: &Actor) -> Option<Arc<Seen<Vec<Check>>>> {
        self.0.checks.get()
    }
}

/// Looks now and then, for as long as the engine lives.
pub(crate) async fn keep_checking(engine: &Inner) {
    for delay in iter::once(FIRST).chain(iter::repeat(EVERY)) {
        tokio::time::sleep(delay).await;
        look(engine).await;
    }
}

/// Looks at everything, and keeps what was found for whoever does not wait.
async fn look(engine: &Inner) -> Vec<Check> {
    let info = engine.runtime.telemetry.engine().await;
    let mut checks = Vec::new();
    match &info {
        Ok(info) => checks.extend(of_engine(info)),
        Err(error) => checks.push(failed(
            "engine",
            chain(error),
            "start the container engine, or set `engine.host` to where it listens",
        )),
    }
    checks.push(clusters::shared(engine).await);
    checks.extend(clusters::own(engine).await);
    checks.extend(disks(engine).await);
    checks.push(storage(engine).await);
    checks.push(reflink(engine));
    checks.push(clock(engine).await);
    checks.push(edge(engine).await);
    checks.push(sockets(engine));
    checks.extend(console::check(engine).await);
    checks.push(role(engine));
    checks.push(orphans(engine).await);
    checks.extend(messages::check(engine).await);
    if info.is_ok() {
        for (name, reference) in [
            ("image odoo", &engine.settings.odoo_image),
            ("image postgres", &engine.settings.postgres_image),
        ] {
            checks.push(image(engine, name, reference).await);
        }
    }
    engine.checks.keep(checks.clone(), engine.clock.now());
    checks
}

fn ok(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, status: "ok", detail: detail.into(), hint: None }
}

fn warning(name: &'static str, detail: impl Into<String>, hint: &str) -> Check {
    Check { name, status: "warning", detail: detail.into(), hint: Some(hint.to_owned()) }
}

fn failed(name: &'static str, detail: impl Into<String>, hint: &str) -> Check {
    Check { name, status: "failed", detail: detail.into(), hint: Some(hint.to_owned()) }
}

fn of_engine(info: &EngineInfo) -> Vec<Check> {
    let mut checks = vec![product(info), api(info), cgroups(info)];
    if info.rootless {
        checks.push(warning(
            "rootless",
            "the engine runs as an ordinary user: tenants are reached by ports of 127.0.0.1",
            "this is not tested: let the engine run as root, or read docs/ENGINES.md first",
        ));
    }
    if !info.tells_out_of_memory {
        checks.push(warning(
            "out of memory",
            format!("{} {} does not say when memory ran out", info.product, info.version),
            "a tenant that is short of memory just ends with code 137; Podman 5 says why",
        ));
    }
    checks
}

fn product(info: &EngineInfo) -> Check {
    let EngineInfo { product, version, cpus, memory, storage_driver, .. } = info;
    ok("engine", format!("{product} {version}, {cpus} cores, {memory}, storage {storage_driver}"))
}

fn api(info: &EngineInfo) -> Check {
    ok("engine API", format!("{} (1.41 or later is needed)", info.api_version))
}

fn cgroups(info: &EngineInfo) -> Check {
    match info.cgroup_version {
        2 => ok("cgroups", "version 2"),
        version => warning(
            "cgroups",
            format!("version {version}"),
            "limits hold, but memory pressure is reported less exactly; boot with `systemd.unified_cgroup_hierarchy=1` for version 2",
        ),
    }
}

async fn disks(engine: &Inner) -> Vec<Check> {
    const HINT: &str = "`berth disk` says what takes the space and how to get it back";
    let check = |place: disk::Place| {
        let detail = format!("{} below `{}`", place.space, place.path.display());
        match engine.settings.disk.level(&place.space) {
            DiskLevel::Enough => ok("disk", detail),
            DiskLevel::Low => warning("disk", detail, HINT),
            DiskLevel::Full => failed("disk", format!("{detail}: nothing new is made"), HINT),
        }
    };
    disk::places(engine).await.into_iter().map(check).collect()
}

/// Tenants that cannot be measured, and those that have more than they may.
async fn storage(engine: &Inner) -> Check {
    let all = async { berth_store::storage::all(&mut engine.store.read().await?).await };
    let all = match all.await {
        Ok(all) => all.rows,
        Err(error) => return failed("control database", chain(&error), "look at its disk"),
    };
    let problem = all.iter().find_map(|(name, one)| Some((name, one.problem.as_ref()?)));
    let over: Vec<&str> = all
        .iter()
        .filter(|(_, one)| one.level == Level::Over)
        .map(|(name, _)| name.as_str())
        .collect();
    match (problem, over.as_slice()) {
        (Some((name, problem)), _) => warning(
            "storage",
            format!("`{name}` cannot be measured: {problem}"),
            "its figures are old; see `berth tenant show`",
        ),
        (None, [_, ..]) => warning(
            "storage",
            format!("over their limit: {}", over.join(", ")),
            "raise it with `berth tenant set NAME --storage`, or have something removed there",
        ),
        (None, []) => ok("storage", format!("{} tenants measured", all.len())),
    }
}

/// Tries to make one file share its blocks with another.
fn reflink(engine: &Inner) -> Check {
    if crate::parts::cluster::shares_blocks(engine.settings.paths.home()) {
        ok("reflink", "copies of files share their blocks")
    } else {
        warning(
            "reflink",
            "copies of files are real copies",
            "put the home on XFS or btrfs to make large tenants in no time and space",
        )
    }
}

/// A clock that was set back makes leases and schedules lie.
async fn clock(engine: &Inner) -> Check {
    let now = engine.clock.now();
    let mut tx = match engine.store.read().await {
        Ok(tx) => tx,
        Err(error) => return failed("control database", chain(&error), "look at its disk"),
    };
    match berth_store::tenants::youngest(&mut tx).await {
        Ok(youngest) => match youngest {
            Some(latest) if latest > now => failed(
                "clock",
                format!("it says {now}, but a tenant was made at {latest}"),
                "synchronise the clock with a time server",
            ),
            _ => ok("clock", format!("{now}")),
        },
        Err(error) => failed("control database", chain(&error), "look at its disk"),
    }
}

/// A host that nobody has must be answered with "not found".
async fn edge(engine: &Inner) -> Check {
    let nobody: HostName = "nobody.invalid".parse().expect("it is a host name");
    match engine.door.knock(&nobody, "/").await {
        Ok(404) => ok("edge", "it answers"),
        Ok(status) => {
            failed("edge", format!("it answers {status}"), "is another server on its port?")
        }
        Err(error) => failed("edge", error.to_string(), "see the log of `berth serve`"),
    }
}

fn sockets(engine: &Inner) -> Check {
    match engine.settings.sockets {
        Sockets::Inherited => ok("sockets", "inherited from systemd or an earlier process"),
        Sockets::Own => ok("sockets", "opened by this process"),
    }
}

fn role(engine: &Inner) -> Check {
    match engine.role() {
        Role::Driver => ok("role", "this process drives operations"),
        Role::Standby => ok("role", "this process stands by; another one drives operations"),
    }
}

/// As of the last look of whoever drives.
async fn orphans(engine: &Inner) -> Check {
    let listed = async {
        let mut tx = engine.store.read().await?;
        berth_store::orphans::list(&mut tx).await
    };
    match listed.await {
        Ok(listed) if listed.rows.is_empty() => ok("orphans", "everything belongs to somebody"),
        Ok(listed) => {
            let names: Vec<String> =
                listed.rows.iter().take(SHOWN).map(|orphan| orphan.what.to_string()).collect();
            let more = if listed.rows.len() > SHOWN { ", and more" } else { "" };
            warning(
                "orphans",
                format!("{} belong to nobody: {}{more}", listed.rows.len(), names.join(", ")),
                "look at them with `berth orphans list`, then adopt or remove them",
            )
        }
        Err(error) => failed("orphans", chain(&error), "look at the disk of the control database"),
    }
}

async fn image(engine: &Inner, name: &'static str, reference: &ImageRef) -> Check {
    match engine.runtime.images.find(reference).await {
        Ok(Some(found)) => {
            ok(name, format!("{reference} ({}, {})", found.digest.short(), found.size))
        }
        Ok(None) => failed(
            name,
            format!("the engine has no `{reference}`"),
            "fetch it with `docker pull`, or build it with `cargo xtask setup`",
        ),
        Err(error) => failed(name, chain(&error), "check the container engine"),
    }
}
