//! The query of lists: which part of them.

use berth_api::v1 as api;
use berth_engine::request::PageRequest;
use berth_engine::view::Listing;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which part of a list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Paged {
    /// In which order: what the list comes in when nobody says, or that with `-` in front, from the last
    /// to the first.
    sort: Option<String>,
    /// What `next` of the page before is.
    after: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

impl From<Paged> for PageRequest {
    fn from(Paged { sort, after, limit }: Paged) -> Self {
        Self { sort, after, limit }
    }
}

/// One page on the wire.
pub(crate) fn page<T, U>(listing: Listing<T>, present: impl FnMut(T) -> U) -> api::List<U> {
    let Listing { items, next } = listing.map(present);
    api::List { items, next }
}
