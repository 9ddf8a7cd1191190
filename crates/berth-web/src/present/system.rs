//! The installation itself.

use berth_api::v1 as api;
use berth_engine::view::{Check, StatusView};

pub(crate) fn status(view: StatusView) -> api::Status {
    api::Status {
        version: view.version.to_owned(),
        build: view.build,
        home: view.home,
        home_id: view.home_id,
        edge: view.edge,
        pid: view.pid,
        tenants: view.tenants,
        operations_at_work: view.operations_at_work,
        orphans: view.orphans,
        role: view.role.to_owned(),
        sockets: view.sockets.to_owned(),
        claimed: view.claimed,
    }
}

pub(crate) fn check(check: Check) -> api::Check {
    api::Check {
        name: check.name.to_owned(),
        status: check.status.to_owned(),
        detail: check.detail,
        hint: check.hint,
    }
}
