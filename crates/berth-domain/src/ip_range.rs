//! Ranges of addresses.
//!
//! # Invariants
//!
//! * Bits of the network that do not count are 0.
//! * An address of IPv4 in the clothes of IPv6 is one of IPv4, wherever it is asked after.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses in CIDR notation (RFC 4632): `10.0.0.0/8`, `fd00::/8`, or a single address, which is
/// a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IpRange {
    network: IpAddr,
    prefix: u8,
}

/// The text is not a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a range of addresses: write it like `10.0.0.0/8` or `::1`")]
pub struct InvalidRange(pub String);

impl IpRange {
    /// A range of IPv4 that stands in the code.
    ///
    /// # Panics
    ///
    /// When it is crooked, which as a constant does not compile.
    #[must_use]
    pub const fn v4(network: [u8; 4], prefix: u8) -> Self {
        let network = Ipv4Addr::from_octets(network);
        let rest = 32_u32.checked_sub(prefix as u32).expect("an address has 32 bits");
        assert!(network.to_bits().trailing_zeros() >= rest, "bits that do not count are 0");
        Self { network: IpAddr::V4(network), prefix }
    }

    /// A range of IPv6 that stands in the code, by the first two groups of its network.
    ///
    /// # Panics
    ///
    /// As [`IpRange::v4`].
    #[must_use]
    pub const fn v6([first, second]: [u16; 2], prefix: u8) -> Self {
        let network = Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0);
        let rest = 128_u32.checked_sub(prefix as u32).expect("an address has 128 bits");
        assert!(network.to_bits().trailing_zeros() >= rest, "bits that do not count are 0");
        Self { network: IpAddr::V6(network), prefix }
    }

    /// Whether every address of its kind lies in the range.
    #[must_use]
    pub const fn is_everybody(&self) -> bool {
        self.prefix == 0
    }

    /// Whether the address lies in the range. An IPv4 address that came in over an IPv6 socket
    /// (`::ffff:192.0.2.1`) counts as the IPv4 address that it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                u32::from(network) == u32::from(address) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                u128::from(network) == u128::from(address) & mask
            }
            _ => false,
        }
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl FromStr for IpRange {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidRange(text.chars().take(60).collect());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().map_err(|_| invalid())?;
        let widest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|p| *p <= widest).ok_or_else(invalid)?,
            None => widest,
        };
        let range = Self { network, prefix };
        // `10.1.2.3/8` is more often a typing error than a wish.
        if range.contains(network) { Ok(range) } else { Err(invalid()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_addresses_and_no_others() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false),
        ];
        for (range, address, inside) in cases {
            let range: IpRange = range.parse().unwrap();
            assert_eq!(range.contains(address.parse().unwrap()), inside, "{range} {address}");
        }
    }

    #[test]
    fn a_range_is_shown_as_it_is_written() {
        for (text, shown) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("127.0.0.1", "127.0.0.1/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::1", "::1/128"),
            ("fd00::/8", "fd00::/8"),
        ] {
            assert_eq!(text.parse::<IpRange>().unwrap().to_string(), shown);
        }
        assert_eq!(IpRange::v4([10, 0, 0, 0], 8).to_string(), "10.0.0.0/8");
        assert_eq!(IpRange::v6([0x2000, 0], 3).to_string(), "2000::/3");
    }

    #[test]
    fn crooked_ranges_are_refused() {
        for text in [
            "",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10/8",
            "fd00::/129",
            "fd00::1/8",
            "10.0.0.0/",
            "localhost",
            // What it means is `10.0.0.0/8`, and no address would ever be in it.
            "::ffff:10.0.0.0/104",
        ] {
            assert!(text.parse::<IpRange>().is_err(), "{text}");
        }
    }
}
