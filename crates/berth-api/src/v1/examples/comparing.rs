//! Tenants as they are to be.

use super::ETAG;
use crate::v1::{
    FieldDifference, FieldProblem, TenantComparison, TenantDifference, TenantSet, TenantWish,
};

#[must_use]
pub fn tenant_wish() -> TenantWish {
    TenantWish {
        name: "acme".to_owned(),
        cpu: Some("2".to_owned()),
        memory: Some("2GiB".to_owned()),
        owner: Some("anna@acme.example".to_owned()),
        tags: Some(vec!["vip".to_owned()]),
        expires: Some("2026-12-31".to_owned()),
        ..TenantWish::default()
    }
}

#[must_use]
pub fn tenant_comparison() -> TenantComparison {
    TenantComparison {
        tenants: vec![tenant_wish()],
        mark: Some("from-files".to_owned()),
        prune: true,
    }
}

/// One with memory and a tag that are to be others, and a host that cannot be.
#[must_use]
pub fn tenant_difference() -> TenantDifference {
    let differs = |field: &str, before: &str, after: &str| FieldDifference {
        field: field.to_owned(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    };
    TenantDifference {
        name: "acme".to_owned(),
        etag: Some(ETAG.to_owned()),
        action: "set".to_owned(),
        fields: vec![
            differs("host", "acme.localhost", "www.acme.example"),
            differs("memory", "1GiB", "2GiB"),
            FieldDifference { before: None, ..differs("tags", "", "vip") },
        ],
        problems: vec![FieldProblem {
            field: "host".to_owned(),
            message: "this cannot be changed any more: it is acme.localhost".to_owned(),
            hint: Some(
                "give it another host with `berth tenant rename acme acme --host www.acme.example`"
                    .to_owned(),
            ),
        }],
        set: Some(TenantSet {
            memory: Some("2GiB".to_owned()),
            add_tags: vec!["vip".to_owned()],
            ..TenantSet::default()
        }),
    }
}
