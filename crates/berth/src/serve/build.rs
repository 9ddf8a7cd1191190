//! Putting the server together.
//!
//! # Invariants
//!
//! * The locks are taken before the control database is opened: only the driver changes its schema.
//! * Whoever takes over from another process looks at everything first and touches nothing before it
//!   is let.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use berth_config::Config;
use berth_edge::{Edge, ProbeSecret};
use berth_engine::{
    ConsoleDoor, Engine, Epoch, Paths, Providers, Routes, Settings, Setup, Sockets,
};
use berth_notify::Notifier;
use berth_runtime::Runtime;
use berth_runtime_docker::ConnectOptions;
use berth_store::{Backup, Key, Location, Store};
use berth_web::{ApiSocket, Configured, Console, ConsoleError, Web};
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::compose;
use super::console_door::ListeningConsole;
use super::door::EdgeDoor;
use super::handover::Taker;
use super::home::Home;
use super::lead::Lead;
use super::messages::Messages;
use super::numbers::Numbers;
use super::sockets::Inherited;
use super::system::{self, SystemClock, SystemIds};

/// How long the locks of the process before may take to come free: the kernel frees them with it, and
/// a database server soon after.
const LOCKS: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_millis(20);

/// Everything of a server, before anybody is let in.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) home: Home,
    pub(super) engine: Engine,
    pub(super) lead: Lead,
    /// `None`: another process drives.
    pub(super) epoch: Option<Epoch>,
    pub(super) web: Web,
    pub(super) edge: Edge,
    /// `None`: the API is not reached over TCP.
    pub(super) console: Option<Console>,
    pub(super) api: Api,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
}

/// The socket of the API, and whose it is.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) socket: ApiSocket,
    path: PathBuf,
    /// Whether it becomes this process's own once that serves.
    is_left_to_us: bool,
}

/// What stands on its own: no lock is needed for it, and nothing is changed by it.
struct Parts {
    edge: Edge,
    console: Option<Console>,
    /// Whoever looks at it from outside.
    visitor: Option<ListeningConsole>,
    routes: Routes,
    runtime: Runtime,
    settings: Settings,
    messenger: Notifier,
    providers: Providers,
    probe: ProbeSecret,
    configured: Arc<Vec<Configured>>,
}

impl Server {
    /// Puts everything together. The edge is listening when this returns.
    ///
    /// With `taker` the process before is asked for its locks as late as possible.
    pub(super) async fn build(
        config: &Config,
        inherited: Inherited,
        taker: Option<&mut Taker>,
    ) -> anyhow::Result<Self> {
        let home = Home::open(&config.home)?;
        let location = compose::location(config);
        let mut lead = Lead::new(&home, &location);
        let mut drives = match &taker {
            None => may_drive(&mut lead, &home, Duration::ZERO).await?,
            Some(_) => false,
        };
        let Inherited { edge, api, console, .. } = inherited;
        let sockets =
            if edge.is_some() || api.is_some() { Sockets::Inherited } else { Sockets::Own };
        let mut parts = Parts::build(config, &home, (edge, console), sockets).await?;
        let mut is_left_to_us = false;
        if let Some(taker) = taker {
            let key = Key::load_or_create(
                &config.home.join("key"),
                Store::has_sealed_rows(&location).await?,
            )?;
            Store::check(&location, key).await.context("open the control database")?;
            is_left_to_us = taker.ready().await?;
            drives = may_drive(&mut lead, &home, LOCKS).await?;
        }
        let store = open_store(config, &location, drives).await;
        let store = store.context("open the control database")?;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let console = parts.console.take();
        let (web, edge) = parts.join(store, &tasks, &stop);
        let engine = web.engine.clone();
        let epoch =
            if drives { Some(engine.begin().await.context("start the engine")?) } else { None };
        let api = Api::open(config.socket(), api, is_left_to_us).await?;
        Ok(Self { home, engine, lead, epoch, web, edge, console, api, tasks, stop })
    }
}

impl Parts {
    async fn build(
        config: &Config,
        home: &Home,
        (edge, console): (Option<std::net::TcpListener>, Option<std::net::TcpListener>),
        sockets: Sockets,
    ) -> anyhow::Result<Self> {
        let probe = ProbeSecret::from_bytes(system::random_bytes()?);
        let paths = Paths::new(config.home.clone());
        let (routes, table) = Routes::load(&paths);
        let (wanted, clock) = (compose::edge(config), Arc::new(SystemClock));
        let edge = match edge {
            None => Edge::bind(wanted, table, probe.clone(), clock).await,
            Some(listener) => {
                Edge::from_listener(listener, wanted, table, probe.clone(), clock).await
            }
        }
        .context("open the edge")?;
        let (there, listen) = (edge.address(), config.edge.listen);
        if there != listen && listen.port() != 0 {
            tracing::warn!(
                "the edge listens on `{there}`, which was handed over, and `edge.listen` is `{listen}`: stop and start the server, with systemd after `berth service install`"
            );
        }
        let console = open_console(config, console).await.context("open the console")?;
        let runtime = berth_runtime_docker::connect(&ConnectOptions {
            docker_host: config.engine_host().url(),
            home: home.id().to_owned(),
        })
        .context("find the container engine")?;
        let known = console.as_ref().map(|console| compose::console_settings(config, console));
        let listening = compose::Listening { port: there.port(), console: known, sockets };
        let settings = compose::settings(config, home.id(), listening)?;
        compose::check_pool(&settings)?;
        let messenger = compose::messenger(config).context("set up messages")?;
        let providers =
            compose::providers(config).context("set up sign-in at foreign providers")?;
        let wanted = console.as_ref().zip(compose::console(config));
        let visitor = wanted.map(|(console, wanted)| {
            ListeningConsole::new(console.address(), wanted.names, wanted.tls)
        });
        let configured = Arc::new(compose::configured(config));
        Ok(Self {
            edge,
            console,
            visitor,
            routes,
            runtime,
            settings,
            messenger,
            providers,
            probe,
            configured,
        })
    }

