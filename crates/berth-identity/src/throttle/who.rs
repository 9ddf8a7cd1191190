//! Who is counted, in few bytes however long their names are.

use std::net::IpAddr;

use crate::token::TokenDigest;

/// What somebody tries to get into: an account by the name that was typed, whether there is one or
/// not, for one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Account([u8; 16]);

impl Account {
    /// Names that differ in case only are the same. Purposes (`password`, `totp`, `setup`) are counted
    /// apart.
    #[must_use]
    pub fn of(purpose: &str, name: &str) -> Self {
        let name = name.trim().to_lowercase();
        let digest = TokenDigest::of("throttle", &format!("{purpose}\0{name}"));
        let mut short = [0; 16];
        short.copy_from_slice(&digest.as_bytes()[..16]);
        Self(short)
    }
}

/// Where somebody comes from: one address of IPv4, or the 256 networks of IPv6 that a household gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(u64);

impl Network {
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            // No network of IPv6 begins with these bits: 2000::/3 is what there is.
            IpAddr::V4(address) => Self(0xffff_ff00_0000_0000 | u64::from(u32::from(address))),
            IpAddr::V6(address) => {
                let first_half = u128::from(address) >> 64;
                Self(u64::try_from(first_half).unwrap_or_default() & !0xff)
            }
        }
    }
}

/// One attempt: at what, from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caller {
    pub account: Account,
    pub network: Network,
}

impl Caller {
    pub(super) const fn pair(&self) -> (Account, Network) {
        (self.account, self.network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::of(text.parse().unwrap())
    }

    #[test]
    fn one_account_has_one_name_and_one_per_purpose() {
        let account = Account::of("password", "jo@example.com");

        assert_eq!(account, Account::of("password", " Jo@Example.COM"));
        assert_ne!(account, Account::of("totp", "jo@example.com"));
        assert_ne!(account, Account::of("password", "jo@example.org"));
    }

    #[test]
    fn an_address_of_ipv4_stands_alone_and_a_household_of_ipv6_together() {
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.1"));
        assert_eq!(network("2001:db8:0:1100::1"), network("2001:db8:0:11ff::2"));
        assert_ne!(network("2001:db8:0:1100::1"), network("2001:db8:0:1200::1"));
    }
}
