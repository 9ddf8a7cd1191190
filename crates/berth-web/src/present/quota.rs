//! Quotas.

use berth_api::v1 as api;
use berth_engine::view::QuotaView;

pub(crate) fn quota(view: QuotaView) -> api::Quota {
    let QuotaView { owner, quota, is_default, used } = view;
    api::Quota {
        owner: owner.map(|owner| owner.to_string()),
        is_default,
        most: api::QuotaBounds {
            tenants: quota.tenants,
            cpu_millis: quota.cpu_millis,
            memory_bytes: quota.memory.map(|bytes| bytes.0),
            storage_bytes: quota.storage.map(|bytes| bytes.0),
        },
        used: api::QuotaUse {
            tenants: used.tenants,
            cpu_millis: used.cpu_millis,
            memory_bytes: used.memory.0,
            storage_bytes: used.storage.0,
            stored_bytes: used.stored.0,
        },
    }
}
