//! The route table: who is reached under which host, for the edge to watch.
//!
//! # Invariants
//!
//! * Every change is one new table; the edge never sees half of one.
//! * The file is the last table that was good, so the edge serves from the first moment of a start. A
//!   save that nobody waits for any more goes on, and the next one waits for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use berth_domain::{Tenant, TenantId, chain};
use berth_edge::table_file;
use berth_edge::{Route, RouteState, RouteTable, Upstream};
use tokio::sync::watch;

/// Holds the routes and hands every change to the edge.
#[derive(Debug)]
pub(crate) struct RouteBoard {
    routes: Mutex<BTreeMap<TenantId, Route>>,
    table: watch::Sender<Arc<RouteTable>>,
    file: PathBuf,
    /// Only one save at a time, so that an older table never replaces a newer one. Whoever writes has it,
    /// and not whoever waits for that: a step may be cut off, a thread is not.
    saving: Arc<tokio::sync::Mutex<()>>,
}

impl RouteBoard {
    /// Starts with the routes that were saved last. A file that cannot be used is no reason to serve
    /// nobody: it is a copy, and what it held is found again when the tenants are looked at.
    pub(crate) fn load(file: PathBuf) -> (Self, watch::Receiver<Arc<RouteTable>>) {
        let table = table_file::load(&file).unwrap_or_else(|error| {
            tracing::error!(error = %chain(&error), "the saved routes are lost and are found anew");
            None
        });
        let table = table.unwrap_or_else(|| RouteTable::new(Vec::new()));
        let routes = table.routes().map(|route| (route.tenant, route.clone())).collect();
        let (sender, receiver) = watch::channel(Arc::new(table));
        let saving = Arc::default();
        (Self { routes: Mutex::new(routes), table: sender, file, saving }, receiver)
    }

    /// Takes over the routes that are in the file, if it is another one than what is served.
    pub(crate) async fn reload(&self) -> std::io::Result<()> {
        let _no_save_meanwhile = self.saving.lock().await;
        let file = self.file.clone();
        let loaded = tokio::task::spawn_blocking(move || table_file::read(&file))
            .await
            .map_err(std::io::Error::other)?
            .map_err(std::io::Error::other)?;
        let Some(loaded) = loaded else { return Ok(()) };
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if **self.table.borrow() != loaded.table {
            *routes = loaded.table.routes().map(|route| (route.tenant, route.clone())).collect();
            self.table.send_replace(Arc::new(loaded.table));
        }
        Ok(())
    }

    /// Sets a tenant's route.
    pub(crate) fn set(&self, tenant: &Tenant, state: RouteState, upstream: Option<Upstream>) {
        let route = Route {
            host: tenant.host.clone(),
            tenant: tenant.id,
            name: tenant.name.clone(),
            database: tenant.id.object_name(),
            state,
            upstream,
            language: Some(tenant.odoo.language.clone()),
        };
        self.change(|routes| {
            routes.insert(tenant.id, route);
        });
    }

    /// Says why a tenant that is closed is closed. Returns whether that is news; whatever else its route
    /// says stays.
    pub(crate) fn reword(&self, tenant: TenantId, why: RouteState) -> bool {
        let closed = [RouteState::Suspended, RouteState::Expired];
        let mut is_news = false;
        self.change(|routes| {
            if let Some(route) = routes.get_mut(&tenant)
                && closed.contains(&route.state)
                && route.state != why
            {
                route.state = why;
                is_news = true;
            }
        });
        is_news
    }

    /// Takes the lock of the table and releases it.
    pub(crate) fn feel(&self) {
        drop(self.routes.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn remove(&self, tenant: TenantId) {
        self.change(|routes| {
            routes.remove(&tenant);
        });
    }

    /// `None`: visitors of the tenant are sent away as from an unknown host.
    pub(crate) fn find(&self, tenant: TenantId) -> Option<Route> {
        self.routes().get(&tenant).cloned()
    }

    /// Whether visitors are let through.
    pub(crate) fn is_open(&self, tenant: TenantId) -> bool {
        self.routes().get(&tenant).is_some_and(|route| route.state == RouteState::Open)
    }

    /// Whom routes lead to.
    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        self.routes().keys().copied().collect()
    }

    /// Whether the file holds what is in force.
    pub(crate) async fn is_saved(&self) -> bool {
        let _nobody_writes_it = self.saving.lock().await;
        let table = self.table.borrow().clone();
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || match table_file::read(&file) {
            Ok(Some(loaded)) => loaded.dropped.is_empty() && loaded.table == *table,
            Ok(None) => table.routes().len() == 0,
            Err(_) => false,
        });
        read.await.unwrap_or(false)
    }

    fn routes(&self) -> std::sync::MutexGuard<'_, BTreeMap<TenantId, Route>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<TenantId, Route>)) {
        let mut routes = self.routes();
        change(&mut routes);
        // Sent under the lock, so that tables arrive in the order in which they were made.
        self.table.send_replace(Arc::new(RouteTable::new(routes.values().cloned().collect())));
    }

    /// Writes the table to its file. Returns when it is on disk.
    pub(crate) async fn save(&self) -> std::io::Result<()> {
        let one_at_a_time = Arc::clone(&self.saving).lock_owned().await;
        let table = self.table.borrow().clone();
        let file = self.file.clone();
        let saved = tokio::task::spawn_blocking(move || {
            let _until_it_is_written = one_at_a_time;
            table_file::save(&file, &table)
        });
        saved.await.map_err(std::io::Error::other)?.map_err(std::io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_save_that_was_cut_off_is_waited_for_by_the_next() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        let folder = tempfile::tempdir().unwrap();
        let (board, _table) = RouteBoard::load(folder.path().join("routes.json"));
        // Whoever writes to a pipe waits until somebody reads from it.
        let beside = folder.path().join("routes.json.new");
        mknodat(CWD, &beside, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();

        let cut_off = board.save().now_or_never();
        let is_writing = board.saving.try_lock().is_err();
        std::fs::read(&beside).unwrap();
        std::fs::remove_file(&beside).unwrap();
        let next = board.save().await;

        assert!(cut_off.is_none() && is_writing);
        next.unwrap();
        assert!(board.is_saved().await);
    }

    #[test]
    fn a_route_table_that_cannot_be_used_is_begun_anew_and_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("routes.json");
        for garbage in
            [&b""[..], b"{\"format\":1,\"routes\":[", b"\xff\xfe", b"{\"format\":99,\"routes\":[]}"]
        {
            std::fs::write(&file, garbage).unwrap();

            let (board, table) = RouteBoard::load(file.clone());

            assert_eq!(table.borrow().routes().count(), 0);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(board.save()).unwrap();
            assert!(table_file::load(&file).unwrap().is_some());
        }
    }
}
