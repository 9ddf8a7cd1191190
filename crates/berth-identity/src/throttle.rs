//! How fast somebody may guess.
//!
//! # Invariants
//!
//! * A decision of what was asked before, and of a clock that is passed in; nothing else.
//! * An attempt counts as failed from when it is let in until it says that it succeeded: a thousand at
//!   once are not a thousand free ones.
//! * Whoever is told to wait is let in after that time, whatever others do meanwhile from elsewhere.
//!   So no stranger can lock anybody out of an account, only slow a first attempt from a new network
//!   by [`Rules::account`]'s longest wait. `docs/adr/0016` has the reasons and the price.
//! * Memory is bounded: of too many, the coolest are forgotten. Whoever is told to wait by what they did
//!   themselves is not remembered anew for it: one network fills no table with names that it invents.
//!
//! Deliberately absent: locks, and files. A restart forgets; nobody who can cause one needs to guess.

mod heat;
mod table;
mod who;

use std::time::Duration;

use berth_domain::Timestamp;
pub use heat::Rule;
use heat::{Heat, Visit};
use table::Table;
pub use who::{Account, Caller, Network};

/// The rules for each that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// All attempts at one account. Its waits are short, because they hit its owner too.
    pub account: Rule,
    /// All attempts from one network, at any accounts. Generous: an office is one network.
    pub network: Rule,
    /// Attempts at one account from one network.
    pub pair: Rule,
    /// How many of each are remembered.
    pub remembered: usize,
}

impl Default for Rules {
    fn default() -> Self {
        let rule = |free, first, longest, forget| Rule {
            free,
            first: Duration::from_secs(first),
            longest: Duration::from_secs(longest),
            forget: Duration::from_secs(forget),
        };
        Self {
            account: rule(20, 1, 30, 15 * 60),
            network: rule(30, 1, 5 * 60, 5 * 60),
            pair: rule(5, 2, 15 * 60, 30 * 60),
            remembered: 20_000,
        }
    }
}

/// Whether an attempt may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    /// Judge it. It counts as failed until [`Throttle::succeeded`] is told otherwise.
    Go,
    /// Do not even look at it: asked again after this time, the answer is another one.
    Wait(Duration),
}

/// Everything that is remembered of attempts.
#[derive(Debug, Clone)]
pub struct Throttle {
    rules: Rules,
    accounts: Table<Account, Heat>,
    networks: Table<Network, Visit>,
    pairs: Table<(Account, Network), Visit>,
}

impl Throttle {
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            accounts: Table::of(rules.remembered),
            networks: Table::of(rules.remembered),
            pairs: Table::of(rules.remembered),
        }
    }

    /// Asks before an attempt is judged.
    pub fn ask(&mut self, caller: &Caller, now: Timestamp) -> Answer {
        let Rules { account, network, pair, .. } = self.rules;
        let heat = self.accounts.get(&caller.account).copied().unwrap_or_else(|| Heat::none(now));
        let slowed = account.wait(heat.failures(&account, now));
        let longest = pair.longest.max(account.longest);

        let of_network = self.networks.get(&caller.network).copied();
        let of_network = of_network.unwrap_or_else(|| Visit::first(now, Duration::ZERO));
        let of_network = of_network.sane(network.longest, now);
        let known = self.pairs.get(&caller.pair()).copied();
        let of_pair = known.unwrap_or_else(|| Visit::first(now, slowed)).sane(longest, now);

        let wait = of_pair.wait(now).max(of_network.wait(now));
        if !wait.is_zero() {
            // Whom nothing but their network makes wait was promised nothing that is worth a place: one
            // network asks for any number of accounts.
            if known.is_some() || !of_pair.wait(now).is_zero() {
                self.put_pair(caller, of_pair, now);
            }
            self.networks.change(&caller.network, |_| of_network);
            return Answer::Wait(wait);
        }
        let heat = heat.warmer(&account, now);
        let slowed = account.wait(heat.failures(&account, now));
        self.put_pair(caller, of_pair.attempted(&pair, slowed, now), now);
        let of_network = of_network.attempted(&network, Duration::ZERO, now);
        self.networks.put(caller.network, of_network, |it| it.rank(&network, now));
        self.accounts.put(caller.account, heat, |it| it.rank(&account, now));
        Answer::Go
    }

    /// Takes back what an attempt cost that was let in and was right. What others did stays counted.
    pub fn succeeded(&mut self, caller: &Caller, now: Timestamp) {
        self.pairs.remove(&caller.pair());
        self.halfway(caller, now);
    }

    /// Takes back what an attempt cost that was let in and was right as far as it went, but did not let
    /// anybody in. Only this account from this network pays: it is not tried without end.
    pub fn halfway(&mut self, caller: &Caller, now: Timestamp) {
        let Rules { account, network, .. } = self.rules;
        self.accounts.change(&caller.account, |heat| heat.cooler(&account, now));
        self.networks.change(&caller.network, |visit| visit.refunded(&network, now));
    }

    /// Forgets everything about an account: for whoever can reach the host.
    pub fn forget(&mut self, account: Account) {
        self.accounts.remove(&account);
        self.pairs.remove_where(|(of, _)| *of == account);
    }

    fn put_pair(&mut self, caller: &Caller, visit: Visit, now: Timestamp) {
        let rule = self.rules.pair;
        self.pairs.put(caller.pair(), visit, |it| it.rank(&rule, now));
    }
}

#[cfg(test)]
mod tests;
