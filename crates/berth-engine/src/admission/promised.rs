//! What several that are asked for at once take from each other.

use std::collections::HashMap;

use berth_domain::{Bytes, Owner};
use berth_store::quotas::{Group, Usage};

use super::quota::Wanted;

/// What those are promised that were looked at before, on top of what there is.
#[derive(Debug, Default)]
pub(crate) struct Promised {
    /// By owner; `None` is everybody.
    usage: HashMap<Option<Owner>, Usage>,
    /// The limits of tenants that are to be made.
    pub(crate) new: Vec<Group>,
    /// By how much tenants that are there are to grow.
    pub(crate) memory: Bytes,
}

impl Promised {
    pub(crate) fn is_nothing(&self) -> bool {
        self.usage.is_empty()
    }

    /// Promises a tenant what it wants on top of what it has. `None`: it is not there yet.
    pub(crate) fn add(&mut self, wanted: &Wanted<'_>, had: Option<&Wanted<'_>>) {
        grow(self.usage.entry(None).or_default(), wanted, had);
        if let Some(owner) = wanted.owner {
            let had = had.filter(|had| had.owner == wanted.owner);
            grow(self.usage.entry(Some(owner.clone())).or_default(), wanted, had);
        }
        match had {
            None => {
                let Wanted { limits, own_cluster, .. } = *wanted;
                self.new.push(Group { limits, own_cluster, tenants: 1 });
            }
            Some(had) => {
                let more = wanted.limits.memory.0.saturating_sub(had.limits.memory.0);
                self.memory.0 = self.memory.0.saturating_add(more);
            }
        }
    }

    /// What is used, with what is promised. `None`: by everybody.
    pub(crate) fn beside(&self, used: Usage, owner: Option<&Owner>) -> Usage {
        let Some(more) = self.usage.get(&owner.cloned()) else { return used };
        Usage {
            tenants: used.tenants.saturating_add(more.tenants),
            cpu_millis: used.cpu_millis.saturating_add(more.cpu_millis),
            memory: Bytes(used.memory.0.saturating_add(more.memory.0)),
            storage: Bytes(used.storage.0.saturating_add(more.storage.0)),
            stored: used.stored,
        }
    }
}

/// Nothing that shrinks makes room: it may come last.
fn grow(usage: &mut Usage, wanted: &Wanted<'_>, had: Option<&Wanted<'_>>) {
    let storage = |wanted: &Wanted<'_>| wanted.storage.map_or(0, |bytes| bytes.0);
    let more =
        |value: &dyn Fn(&Wanted<'_>) -> u64| value(wanted).saturating_sub(had.map_or(0, value));
    usage.tenants = usage.tenants.saturating_add(u32::from(had.is_none()));
    let cpu_millis = more(&|wanted| u64::from(wanted.limits.cpu_millis));
    usage.cpu_millis = usage.cpu_millis.saturating_add(cpu_millis);
    let memory = more(&|wanted| wanted.limits.memory.0);
    usage.memory.0 = usage.memory.0.saturating_add(memory);
    usage.storage.0 = usage.storage.0.saturating_add(more(&storage));
}

#[cfg(test)]
mod tests {
    use berth_domain::{Limits, OrganisationId};

    use super::*;

    fn wanted(owner: &Owner, memory: u64) -> Wanted<'_> {
        Wanted {
            organisation: OrganisationId::from_uuid(uuid::Uuid::nil()),
            tenant: None,
            owner: Some(owner),
            limits: Limits { cpu_millis: 1000, memory: Bytes::mib(memory), pids: 256 },
            storage: Some(Bytes::mib(memory)),
            own_cluster: false,
        }
    }

    fn beside(promised: &Promised, owner: Option<&Owner>) -> (u32, u64, Bytes, Bytes) {
        let Usage { tenants, cpu_millis, memory, storage, .. } =
            promised.beside(Usage { tenants: 1, ..Usage::default() }, owner);
        (tenants, cpu_millis, memory, storage)
    }

    #[test]
    fn what_one_is_promised_is_used_for_the_next() {
        let (anna, ben): (Owner, Owner) = ("anna".parse().unwrap(), "ben".parse().unwrap());
        let mut promised = Promised::default();
        assert!(promised.is_nothing());

        promised.add(&wanted(&anna, 512), None);
        promised.add(&wanted(&anna, 1024), Some(&wanted(&anna, 768)));
        promised.add(&wanted(&ben, 512), Some(&wanted(&anna, 2048)));

        let mib = Bytes::mib;
        assert_eq!(beside(&promised, Some(&anna)), (2, 1000, mib(768), mib(768)));
        // Whoever gets somebody else's tenant gets all of it.
        assert_eq!(beside(&promised, Some(&ben)), (2, 1000, mib(512), mib(512)));
        assert_eq!(beside(&promised, None), (2, 1000, mib(768), mib(768)));
        assert_eq!((promised.new.len(), promised.memory), (1, mib(256)));
        let nobody = "nobody".parse().unwrap();
        assert_eq!(beside(&promised, Some(&nobody)), (1, 0, Bytes(0), Bytes(0)));
    }
}
