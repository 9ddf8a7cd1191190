//! What belongs to nobody, worded.

use berth_domain::Timestamp;
use berth_engine::view::OrphanView;

use super::ADOPT;
use crate::pages::link::link;
use crate::pages::words::{ago, capitalised, size};

/// One thing.
#[derive(Debug)]
pub(super) struct Row {
    /// `database/t_0123456789`: by which it is chosen.
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) why: String,
    /// Empty: it has none, or nobody knows it.
    pub(super) size: String,
    pub(super) since: String,
    pub(super) is_new: bool,
    /// Where a tenant is made of it. `None`: it is none that could be.
    pub(super) adopt: Option<String>,
}

impl Row {
    pub(super) fn of(orphan: &OrphanView, now: Timestamp) -> Self {
        let OrphanView { what, first_seen, why, size: bytes, is_new, can_be_adopted } = orphan;
        let key = what.to_string();
        Self {
            adopt: can_be_adopted.then(|| link(ADOPT, [("orphan", Some(key.as_str()))])),
            key,
            kind: capitalised(what.kind.as_str()),
            name: what.name.clone(),
            why: capitalised(why),
            size: bytes.map(size).unwrap_or_default(),
            since: ago(*first_seen, now),
            is_new: *is_new,
        }
    }
}
