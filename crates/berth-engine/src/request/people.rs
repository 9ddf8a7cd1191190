//! People. Texts are as typed.

use std::net::IpAddr;

use secrecy::SecretString;

/// Where a request comes from, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whence {
    /// `None`: from this host.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

/// Who makes the installation theirs.
#[derive(Debug, Clone)]
pub struct Claim {
    /// What `berth setup-token` printed.
    pub code: SecretString,
    pub email: String,
    pub name: String,
    pub password: SecretString,
}

/// Who signs in.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub email: String,
    pub password: SecretString,
    /// Of an authenticator, or one of those on paper.
    pub code: Option<SecretString>,
}

/// A provider to be linked with one's own account.
#[derive(Debug, Clone)]
pub struct LinkWith {
    /// Typed once more.
    pub password: SecretString,
    /// The path to be sent back to. `None`: the first page.
    pub next: Option<String>,
}

/// What a browser comes back from a provider with.
#[derive(Debug, Clone)]
pub struct Returned {
    /// What it was given to hold. `None`: it holds nothing.
    pub held: Option<SecretString>,
    /// What stands behind the question mark.
    pub query: SecretString,
}

/// A password in the place of another.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    pub current: SecretString,
    pub new: SecretString,
}

/// Somebody to be invited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invite {
    pub email: String,
    /// `viewer`, `member` or `admin` in an organisation; `operator` of the installation.
    pub role: String,
}

/// Somebody who was invited.
#[derive(Debug, Clone)]
pub struct Accept {
    /// What the invitation says.
    pub code: SecretString,
    /// Whoever has no account yet chooses both; a code for a new password takes the second.
    pub name: Option<String>,
    pub password: Option<SecretString>,
}

/// What of somebody is to begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    Everything,
    Password,
    SecondFactor,
    /// Nothing of theirs: what others did to make them wait.
    Waiting,
}

impl Reset {
    pub const ALL: &[Self] = &[Self::Everything, Self::Password, Self::SecondFactor, Self::Waiting];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Password => "password",
            Self::SecondFactor => "second-factor",
            Self::Waiting => "waiting",
        }
    }

    pub(crate) const fn takes_password(self) -> bool {
        matches!(self, Self::Everything | Self::Password)
    }

    pub(crate) const fn takes_second_factor(self) -> bool {
        matches!(self, Self::Everything | Self::SecondFactor)
    }
}