    fn join(self, store: Store, tasks: &TaskTracker, stop: &CancellationToken) -> (Web, Edge) {
        let Self { edge, visitor, routes, runtime, settings, messenger, providers, .. } = self;
        let (probe, configured) = (self.probe, self.configured);
        let mut metrics = Registry::with_prefix("berth");
        edge.metrics().register(&mut metrics);
        let ids = Arc::new(SystemIds);
        let door = Arc::new(EdgeDoor::new(edge.address(), &probe));
        let clock = Arc::new(SystemClock);
        let setup = Setup {
            settings,
            store,
            runtime,
            clock,
            ids: ids.clone(),
            door,
            console: visitor.map(|visitor| Arc::new(visitor) as Arc<dyn ConsoleDoor>),
            messenger: Arc::new(messenger),
            providers,
            routes,
            logins: edge.logins(),
            traffic: edge.traffic(),
        };
        #[cfg(not(feature = "failpoints"))]
        let engine = Engine::open(setup, tasks, stop.clone());
        #[cfg(feature = "failpoints")]
        let engine = {
            let faults = super::failpoints::of(setup.settings.paths.home());
            Engine::open_with(setup, faults, tasks, stop.clone())
        };
        metrics.register_collector(Box::new(Numbers(engine.clone())));
        metrics.register_collector(Box::new(Messages(engine.clone())));
        (Web { engine, metrics: Arc::new(metrics), ids, configured }, edge)
    }
}

impl Api {
    async fn open(
        path: PathBuf,
        inherited: Option<std::os::unix::net::UnixListener>,
        is_left_to_us: bool,
    ) -> anyhow::Result<Self> {
        let socket = match inherited {
            Some(listener) => ApiSocket::inherit(listener),
            None => ApiSocket::bind(&path).await,
        };
        Ok(Self { socket: socket.context("open the API")?, path, is_left_to_us })
    }

    /// Tells the process before that people are let in here now, and takes the socket's name over.
    pub(super) async fn keep(&mut self, taker: Option<Taker>) {
        let Some(taker) = taker else { return };
        if let Err(error) = taker.serving().await {
            tracing::warn!(error = %format!("{error:#}"), "the process before is gone already");
        }
        if self.is_left_to_us {
            self.socket.claim(&self.path);
        }
    }
}

/// Listens over TCP if that is wanted. A socket that is not wanted any more is closed.
async fn open_console(
    config: &Config,
    inherited: Option<std::net::TcpListener>,
) -> Result<Option<Console>, ConsoleError> {
    let Some(wanted) = compose::console(config) else { return Ok(None) };
    let (listen, clock) = (wanted.listen, Arc::new(SystemClock));
    let console = match inherited {
        None => Console::bind(wanted, clock).await?,
        Some(listener) => Console::from_listener(listener, wanted, clock)?,
    };
    let there = console.address();
    if there != listen && listen.port() != 0 {
        tracing::warn!(
            "the console listens on `{there}`, which was handed over, and `console.listen` is `{listen}`: stop and start the server"
        );
    }
    Ok(Some(console))
}

/// Whether this process is to drive. Fails when it may not even stand by.
async fn may_drive(lead: &mut Lead, home: &Home, patience: Duration) -> anyhow::Result<bool> {
    let give_up = tokio::time::Instant::now() + patience;
    let taken = loop {
        match lead.try_take().await? {
            Some(_) if tokio::time::Instant::now() < give_up => tokio::time::sleep(AGAIN).await,
            taken => break taken,
        }
    };
    match taken {
        None => Ok(true),
        Some(holder) if lead.is_shared() && holder.is_of(home) => {
            tracing::info!("{holder} drives operations; this process stands by");
            Ok(false)
        }
        Some(holder) => Err(holder.refusal(home)),
    }
}

async fn open_store(config: &Config, location: &Location, drives: bool) -> anyhow::Result<Store> {
    let has_sealed = Store::has_sealed_rows(location).await?;
    let key = Key::load_or_create(&config.home.join("key"), has_sealed)?;
    if !drives {
        return Ok(Store::join(location, key).await?);
    }
    let backup = Backup { taken: false, folder: Some(config.home.join("backups")) };
    Ok(Store::open_with(location, key, &backup).await?)
}
