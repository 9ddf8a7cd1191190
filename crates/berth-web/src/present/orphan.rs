//! What belongs to nobody.

use berth_api::v1 as api;
use berth_engine::view::{OrphanView, OrphansView, RemovalView};

pub(crate) fn orphans(view: OrphansView) -> api::Orphans {
    let OrphansView { found, unseen } = view;
    api::Orphans { items: found.into_iter().map(orphan).collect(), unseen }
}

fn orphan(view: OrphanView) -> api::Orphan {
    let OrphanView { what, first_seen, why, size, is_new, can_be_adopted } = view;
    let adopt = can_be_adopted.then_some("adopt");
    api::Orphan {
        kind: what.kind.as_str().to_owned(),
        name: what.name,
        first_seen,
        is_new,
        reason: why,
        size_bytes: size.map(|size| size.0),
        actions: adopt.into_iter().chain(["remove"]).map(str::to_owned).collect(),
    }
}

pub(crate) fn removed(view: RemovalView) -> api::OrphanRemoved {
    let RemovalView { what, problem } = view;
    api::OrphanRemoved { kind: what.kind.as_str().to_owned(), name: what.name, problem }
}
