//! How many connections are let in.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts the connections that are open, in all and per visitor.
#[derive(Debug)]
pub(crate) struct Admission {
    limit: usize,
    limit_per_address: usize,
    open: AtomicUsize,
    per_address: Mutex<HashMap<IpAddr, usize>>,
}

/// Leave to stay. Dropping it makes room for the next one.
#[derive(Debug)]
pub(crate) struct Pass {
    admission: Arc<Admission>,
    address: Option<IpAddr>,
}

impl Admission {
    pub(crate) fn new(limit: usize, limit_per_address: usize) -> Arc<Self> {
        let (open, per_address) = (AtomicUsize::new(0), Mutex::default());
        Arc::new(Self { limit, limit_per_address, open, per_address })
    }

    /// Lets a connection in. `None` means that there are too many, in all or from this address. A
    /// `spokesman` is a trusted proxy, behind which many visitors share one address.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr, spokesman: bool) -> Option<Pass> {
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.limit {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let mut pass = Pass { admission: Arc::clone(self), address: None };
        if !spokesman {
            let address = counted_as(address);
            let mut all = self.per_address.lock().unwrap_or_else(PoisonError::into_inner);
            let open = all.entry(address).or_default();
            if *open >= self.limit_per_address {
                return None;
            }
            *open += 1;
            pass.address = Some(address);
        }
        Some(pass)
    }
}

/// Whoever has one IPv6 address has at least the 2^64 of its network (RFC 6177).
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.admission.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(address) = self.address {
            let lock = self.admission.per_address.lock();
            let mut all = lock.unwrap_or_else(PoisonError::into_inner);
            if let Some(open) = all.get_mut(&address) {
                *open -= 1;
                if *open == 0 {
                    all.remove(&address);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_all_places() {
        let admission = Admission::new(3, 2);
        let one = address("192.0.2.1");
        let first = admission.admit(one, false);
        let second = admission.admit(one, false);
        assert!(first.is_some() && second.is_some());
        assert!(admission.admit(one, false).is_none());

        let other = admission.admit(address("192.0.2.2"), false);
        assert!(other.is_some());
        assert!(admission.admit(address("192.0.2.3"), false).is_none(), "all places are taken");

        drop(first);
        assert!(admission.admit(one, false).is_some());
    }

    #[test]
    fn a_trusted_proxy_counts_only_in_all() {
        let admission = Admission::new(3, 1);
        let proxy = address("10.0.0.1");
        let passes = [0, 1, 2].map(|_| admission.admit(proxy, true));

        assert!(passes.iter().all(Option::is_some));
        assert!(admission.admit(proxy, true).is_none());
    }

    #[test]
    fn the_addresses_of_one_network_count_as_one() {
        let admission = Admission::new(9, 1);
        let _first = admission.admit(address("2001:db8::1"), false);

        assert!(admission.admit(address("2001:db8::2"), false).is_none());
        assert!(admission.admit(address("2001:db8:0:1::1"), false).is_some());
    }

    #[test]
    fn nothing_is_remembered_of_those_who_left() {
        let admission = Admission::new(9, 1);
        drop(admission.admit(address("192.0.2.1"), false));

        assert!(admission.per_address.lock().unwrap().is_empty());
        assert_eq!(admission.open.load(Ordering::Relaxed), 0);
    }
}
