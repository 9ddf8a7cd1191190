//! Which addresses may be reached.
//!
//! # Invariants
//!
//! * What is not public is refused unless the configuration names it: the host itself, its networks,
//!   those of tenants, the services that clouds keep at link-local addresses.
//! * IPv6 is the other way around: only what is global unicast, and carries no address of IPv4, is let
//!   through.

use std::net::IpAddr;

use berth_domain::IpRange;

/// What of IPv4 is not public (IANA's registry of special-purpose addresses).
const NOT_PUBLIC: [IpRange; 15] = [
    IpRange::v4([0, 0, 0, 0], 8),
    IpRange::v4([10, 0, 0, 0], 8),
    IpRange::v4([100, 64, 0, 0], 10),
    IpRange::v4([127, 0, 0, 0], 8),
    IpRange::v4([169, 254, 0, 0], 16),
    IpRange::v4([172, 16, 0, 0], 12),
    IpRange::v4([192, 0, 0, 0], 24),
    IpRange::v4([192, 0, 2, 0], 24),
    IpRange::v4([192, 88, 99, 0], 24),
    IpRange::v4([192, 168, 0, 0], 16),
    IpRange::v4([198, 18, 0, 0], 15),
    IpRange::v4([198, 51, 100, 0], 24),
    IpRange::v4([203, 0, 113, 0], 24),
    IpRange::v4([224, 0, 0, 0], 4),
    IpRange::v4([240, 0, 0, 0], 4),
];
const GLOBAL: IpRange = IpRange::v6([0x2000, 0], 3);
/// What of that is not public, or leads to an address of IPv4.
const NOT_GLOBAL: [IpRange; 4] = [
    IpRange::v6([0x2001, 0], 23),
    IpRange::v6([0x2001, 0x0db8], 32),
    IpRange::v6([0x2002, 0], 16),
    IpRange::v6([0x3fff, 0], 20),
];

/// Which addresses may be reached although they are not public, and which never.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The setting that names ranges, for whoever has to change it.
    pub setting: &'static str,
    /// What that setting names.
    pub allowed: Vec<IpRange>,
    /// The pool of tenants' networks, unless a range above names it.
    pub own: Vec<IpRange>,
}

impl Policy {
    /// Only what is public.
    #[must_use]
    pub const fn public(setting: &'static str) -> Self {
        Self { setting, allowed: Vec::new(), own: Vec::new() }
    }

    /// Whether an address may be reached.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        // An address of IPv4 in the clothes of IPv6 is one of IPv4.
        let address = address.to_canonical();
        self.is_named(address)
            || (is_public(address) && !self.own.iter().any(|it| it.contains(address)))
    }

    /// Whether the configuration names the address, and so vouches for the way there.
    #[must_use]
    pub fn is_named(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|range| range.contains(address))
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => !NOT_PUBLIC.iter().any(|range| range.contains(address)),
        IpAddr::V6(_) => {
            GLOBAL.contains(address) && !NOT_GLOBAL.iter().any(|range| range.contains(address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_what_is_public_may_be_reached() {
        let policy =
            Policy { setting: "x", allowed: Vec::new(), own: vec!["93.0.0.0/8".parse().unwrap()] };

        for text in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "192.169.0.1", "2a00:1450::1"] {
            assert!(policy.allows(ip(text)), "{text}");
        }
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "93.1.2.3",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "fe80::1",
            "fd00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!policy.allows(ip(text)), "{text}");
        }
    }

    #[test]
    fn what_the_configuration_names_may_be_reached_too() {
        let allowed = vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let policy = Policy { setting: "x", allowed, own: vec!["10.213.0.0/16".parse().unwrap()] };

        for text in ["10.1.2.3", "10.213.0.1", "::1", "::ffff:10.0.0.1"] {
            assert!(policy.allows(ip(text)), "{text}");
        }
        for text in ["127.0.0.1", "192.168.0.1", "::2"] {
            assert!(!policy.allows(ip(text)), "{text}");
        }
    }
}
