//! Followers: one for each container of ours that runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Generation, Timestamp};
use berth_runtime::{
    LogQuery, ObservedState, ObservedWorkload, Role, RuntimeError, Stream, WorkloadEvent,
    WorkloadEventKind, WorkloadName,
};
use futures_util::StreamExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::keeping::{Keeping, Target, in_background, interrupt, lock_name};
use super::line::Run;
use super::shelf::Shelf;
use super::slots::Reader;
use crate::engine::Inner;
use crate::parts::cluster;

/// How often to look for containers that nobody said anything about.
const LOOK: Duration = Duration::from_mins(1);
/// How long to wait before the engine is asked again.
const RECONNECT: Duration = Duration::from_secs(2);
/// How often what is not written to any more is packed, and what is too old goes.
const TIDY: Duration = Duration::from_hours(1);
/// How long a line may wait for others.
const LINGER: Duration = Duration::from_millis(300);
/// How much is gathered at most.
const GATHERED: usize = 256 << 10;
/// How long to wait after writing failed.
const FAILED: Duration = Duration::from_secs(20);
/// How long the rest of a log may take before its container is removed all the same.
const DRAIN: Duration = Duration::from_secs(15);

/// Follows for as long as the engine lives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    let mut followers = JoinSet::new();
    let mut next_tidy = Instant::now();
    loop {
        let mut events = engine.runtime.telemetry.events().await.ok();
        let mut next_look = Instant::now();
        loop {
            tokio::select! {
                () = sleep_until(next_look) => {
                    next_look = Instant::now() + LOOK;
                    if look(engine, &mut followers).await.is_err() {
                        break;
                    }
                    if Instant::now() >= next_tidy {
                        next_tidy = Instant::now() + TIDY;
                        tidy(engine).await;
                    }
                }
                event = next(&mut events) => match event {
                    Some(event) => notice(engine, &event, &mut followers).await,
                    None => break,
                },
                Some(_) = followers.join_next() => {}
            }
        }
        sleep(RECONNECT).await;
    }
}

async fn next(events: &mut Option<Stream<WorkloadEvent>>) -> Option<WorkloadEvent> {
    events.as_mut()?.next().await?.ok()
}

/// Begins to follow every container that runs and that nobody follows.
async fn look(engine: &Arc<Inner>, followers: &mut JoinSet<()>) -> Result<(), RuntimeError> {
    let there = engine.runtime.workloads.list().await?;
    for workload in &there {
        begin(engine, workload, followers);
    }
    let there: Vec<String> = there.into_iter().map(|workload| workload.name).collect();
    engine.logs.forget_all_but(&there);
    Ok(())
}

/// Begins to follow a container that was started just now. Everybody else is found by a look.
async fn notice(engine: &Arc<Inner>, event: &WorkloadEvent, followers: &mut JoinSet<()>) {
    let tenant = event.tenant.map(|tenant| WorkloadName::tenant(&tenant.object_name()));
    if let (WorkloadEventKind::Started, Some(name)) = (event.kind, tenant)
        && name.as_str() == event.name
        && let Ok(Some(workload)) = engine.runtime.workloads.observe(&name).await
    {
        begin(engine, &workload, followers);
    }
}

fn begin(engine: &Arc<Inner>, workload: &ObservedWorkload, followers: &mut JoinSet<()>) {
    let is_running = workload.state == ObservedState::Running;
    if let Some(target) = target(engine, workload).filter(|_| is_running)
        && let Some(reader) = engine.logs.try_take(target.name.as_str())
    {
        let engine = Arc::clone(engine);
        followers.spawn(async move { follow(&engine, &target, reader).await });
    }
}

fn target(engine: &Inner, workload: &ObservedWorkload) -> Option<Target> {
    let paths = &engine.settings.paths;
    let (name, folder) = match (workload.role, workload.tenant) {
        (Role::Tenant, Some(tenant)) => {
            let object = tenant.object_name();
            (WorkloadName::tenant(&object), paths.object(&object).logs())
        }
        (Role::Cluster, _) => {
            let home = &engine.settings.home_id;
            let name = cluster::named_in(&workload.name, home)?;
            (WorkloadName::cluster(name, home, ""), paths.cluster_logs(name))
        }
        _ => return None,
    };
    let Generation(generation) = workload.generation;
    let started = workload.started_at.map(Timestamp::as_second).unwrap_or_default();
    let run = Run { generation, started };
    (name.as_str() == workload.name).then_some(Target { name, folder, run })
}

/// Follows one container until it ends or somebody else has to read it.
async fn follow(engine: &Inner, target: &Target, mut reader: Reader) {
    let off = reader.off.clone();
    loop {
        match follow_once(engine, target, &mut reader).await {
            Ok(()) => return,
            Err(Broken::Engine) => return sleep_or(&off, RECONNECT).await,
            // The tenant's folder went, and with it everything that could be kept.
            Err(Broken::Shelf(error)) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(Broken::Shelf(error)) => interrupt(engine, target, &mut reader, &error),
        }
        sleep_or(&off, FAILED).await;
        if off.is_cancelled() {
            return;
        }
    }
}

