//! Quotas on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the tenants of an owner, or all of an organisation, may have together, and what they have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quota {
    /// `null`: all tenants of the organisation.
    pub owner: Option<String>,
    /// Whether it is the configured one, because the owner has none of their own.
    pub is_default: bool,
    pub most: QuotaBounds,
    pub used: QuotaUse,
}

/// The most there may be. `null`: no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuotaBounds {
    pub tenants: Option<u32>,
    /// Thousandths of one core.
    pub cpu_millis: Option<u64>,
    pub memory_bytes: Option<u64>,
    pub storage_bytes: Option<u64>,
}

/// What there is. Archived and deleted tenants count with their storage only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuotaUse {
    pub tenants: u32,
    /// Thousandths of one core.
    pub cpu_millis: u64,
    pub memory_bytes: u64,
    /// What the tenants may fill.
    pub storage_bytes: u64,
    /// What they do fill, as far as it was measured.
    #[serde(default)]
    pub stored_bytes: u64,
}

/// A quota to be set. What is left out is not bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaSet {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenants: Option<u32>,
    /// Cores: `8`, `0.5` or `1500m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// `16GiB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// `100GiB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
}
