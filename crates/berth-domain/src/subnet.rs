//! Small networks out of our own pool.
//!
//! Engines hand out about thirty networks of their own before they run dry, so every tenant gets a
//! /28 from a pool that Berth numbers itself.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// A range of private addresses that is cut into networks of sixteen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubnetPool {
    base: u32,
    prefix: u8,
}

/// One network of sixteen addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subnet {
    base: u32,
}

/// The text is not a pool of networks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a network pool: write a private range such as `10.213.0.0/16`, /8 to /27")]
pub struct InvalidPool(pub String);

impl SubnetPool {
    /// Returns how many networks the pool holds.
    #[must_use]
    pub fn size(&self) -> u32 {
        1 << (28 - u32::from(self.prefix))
    }

    /// Returns the network with this number, `None` past the end of the pool.
    #[must_use]
    pub fn subnet(&self, index: u32) -> Option<Subnet> {
        (index < self.size()).then(|| Subnet { base: self.base + (index << 4) })
    }

    /// Whether an address range of the host (`network`/`prefix`) shares addresses with the pool.
    #[must_use]
    pub fn overlaps(&self, network: Ipv4Addr, prefix: u8) -> bool {
        let mask = mask(self.prefix.min(prefix));
        self.base & mask == u32::from(network) & mask
    }

    /// The first number from `from` on whose network shares no address with one of the ranges
    /// (`network`/`prefix`). The pool's size or more: there is none.
    #[must_use]
    pub fn first_clear(&self, from: u32, ranges: &[(Ipv4Addr, u8)]) -> u32 {
        let mut number = from;
        while let Some(subnet) = self.subnet(number) {
            let last = |&(network, prefix): &(Ipv4Addr, u8)| {
                let mask = mask(prefix.min(28));
                let in_it = subnet.base & mask == u32::from(network) & mask;
                in_it.then_some(subnet.base | !mask)
            };
            let Some(last) = ranges.iter().filter_map(last).max() else { return number };
            number = match last.checked_sub(self.base) {
                Some(behind) => (behind >> 4) + 1,
                None => return self.size(),
            };
        }
        number
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl Subnet {
    /// The address of the host inside the network.
    #[must_use]
    pub fn gateway(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.base + 1)
    }

    /// The address of the tenant's container.
    #[must_use]
    pub fn workload(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.base + 2)
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/28", Ipv4Addr::from(self.base))
    }
}

impl fmt::Display for SubnetPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.prefix)
    }
}

impl FromStr for SubnetPool {
    type Err = InvalidPool;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidPool(text.chars().take(60).collect());
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let address: Ipv4Addr = address.parse().map_err(|_| invalid())?;
        let prefix: u8 = prefix.parse().map_err(|_| invalid())?;
        let base = u32::from(address);
        let is_whole = || base & mask(prefix) == base;
        if !address.is_private() || !(8..=27).contains(&prefix) || !is_whole() {
            return Err(invalid());
        }
        Ok(Self { base, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_cut_into_numbered_networks() {
        let pool: SubnetPool = "10.213.0.0/16".parse().unwrap();
        let second = pool.subnet(1).unwrap();

        assert_eq!(pool.size(), 4096);
        assert_eq!(second.to_string(), "10.213.0.16/28");
        assert_eq!(second.gateway().to_string(), "10.213.0.17");
        assert_eq!(second.workload().to_string(), "10.213.0.18");
        assert_eq!(pool.subnet(4096), None);
    }

    #[test]
    fn a_pool_knows_what_it_would_collide_with() {
        let pool: SubnetPool = "10.213.0.0/16".parse().unwrap();

        assert!(pool.overlaps(Ipv4Addr::new(10, 213, 7, 0), 24));
        assert!(pool.overlaps(Ipv4Addr::new(10, 0, 0, 0), 8));
        assert!(!pool.overlaps(Ipv4Addr::new(172, 17, 0, 0), 16));
    }

    #[test]
    fn numbers_that_lead_elsewhere_are_passed_over() {
        let pool: SubnetPool = "10.213.0.0/24".parse().unwrap();
        let range = |text: &str, prefix| (text.parse::<Ipv4Addr>().unwrap(), prefix);
        let first = |from, ranges: &[_]| pool.first_clear(from, ranges);

        assert_eq!(first(3, &[]), 3);
        assert_eq!(first(0, &[range("172.17.0.0", 16)]), 0);
        assert_eq!(first(0, &[range("10.213.0.0", 28)]), 1);
        // One address of it is enough.
        assert_eq!(first(1, &[range("10.213.0.19", 32)]), 2);
        assert_eq!(first(0, &[range("10.213.0.16", 28), range("10.213.0.0", 28)]), 2);
        assert_eq!(first(1, &[range("10.213.0.0", 25), range("10.213.0.128", 28)]), 9);
        assert_eq!(first(0, &[range("10.213.0.0", 16)]), 4096);
        assert_eq!(first(16, &[]), 16);
    }

    #[test]
    fn public_or_crooked_ranges_are_refused() {
        for text in ["8.8.0.0/16", "10.213.0.1/16", "10.213.0.0/28", "10.213.0.0", "x/16"] {
            assert!(text.parse::<SubnetPool>().is_err(), "{text}");
        }
    }
}
