//! Sources of ids: one that counts, and the real one.

use std::sync::atomic::{AtomicU64, Ordering};

use berth_domain::IdSource;
use uuid::{Builder, Uuid};

/// Counts. Ids look like UUIDs of version 7, rise, and are different at both ends, so that names
/// made of the tail differ as well.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

/// The first millisecond of 2026 in UTC.
const START: u64 = 1_767_225_600_000;

impl IdSource for SequentialIds {
    fn uuid(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&count.to_be_bytes());
        Builder::from_unix_timestamp_millis(START + count, &tail).into_uuid()
    }
}

/// What the product uses, for tests of the whole stack.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the real source of ids")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use berth_domain::TenantId;

    use super::*;

    #[test]
    fn counted_ids_are_of_version_seven_and_rise() {
        let ids = SequentialIds::default();
        let uuids: Vec<Uuid> = (0..300).map(|_| ids.uuid()).collect();

        assert!(uuids.is_sorted());
        assert!(uuids.iter().all(|uuid| uuid.get_version_num() == 7));
    }

    #[test]
    fn object_names_of_counted_ids_differ() {
        let ids = SequentialIds::default();
        let names: BTreeSet<String> =
            (0..300).map(|_| TenantId::from_uuid(ids.uuid()).object_name().to_string()).collect();

        assert_eq!(names.len(), 300);
    }
}
