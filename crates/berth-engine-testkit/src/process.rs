//! One engine at work.

use std::sync::Arc;

use berth_edge::RouteTable;
use berth_engine::{Engine, EngineError, Routes, Setup};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Installation;

/// An engine and its background work, as one `berth serve` has them. What it is in the middle of is
/// cut off when this is dropped.
#[derive(Debug)]
pub struct Process {
    pub engine: Engine,
    /// What the edge would serve.
    pub routes: watch::Receiver<Arc<RouteTable>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Installation {
    /// Starts the next process, in a new epoch.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn start(&self) -> Process {
        self.try_start().await.expect("an engine starts on a home that is in order")
    }

    /// Starts the next process, for tests of homes that are not in order.
    ///
    /// # Panics
    ///
    /// When the saved routes cannot be read.
    pub async fn try_start(&self) -> Result<Process, EngineError> {
        let (routes, table) = Routes::load(&self.settings.paths);
        let setup = Setup {
            settings: self.settings.clone(),
            store: self.store.clone(),
            runtime: self.runtime.runtime(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            door: Arc::clone(&self.door),
            console: self.console.clone(),
            messenger: self.messenger.clone(),
            providers: self.providers.clone(),
            routes,
            logins: self.logins.clone(),
            traffic: berth_edge::Traffic::default(),
        };
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let engine = Engine::start(setup, &tasks, stop.clone()).await?;
        Ok(Process { engine, routes: table, tasks, stop })
    }
}

impl Process {
    /// Cuts off whatever it is in the middle of, and returns when its background work is gone.
    ///
    /// That is a crash, not an orderly end: nothing gets to say goodbye. Work on blocking threads
    /// (copies of files) runs on to its end, as in a real process only a kill would end it.
    pub async fn crash(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
