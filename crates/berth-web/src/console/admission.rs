//! How many connections are let in.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts connections, in all and by address.
#[derive(Debug)]
pub(super) struct Admission {
    most: usize,
    most_of_one: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// Leave to stay. Dropping it makes room for the next one.
#[derive(Debug)]
pub(super) struct Pass {
    admission: Arc<Admission>,
    /// `None`: a proxy, behind which many share one address.
    address: Option<IpAddr>,
}

impl Admission {
    pub(super) fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        Arc::new(Self { most, most_of_one, counts: Mutex::default() })
    }

    /// Lets a connection in. `None`: there are too many, in all or from there.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Option<Pass> {
        let address = (!is_proxy).then(|| network_of(address));
        let mut counts = self.counts();
        if counts.all >= self.most {
            return None;
        }
        if let Some(address) = address {
            let open = counts.of.get(&address).copied().unwrap_or_default();
            if open >= self.most_of_one {
                return None;
            }
            counts.of.insert(address, open + 1);
        }
        counts.all += 1;
        drop(counts);
        Some(Pass { admission: Arc::clone(self), address })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut counts = self.admission.counts();
        counts.all -= 1;
        let Some(address) = self.address else { return };
        match counts.of.get_mut(&address) {
            Some(open) if *open > 1 => *open -= 1,
            _ => drop(counts.of.remove(&address)),
        }
    }
}

/// Whoever has one address of IPv6 has at least the 2^64 of its network (RFC 6177).
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_network_cannot_take_all_places_and_leaves_nothing_behind() {
        let admission = Admission::new(3, 2);
        let first = admission.admit(address("2001:db8::1"), false);
        let second = admission.admit(address("2001:db8::2"), false);
        assert!(first.is_some() && second.is_some());
        assert!(admission.admit(address("2001:db8::3"), false).is_none());

        let other = admission.admit(address("192.0.2.1"), false);
        assert!(other.is_some());
        assert!(admission.admit(address("192.0.2.2"), false).is_none(), "all places are taken");

        drop((first, second, other));
        let counts = admission.counts();
        assert_eq!((counts.all, counts.of.len()), (0, 0));
    }

    #[test]
    fn a_proxy_counts_only_in_all() {
        let admission = Admission::new(2, 1);
        let passes = [0, 1].map(|_| admission.admit(address("10.0.0.1"), true));

        assert!(passes.iter().all(Option::is_some));
        assert!(admission.admit(address("10.0.0.1"), true).is_none());
    }
}
