//! Who may call what.

use berth_domain::Actor;

/// The least role that a route takes. Later roles include the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// May look at the organisation that the path names.
    Viewer,
    /// May use and change its tenants.
    Member,
    /// May see secrets, take data out and remove tenants.
    Admin,
    /// Runs the installation.
    Operator,
}

/// Who calls, and as what.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) role: Access,
}

impl Access {
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Operator => "operator",
        }
    }
}

impl Caller {
    /// The user at the other end of a Unix socket. `None` when they may not speak at all: only root
    /// and the user that Berth runs as may, and both run the installation.
    pub(crate) fn local(uid: u32, own: u32) -> Option<Self> {
        (uid == 0 || uid == own)
            .then_some(Self { actor: Actor::Local { uid }, role: Access::Operator })
    }

    pub(crate) fn may(&self, access: Access) -> bool {
        self.role >= access
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
    fn a_role_includes_those_below_it_and_none_above() {
        let viewer = Caller { actor: Actor::System, role: Access::Viewer };
        let admin = Caller { actor: Actor::System, role: Access::Admin };

        assert!(viewer.may(Access::Viewer) && !viewer.may(Access::Member));
        assert!(admin.may(Access::Member) && !admin.may(Access::Operator));
    }
}
