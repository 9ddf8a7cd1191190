//! What tenants may have together.

use berth_domain::Owner;
use berth_store::quotas::{Quota, Usage};

/// A quota, and what is used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaView {
    /// `None`: the whole organisation.
    pub owner: Option<Owner>,
    pub quota: Quota,
    /// Whether it is the configured one, because the owner has none of their own.
    pub is_default: bool,
    pub used: Usage,
}