async fn sleep_or(off: &tokio_util::sync::CancellationToken, pause: Duration) {
    let _ = timeout(pause, off.cancelled()).await;
}

/// Why following came to its end before the log did.
enum Broken {
    Engine,
    Shelf(std::io::Error),
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::Shelf(error)
    }
}

async fn follow_once(engine: &Inner, target: &Target, reader: &mut Reader) -> Result<(), Broken> {
    let mut keeping = Keeping::begin(engine, target).await?;
    let query = LogQuery { follow: true, since: keeping.recent.since(), tail: None };
    let log = engine.runtime.telemetry.logs(&target.name, query).await;
    let mut log = log.map_err(|_| Broken::Engine)?;
    let off = reader.off.clone();
    let mut write_at = None;
    loop {
        let line = tokio::select! {
            biased;
            () = off.cancelled() => break,
            () = due(write_at) => {
                keeping.write(&mut reader.interruption).await?;
                write_at = None;
                continue;
            }
            line = log.next() => line,
        };
        match line {
            Some(Ok(line)) => keeping.take(line),
            Some(Err(_)) => {
                keeping.write(&mut reader.interruption).await?;
                return Err(Broken::Engine);
            }
            None => break,
        }
        if keeping.bytes >= GATHERED {
            keeping.write(&mut reader.interruption).await?;
            write_at = None;
        } else if !keeping.lines.is_empty() {
            write_at.get_or_insert(Instant::now() + LINGER);
        }
    }
    Ok(keeping.write(&mut reader.interruption).await?)
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Reads the rest of a container's log, because the container is about to go. Nothing fails by it.
pub(crate) async fn drain(engine: &Inner, name: &WorkloadName) {
    read_rest(engine, name, Fate::Goes).await;
}

/// The same of a container that ended and may go: what cannot be kept now may be kept later.
pub(crate) async fn catch_up(engine: &Inner, name: &WorkloadName) {
    read_rest(engine, name, Fate::MayStay).await;
}

/// What becomes of a container whose log is read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Goes,
    MayStay,
}

async fn read_rest(engine: &Inner, name: &WorkloadName, fate: Fate) {
    let observed = engine.runtime.workloads.observe(name).await;
    let Ok(Some(workload)) = observed else { return };
    let Some(target) = target(engine, &workload) else { return };
    // Of what lost its folder nothing is kept.
    if !target.folder.parent().is_some_and(Path::is_dir) {
        return;
    }
    if timeout(DRAIN, read_all(engine, &target, fate)).await.is_err() {
        tracing::warn!(container = %name, "the end of a log was not read in time");
    }
}

async fn read_all(engine: &Inner, target: &Target, fate: Fate) {
    let mut reader = engine.logs.take(target.name.as_str()).await;
    let mut keeping = match Keeping::begin(engine, target).await {
        Ok(keeping) => keeping,
        Err(error) => return interrupt(engine, target, &mut reader, &error),
    };
    let query = LogQuery { follow: false, since: keeping.recent.since(), tail: None };
    let Ok(mut log) = engine.runtime.telemetry.logs(&target.name, query).await else { return };
    let mut lost = 0;
    while let Some(Ok(line)) = log.next().await {
        keeping.take(line);
        if keeping.bytes >= GATHERED {
            lost += keeping.write_or_lose(&mut reader, target).await;
        }
    }
    lost += keeping.write_or_lose(&mut reader, target).await;
    if let (Fate::Goes, Some(interruption)) = (fate, &mut *reader.interruption) {
        interruption.lost += lost;
    }
}

/// Packs and forgets what is due, of every log there is.
async fn tidy(engine: &Inner) {
    let paths = &engine.settings.paths;
    let mut folders = HashMap::new();
    for name in paths.clusters().unwrap_or_default() {
        let cluster = WorkloadName::cluster(&name, &engine.settings.home_id, "");
        folders.insert(cluster.to_string(), paths.cluster_logs(&name));
    }
    for object in paths.objects().unwrap_or_default() {
        folders.insert(object.to_string(), paths.object(&object).logs());
    }
    for folder in folders.into_values().filter(|folder| folder.is_dir()) {
        let (policy, now) = (engine.settings.logs, engine.clock.now());
        let _folder = engine.locks.lock(&lock_name(&folder)).await;
        let tidied = in_background(engine, move || Shelf::new(folder, policy).tidy(now)).await;
        if let Ok(Err(error)) = tidied {
            tracing::warn!(%error, "old logs cannot be packed or removed");
        }
    }
}
