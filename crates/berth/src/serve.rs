//! `berth serve`: everything is built here, wired together, and taken down again.
//!
//! # Invariants
//!
//! * One process per home: the lock is taken before anything else is looked at.
//! * The edge listens before anything else is ready, with the routes that were good last.
//! * On SIGTERM nobody new is let in; what is at work is left to the next start, which continues it.

mod compose;
mod door;
mod home;
mod system;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use berth_config::Config;
use berth_edge::{Edge, ProbeSecret};
use berth_engine::{Engine, Paths, Routes, Setup};
use berth_runtime_docker::ConnectOptions;
use berth_store::{Backup, Key, Store};
use berth_web::{Web, serve_unix};
use prometheus_client::registry::Registry;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::door::EdgeDoor;
use self::home::Home;
use self::system::{SystemClock, SystemIds};
use crate::exit::Exit;

/// How long running requests have to finish.
const DRAIN: Duration = Duration::from_secs(30);

/// Serves until a signal says otherwise.
pub(crate) async fn run(config: Config) -> anyhow::Result<Exit> {
    let home = Home::take(&config.home)?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let (web, edge) = build(&config, &home, &tasks, &stop).await?;

    tasks.spawn(edge.serve(stop.clone()));
    let socket = config.socket();
    let api = serve_unix(web, &socket, stop.clone());
    tokio::pin!(api);
    tokio::select! {
        served = &mut api => served.context("serve the API")?,
        named = signalled() => {
            tracing::info!(signal = named?, "stopping; tenants keep running");
            stop.cancel();
            let _ = tokio::time::timeout(DRAIN, &mut api).await;
        }
    }
    stop.cancel();
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("some work did not end in time and was cut off");
    }
    Ok(Exit::Success)
}

/// Puts everything together. The edge is listening when this returns.
async fn build(
    config: &Config,
    home: &Home,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> anyhow::Result<(Web, Edge)> {
    let clock = Arc::new(SystemClock);
    let ids = Arc::new(SystemIds);
    let paths = Paths::new(config.home.clone());
    let probe = ProbeSecret::from_bytes(system::random_bytes()?);
    let (routes, table) = Routes::load(&paths);
    let edge = Edge::bind(compose::edge(config)?, table, probe.clone(), clock.clone())
        .await
        .context("open the edge")?;
    let mut metrics = Registry::with_prefix("berth");
    edge.metrics().register(&mut metrics);

    let store = open_store(config).await.context("open the control database")?;
    let runtime = berth_runtime_docker::connect(&ConnectOptions {
        docker_host: config.engine_host().url(),
        home: home.id().to_owned(),
    })
    .context("find the container engine")?;
    let settings = compose::settings(config, home.id(), edge.address().port())?;
    compose::check_pool(&settings)?;
    let door = Arc::new(EdgeDoor::new(edge.address(), &probe));
    let setup = Setup { settings, store, runtime, clock, ids: ids.clone(), door, routes };
    let engine = Engine::start(setup, tasks, stop.clone()).await.context("start the engine")?;
    Ok((Web { engine, metrics: Arc::new(metrics), ids }, edge))
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let location = compose::location(config);
    let has_sealed = Store::has_sealed_rows(&location).await?;
    let key = Key::load_or_create(&config.home.join("key"), has_sealed)?;
    let backup = Backup { taken: false, folder: Some(config.home.join("backups")) };
    Ok(Store::open_with(&location, key, &backup).await?)
}

/// Waits for a signal that ends the process politely.
async fn signalled() -> anyhow::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}
