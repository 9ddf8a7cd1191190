//! Who calls, and with what grants.

use berth_domain::Actor;
use berth_domain::access::{Grants, Place, Right, decide};

/// Who calls, and what they were given.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) grants: Grants,
}

impl Caller {
    /// The user at the other end of a Unix socket. `None` when they may not speak at all: only root
    /// and the user that Berth runs as may, and both run the installation.
    pub(crate) fn local(uid: u32, own: u32) -> Option<Self> {
        (uid == 0 || uid == own)
            .then_some(Self { actor: Actor::Local { uid }, grants: Grants::Operator })
    }

    pub(crate) fn may(&self, right: Right, place: Place) -> bool {
        decide(&self.grants, right, place).is_allowed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_and_the_servers_own_user_may_speak() {
        assert!(Caller::local(0, 1000).is_some());
        assert!(Caller::local(1000, 1000).is_some());
        assert!(Caller::local(1001, 1000).is_none());
        assert!(Caller::local(1001, 0).is_none());
    }

    #[test]
    fn whoever_reaches_the_socket_may_do_everything_and_who_has_no_grants_nothing() {
        let operator = Caller::local(0, 0).unwrap();
        let grants = Grants::Memberships(std::collections::BTreeMap::new());
        let nobody = Caller { actor: Actor::Local { uid: 1000 }, grants };

        for right in Right::ALL {
            for place in [Place::Installation, Place::Nowhere] {
                assert!(operator.may(*right, place), "{right:?}");
                assert!(!nobody.may(*right, place), "{right:?}");
            }
        }
    }
}
