//! The installation itself.

use berth_api::v1 as api;
use berth_engine::view::{Check, DiskView, StatusView};

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
        console: view.console,
        claimed: view.claimed,
        disk: view.disk,
        postgres: view.postgres,
    }
}

pub(crate) fn disk(view: DiskView) -> api::Disk {
    let places = view.places.into_iter().map(|place| api::DiskPlace {
        name: place.name.to_owned(),
        path: place.path.display().to_string(),
        level: place.level.as_str().to_owned(),
        since: place.since,
        free_bytes: place.space.free.0,
        total_bytes: place.space.total.0,
        free_files: place.space.free_files,
        total_files: place.space.total_files,
    });
    let uses = view.uses.into_iter().map(|one| api::DiskUse {
        kind: one.kind.to_owned(),
        bytes: one.bytes.0,
        hint: one.hint.map(str::to_owned),
    });
    api::Disk { places: places.collect(), uses: uses.collect() }
}

pub(crate) fn check(check: Check) -> api::Check {
    api::Check {
        name: check.name.to_owned(),
        status: check.status.to_owned(),
        detail: check.detail,
        hint: check.hint,
    }
}
