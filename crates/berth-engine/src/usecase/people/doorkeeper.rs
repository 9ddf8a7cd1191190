//! Who may try now, and where passwords are judged.
//!
//! # Invariants
//!
//! * Nothing that was typed is looked at while whoever typed it is to wait.
//! * Kept in memory of this process; `docs/adr/0016` says why that is enough.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use berth_domain::{EmailAddress, Timestamp};
use berth_identity::password::{AtOnce, PasswordDesk};
use berth_identity::throttle::{Account, Answer, Caller, Network, Rules, Throttle};

use crate::error::{EngineError, PeopleError};
use crate::request::Whence;

/// What somebody tries to get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Password,
    SecondFactor,
    /// A sign-in at a provider, each counted by itself: nobody guesses one.
    Provider,
    /// Codes that we drew: nobody guesses one, and trying is not free for all that.
    Code,
}

#[derive(Debug)]
pub(crate) struct Doorkeeper {
    throttle: Mutex<Throttle>,
    pub(super) desk: PasswordDesk,
}

impl Default for Doorkeeper {
    fn default() -> Self {
        Self {
            throttle: Mutex::new(Throttle::new(Rules::default())),
            desk: PasswordDesk::new(AtOnce::default()),
        }
    }
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SecondFactor => "totp",
            Self::Provider => "provider",
            Self::Code => "code",
        }
    }
}

impl Doorkeeper {
    /// Asks before an attempt is judged. It counts as failed until [`Self::succeeded`].
    pub(super) fn ask(
        &self,
        (purpose, name): (Purpose, &str),
        whence: &Whence,
        now: Timestamp,
    ) -> Result<Caller, EngineError> {
        let address = whence.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let account = Account::of(purpose.as_str(), name);
        let caller = Caller { account, network: Network::of(address) };
        match self.lock().ask(&caller, now) {
            Answer::Go => Ok(caller),
            Answer::Wait(time) => Err(PeopleError::Wait(time).into()),
        }
    }

    pub(super) fn succeeded(&self, caller: &Caller, now: Timestamp) {
        self.lock().succeeded(caller, now);
    }

    /// What somebody showed was right, and not enough to be let in.
    pub(super) fn halfway(&self, caller: &Caller, now: Timestamp) {
        self.lock().halfway(caller, now);
    }

    /// Forgets what others did to make somebody wait.
    pub(super) fn forget(&self, email: &EmailAddress) {
        let mut throttle = self.lock();
        for purpose in [Purpose::Password, Purpose::SecondFactor] {
            throttle.forget(Account::of(purpose.as_str(), email.as_str()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Throttle> {
        // What it counts is whole after each call, also if somebody panicked elsewhere meanwhile.
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
