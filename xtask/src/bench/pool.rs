//! A range for networks that nobody uses.
//!
//! # Invariants
//!
//! * Two benchmarks at the same time never have the same range: each holds the lock of its own for as
//!   long as it runs, and the kernel frees it however that ends.

use std::fs::File;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::engine::Engine;

/// Every pool is of this size: 256 networks of one tenant each.
const PREFIX: u8 = 20;
/// The pools lie in this range, behind those of the tests.
const FIRST: Ipv4Addr = Ipv4Addr::new(10, 214, 48, 0);
const LAST: Ipv4Addr = Ipv4Addr::new(10, 214, 240, 0);

/// A first address and how many bits of it count.
type Range = (Ipv4Addr, u8);

/// A range that is this process's own until this is dropped.
#[derive(Debug)]
pub(super) struct Pool {
    first: Ipv4Addr,
    _lock: File,
}

impl Pool {
    /// Takes the first range that overlaps neither what the host reaches nor what the engine made,
    /// and that no other benchmark has.
    pub(super) fn take(engine: &Engine) -> Result<Self> {
        let routes = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
        let mut used = routes_in(&routes);
        used.extend(engine.subnets()?.iter().filter_map(|subnet| range(subnet)));
        for first in free(&used) {
            if let Some(lock) = lock(first) {
                return Ok(Self { first, _lock: lock });
            }
        }
        bail!(
            "every range from {FIRST}/{PREFIX} to {LAST}/{PREFIX} is in use: \
             end other benchmarks, or remove networks of the engine"
        )
    }
}

impl std::fmt::Display for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{PREFIX}", self.first)
    }
}

/// `None` when somebody else holds it, or keeps us from asking.
fn lock(first: Ipv4Addr) -> Option<File> {
    let path = PathBuf::from(format!("/var/tmp/berth-bench-{first}.lock"));
    let file = File::open(&path).or_else(|_| File::create(&path)).ok()?;
    file.try_lock().is_ok().then_some(file)
}

/// Pools that overlap nothing that is in use.
fn free(used: &[Range]) -> impl Iterator<Item = Ipv4Addr> {
    let step = 1usize << (32 - PREFIX);
    let all = (FIRST.to_bits()..=LAST.to_bits()).step_by(step).map(Ipv4Addr::from_bits);
    all.filter(|first| !used.iter().any(|used| overlap(*used, (*first, PREFIX))))
}

fn overlap((one, one_prefix): Range, (other, other_prefix): Range) -> bool {
    let bits = u32::from(32 - one_prefix.min(other_prefix).min(32));
    let shared = |address: Ipv4Addr| u64::from(address.to_bits()) >> bits;
    shared(one) == shared(other)
}

/// Reads `10.214.48.0/28`. `None` for what is not of IPv4.
fn range(text: &str) -> Option<Range> {
    let (address, prefix) = text.split_once('/')?;
    Some((address.parse().ok()?, prefix.parse().ok().filter(|prefix| *prefix <= 32)?))
}

/// Reads `/proc/net/route`: destination and mask are hexadecimal, their least significant byte first.
/// The default route leads everywhere and so says nothing.
fn routes_in(text: &str) -> Vec<Range> {
    let number = |hex: &str| u32::from_str_radix(hex, 16).ok().map(u32::swap_bytes);
    let route = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let mask = number(columns.get(7)?)?;
        Some((Ipv4Addr::from_bits(number(columns.get(1)?)?), u8::try_from(mask.count_ones()).ok()?))
    };
    text.lines().skip(1).filter_map(route).filter(|(_, prefix)| *prefix > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> Vec<Range> {
        texts.iter().map(|text| range(text).unwrap()).collect()
    }

    #[test]
    fn what_is_in_use_is_left_alone() {
        let used = ranges(&["172.17.0.0/16", "10.214.48.16/28", "10.214.79.240/28"]);

        assert_eq!(free(&used).next(), Some(Ipv4Addr::new(10, 214, 80, 0)));
    }

    #[test]
    fn the_first_pool_is_taken_where_nothing_is_in_use() {
        assert_eq!(free(&[]).next(), Some(FIRST));
        assert_eq!(free(&[]).last(), Some(LAST));
    }

    #[test]
    fn a_route_to_all_of_it_leaves_nothing() {
        assert_eq!(free(&ranges(&["10.0.0.0/8"])).next(), None);
    }

    #[test]
    fn a_range_has_one_holder() {
        // Of no pool, so that no benchmark is disturbed.
        let address = Ipv4Addr::new(192, 0, 2, 1);
        let held = lock(address);

        assert!(held.is_some());
        assert!(lock(address).is_none());
        drop(held);
        assert!(lock(address).is_some());
        std::fs::remove_file(format!("/var/tmp/berth-bench-{address}.lock")).unwrap();
    }

    #[test]
    fn routes_are_read_as_the_kernel_writes_them() {
        let text = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
                    eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\n\
                    br-1\t1030D60A\t00000000\t0001\t0\t0\t0\tF0FFFFFF\n";

        assert_eq!(routes_in(text), ranges(&["10.214.48.16/28"]));
        assert_eq!(range("fd00::/64"), None);
    }
}
