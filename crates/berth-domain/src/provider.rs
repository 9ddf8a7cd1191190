//! Foreign providers, at which people sign in: who of those that they vouch for is let in, and as what.
//!
//! # Invariants
//!
//! * Who somebody is at a provider is the pair of issuer and subject. An address is only a way to meet
//!   them once, and only one that the provider verified and the configuration lets it vouch for.
//! * An operator's account is never met by an address.
//! * Roles that groups brought are taken away when the groups do not bring them any more; what was
//!   given by hand stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::OrganisationId;
use crate::access::Role;
use crate::locale::checked_text;

checked_text!(
    /// What a provider is called in addresses, in the audit and on the command line.
    ProviderId,
    InvalidProviderId,
    "`{0}` is no id of a provider: use 1 to 40 of a-z, 0-9 and `-`, beginning with a letter",
    |text| (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
);

checked_text!(
    /// A path of the console, to which a browser is sent back: of this host, whatever stands in it.
    ReturnPath,
    InvalidReturnPath,
    "this is not a path of the console: it begins with one `/` and has at most 500 plain characters",
    |text| text.len() <= 500
        && text.starts_with('/')
        && !text.starts_with("//")
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
);

/// What a group brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupRole {
    /// Running the installation.
    Operator,
    /// A role in the organisation of this name.
    In { organisation: String, role: Role },
}

/// What the configuration lets a provider do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Whether an address counts that the provider says it verified.
    pub vouches_for_addresses: bool,
    /// Whether somebody may come of whom nobody here has heard.
    pub lets_in_strangers: bool,
}

/// What an address is worth that a provider gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// It is this person's.
    Believed,
    /// Anybody could have typed it, or the provider may not vouch for it.
    NotBelieved,
    /// There is none.
    Missing,
}

/// The account of such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub is_operator: bool,
    pub is_disabled: bool,
    /// Whether somebody of this provider is linked with it already: then this is somebody else.
    pub is_linked_here: bool,
}

/// Why somebody without an account might get one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons {
    pub has_group: bool,
    pub is_invited: bool,
    pub lets_in_strangers: bool,
}

/// How somebody is let in who was never here by this provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// To the account of their address, which is linked from now on.
    Link,
    /// To a new account.
    Make,
}

/// Why somebody is not let in whom a provider vouches for. For the log and the audit: they are all told
/// the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.why())]
pub enum NotWelcome {
    NoAddress,
    NotBelieved,
    Operator,
    SomebodyElse,
    Disabled,
    Stranger,
}

impl NotWelcome {
    /// The same in words.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::NoAddress => "the provider says no address, and an account has one",
            Self::NotBelieved => {
                "the address does not count: it is not verified, or the provider may not vouch for it"
            }
            Self::Operator => "an operator's account is linked by its owner only",
            Self::SomebodyElse => {
                "the account of the address is linked with somebody else of this provider"
            }
            Self::Disabled => "the account is disabled",
            Self::Stranger => "they are in no group that brings a role, and were not invited",
        }
    }
}

/// Decides about somebody whom a provider vouches for and who is linked with no account. `account` is
/// that of their address.
pub fn welcome(
    address: Address,
    account: Option<Account>,
    reasons: Reasons,
) -> Result<Welcome, NotWelcome> {
    match (address, account) {
        (Address::Missing, _) => Err(NotWelcome::NoAddress),
        (Address::NotBelieved, _) => Err(NotWelcome::NotBelieved),
        (Address::Believed, Some(Account { is_disabled: true, .. })) => Err(NotWelcome::Disabled),
        (Address::Believed, Some(Account { is_operator: true, .. })) => Err(NotWelcome::Operator),
        (Address::Believed, Some(Account { is_linked_here: true, .. })) => {
            Err(NotWelcome::SomebodyElse)
        }
        (Address::Believed, Some(_)) => Ok(Welcome::Link),
        (Address::Believed, None) => {
            let Reasons { has_group, is_invited, lets_in_strangers } = reasons;
            let has_any = has_group || is_invited || lets_in_strangers;
            if has_any { Ok(Welcome::Make) } else { Err(NotWelcome::Stranger) }
        }
    }
}

/// One role that is to be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regroup {
    Give(OrganisationId, Role),
    Take(OrganisationId),
}

