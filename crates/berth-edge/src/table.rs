//! Which host name leads to which tenant.
//!
//! # Invariants
//!
//! * A table never changes. A change is a new table, sent through a `watch` channel, and the next
//!   request sees it.
//! * One host name leads to one tenant. A second route for the same host is refused, not merged.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::Arc;

use berth_domain::{HostName, Language, ObjectName, TenantId, TenantName};

/// One host name and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub host: HostName,
    pub tenant: TenantId,
    pub name: TenantName,
    /// The tenant's database; only the access log speaks of it.
    pub database: ObjectName,
    pub state: RouteState,
    /// Where the tenant listens. `None` while it has no container: visitors then get a page.
    pub upstream: Option<Upstream>,
    /// The language of the pages that the edge itself shows. `None` asks the visitor's browser.
    pub language: Option<Language>,
}

/// Where a tenant listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Upstream {
    /// Odoo's `http_port`.
    pub http: SocketAddr,
    /// Odoo's `gevent_port`, which exists only when it runs more than zero workers. `/websocket` and
    /// `/longpolling` go there; `None` sends them to `http`, which then serves them itself.
    pub websocket: Option<SocketAddr>,
}

/// What a visitor of the host gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouteState {
    /// Not yet proven to work: visitors wait with a page, Berth's own probe passes.
    Checking,
    /// Requests pass.
    Open,
    /// Requests wait, for a bounded time, until the state changes. Berth's own probe passes.
    Held,
    /// On its way up: visitors wait with a page.
    Starting,
    /// Being worked on for longer than anybody waits: visitors see a page that says so.
    Maintenance,
    /// Stopped on purpose.
    Stopped,
    /// Broken; a person has to look.
    Failed,
    /// Closed to visitors by whoever runs the installation.
    Suspended,
    /// Closed to visitors because its time was over.
    Expired,
}

impl RouteState {
    /// Every state, in the order of a tenant's life.
    pub const ALL: [Self; 9] = [
        Self::Checking,
        Self::Open,
        Self::Held,
        Self::Starting,
        Self::Maintenance,
        Self::Stopped,
        Self::Failed,
        Self::Suspended,
        Self::Expired,
    ];
}

/// All routes at one moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RouteTable {
    by_host: HashMap<HostName, Arc<Route>>,
}

impl RouteTable {
    /// Makes a table. Of two routes with the same host the first one stays and the other is
    /// reported in the log: showing a visitor the wrong tenant is worse than showing none.
    #[must_use]
    pub fn new(routes: Vec<Route>) -> Self {
        let mut by_host = HashMap::with_capacity(routes.len());
        for route in routes {
            match by_host.entry(route.host.clone()) {
                Entry::Vacant(free) => {
                    free.insert(Arc::new(route));
                }
                Entry::Occupied(taken) => {
                    let first: &Arc<Route> = taken.get();
                    tracing::error!(
                        host = %route.host, tenant.id = %route.tenant, first = %first.tenant,
                        "two routes claim the host `{}`; the second one is left out", route.host
                    );
                }
            }
        }
        Self { by_host }
    }

    /// Finds where a host leads. `None` means that no tenant has it.
    #[must_use]
    pub fn find(&self, host: &HostName) -> Option<&Route> {
        self.by_host.get(host).map(Arc::as_ref)
    }

    /// Lists all routes, in no particular order.
    pub fn routes(&self) -> impl ExactSizeIterator<Item = &Route> {
        self.by_host.values().map(Arc::as_ref)
    }

    /// Finds a route to keep beyond the life of this table.
    pub(crate) fn find_shared(&self, host: &HostName) -> Option<Arc<Route>> {
        self.by_host.get(host).cloned()
    }
}
