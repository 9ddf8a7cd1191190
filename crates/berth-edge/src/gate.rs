//! Whether a request may go to its tenant now.
//!
//! # Invariants
//!
//! * Every request asks the newest table. A request that waits asks it again after each change.
//! * Berth's own probe passes where visitors do not yet, and nowhere else.

use std::sync::Arc;

use berth_domain::HostName;

use crate::metrics::Counted;
use crate::page::Refusal;
use crate::shared::Shared;
use crate::{Route, RouteState};

/// What becomes of a request to a route in some state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    Wait,
    Refuse(Refusal),
}

/// Says what becomes of a request.
pub(crate) fn verdict(state: RouteState, is_probe: bool) -> Verdict {
    match (state, is_probe) {
        (RouteState::Open, _) | (RouteState::Checking | RouteState::Held, true) => Verdict::Pass,
        (RouteState::Held, false) => Verdict::Wait,
        (RouteState::Checking, false) | (RouteState::Starting, _) => {
            Verdict::Refuse(Refusal::Starting)
        }
        (RouteState::Maintenance, _) => Verdict::Refuse(Refusal::Busy),
        (RouteState::Stopped, _) => Verdict::Refuse(Refusal::Stopped),
        (RouteState::Failed, _) => Verdict::Refuse(Refusal::Failed),
        (RouteState::Suspended, _) => Verdict::Refuse(Refusal::Suspended),
        (RouteState::Expired, _) => Verdict::Refuse(Refusal::Expired),
    }
}

/// A refusal with the route that it is about, if there is one.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) route: Option<Arc<Route>>,
}

/// Finds the route of a host, once a request may take it.
pub(crate) async fn pass(
    shared: &Shared,
    host: &HostName,
    is_probe: bool,
) -> Result<Arc<Route>, Refused> {
    let unknown = || Refused { refusal: Refusal::UnknownHost, route: None };
    let route = shared.routes.borrow().find_shared(host).ok_or_else(unknown)?;
    match verdict(route.state, is_probe) {
        Verdict::Pass => Ok(route),
        Verdict::Refuse(refusal) => Err(Refused { refusal, route: Some(route) }),
        Verdict::Wait => wait(shared, host, route).await,
    }
}

/// Waits until the tenant is not held any more, for as long as a request may wait.
async fn wait(shared: &Shared, host: &HostName, route: Arc<Route>) -> Result<Arc<Route>, Refused> {
    let tenant = shared.tenants.of(&route, shared.counts());
    let Some(_place) = tenant.wait(shared.config.limits.held_per_tenant) else {
        return Err(Refused { refusal: Refusal::Crowded, route: Some(route) });
    };
    let _waiting = Counted::in_gauge(&shared.metrics.held);
    let mut routes = shared.routes.clone();
    let settled = routes.wait_for(|table| {
        table.find(host).is_none_or(|route| verdict(route.state, false) != Verdict::Wait)
    });
    let now = match tokio::time::timeout(shared.config.hold, settled).await {
        Ok(Ok(table)) => table.find_shared(host),
        // Whoever writes the table is gone, so nothing will change any more.
        Ok(Err(_)) | Err(_) => {
            return Err(Refused { refusal: Refusal::Busy, route: Some(route) });
        }
    };
    let Some(route) = now else {
        return Err(Refused { refusal: Refusal::UnknownHost, route: None });
    };
    match verdict(route.state, false) {
        Verdict::Pass => Ok(route),
        Verdict::Wait => Err(Refused { refusal: Refusal::Busy, route: Some(route) }),
        Verdict::Refuse(refusal) => Err(Refused { refusal, route: Some(route) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_verdict() {
        let table: Vec<String> = RouteState::ALL
            .map(|state| {
                format!("{state:?}: {:?} / {:?}", verdict(state, false), verdict(state, true))
            })
            .to_vec();

        assert_eq!(
            table,
            [
                "Checking: Refuse(Starting) / Pass",
                "Open: Pass / Pass",
                "Held: Wait / Pass",
                "Starting: Refuse(Starting) / Refuse(Starting)",
                "Maintenance: Refuse(Busy) / Refuse(Busy)",
                "Stopped: Refuse(Stopped) / Refuse(Stopped)",
                "Failed: Refuse(Failed) / Refuse(Failed)",
                "Suspended: Refuse(Suspended) / Refuse(Suspended)",
                "Expired: Refuse(Expired) / Refuse(Expired)",
            ]
        );
    }
}