/// What is to change so that somebody has the roles that their groups bring. `had` is what the groups
/// of the same provider brought before.
#[must_use]
pub fn regroup(
    had: &BTreeMap<OrganisationId, Role>,
    brought: &BTreeSet<(OrganisationId, Role)>,
) -> Vec<Regroup> {
    // Of several in one organisation the highest, which comes last.
    let wanted: BTreeMap<_, _> = brought.iter().copied().collect();
    let given = wanted.iter().filter(|(organisation, role)| had.get(organisation) != Some(role));
    let given = given.map(|(organisation, role)| Regroup::Give(*organisation, *role));
    let taken = had.keys().filter(|organisation| !wanted.contains_key(organisation));
    given.chain(taken.map(|organisation| Regroup::Take(*organisation))).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const PLAIN: Account =
        Account { is_operator: false, is_disabled: false, is_linked_here: false };
    const NONE: Reasons = Reasons { has_group: false, is_invited: false, lets_in_strangers: false };

    #[test]
    fn an_address_that_does_not_count_opens_nothing() {
        let all = Reasons { has_group: true, is_invited: true, lets_in_strangers: true };

        for account in [None, Some(PLAIN)] {
            let not_believed = welcome(Address::NotBelieved, account, all);
            assert_eq!(not_believed, Err(NotWelcome::NotBelieved));
            assert_eq!(welcome(Address::Missing, account, all), Err(NotWelcome::NoAddress));
        }
    }

    #[test]
    fn an_account_is_met_by_its_address_once_and_an_operators_never() {
        let met = |account| welcome(Address::Believed, Some(account), NONE);

        assert_eq!(met(PLAIN), Ok(Welcome::Link));
        assert_eq!(met(Account { is_operator: true, ..PLAIN }), Err(NotWelcome::Operator));
        assert_eq!(met(Account { is_linked_here: true, ..PLAIN }), Err(NotWelcome::SomebodyElse));
        assert_eq!(met(Account { is_disabled: true, ..PLAIN }), Err(NotWelcome::Disabled));
    }

    #[test]
    fn somebody_new_needs_a_reason() {
        let new = |reasons| welcome(Address::Believed, None, reasons);

        assert_eq!(new(NONE), Err(NotWelcome::Stranger));
        assert_eq!(new(Reasons { has_group: true, ..NONE }), Ok(Welcome::Make));
        assert_eq!(new(Reasons { is_invited: true, ..NONE }), Ok(Welcome::Make));
        assert_eq!(new(Reasons { lets_in_strangers: true, ..NONE }), Ok(Welcome::Make));
    }

    #[test]
    fn roles_follow_groups_and_the_highest_counts() {
        let [one, two, three] = [1, 2, 3].map(|n| OrganisationId::from_uuid(Uuid::from_u128(n)));
        let had = BTreeMap::from([(one, Role::Viewer), (two, Role::Admin)]);
        let brought = BTreeSet::from([
            (one, Role::Viewer),
            (one, Role::Admin),
            (one, Role::Member),
            (three, Role::Viewer),
        ]);

        let changes = regroup(&had, &brought);

        let expected = [
            Regroup::Give(one, Role::Admin),
            Regroup::Give(three, Role::Viewer),
            Regroup::Take(two),
        ];
        assert_eq!(changes, expected);
        assert_eq!(regroup(&had, &had.clone().into_iter().collect()), []);
    }

    #[test]
    fn a_way_back_stays_on_this_host() {
        for path in ["/", "/tenants?state=running#top", "/a//b", "/%2f%2fevil.example"] {
            assert!(path.parse::<ReturnPath>().is_ok(), "{path}");
        }
        for path in [
            "",
            "tenants",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/ a",
            "/a\r\nb",
            "/é",
        ] {
            assert!(path.parse::<ReturnPath>().is_err(), "{path}");
        }
        assert!(format!("/{}", "a".repeat(500)).parse::<ReturnPath>().is_err());
    }

    #[test]
    fn an_id_fits_into_an_address() {
        for id in ["corp", "a", "entra-id-2"] {
            assert!(id.parse::<ProviderId>().is_ok(), "{id}");
        }
        for id in ["", "Corp", "1st", "-a", "a/b", "a b", "ü", &"a".repeat(41)] {
            assert!(id.parse::<ProviderId>().is_err(), "{id}");
        }
    }
}
