//! People on the wire.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::provider::LinkedProvider;
use crate::Secret;

/// Somebody who has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub name: String,
    /// Whether they run the installation.
    pub operator: bool,
    /// `viewer`, `member` or `admin`, by the name of the organisation.
    pub roles: BTreeMap<String, String>,
    /// Foreign providers at which they sign in too.
    #[serde(default)]
    pub providers: Vec<LinkedProvider>,
    /// `null`: they may sign in.
    pub disabled_at: Option<Timestamp>,
    /// `null`: no authenticator is asked for.
    pub second_factor_since: Option<Timestamp>,
    pub created_at: Timestamp,
    /// `null`: never.
    pub signed_in_at: Option<Timestamp>,
}

/// Somebody who belongs to an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    pub id: String,
    pub email: String,
    pub name: String,
    /// `viewer`, `member` or `admin`.
    pub role: String,
    pub since: Timestamp,
    pub disabled: bool,
    pub second_factor: bool,
    /// `null`: never.
    pub signed_in_at: Option<Timestamp>,
}

/// One sign-in that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    pub id: String,
    pub created_at: Timestamp,
    /// To within a minute or so.
    pub seen_at: Timestamp,
    /// Where they signed in from. `null`: on the host.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// When it is over unless it is used.
    pub idle_at: Timestamp,
    /// When it is over however much it is used.
    pub ends_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Sessions that were ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionsEnded {
    pub ended: u64,
}

/// An invitation that nobody accepted yet, without its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invitation {
    pub id: String,
    pub email: String,
    /// `viewer`, `member`, `admin` or `operator`; `password` is a code for a new password.
    pub role: String,
    pub created_at: Timestamp,
    pub created_by: String,
    pub expires_at: Timestamp,
}

/// An invitation that was just made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvitationCreated {
    pub invitation: Invitation,
    /// What whoever is invited types. Shown this once.
    pub code: String,
    /// Whether it was sent to them: `false` if the mail server did not take it. `null`: nobody wanted that.
    pub mailed: Option<bool>,
}

/// Somebody to be invited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationCreate {
    pub email: String,
    /// `viewer`, `member` or `admin`; of the installation `operator`.
    pub role: String,
    /// Send them the code by mail, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub send: bool,
}

/// Somebody who was invited, or who chooses a new password by a code.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAccept {
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub code: Secret,
    /// For whoever has no account yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For whoever has no account yet, and for a new password.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::secret::to_server"
    )]
    pub password: Option<Secret>,
}

/// Who makes the installation theirs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What `berth setup-token` printed.
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub code: Secret,
    pub email: String,
    pub name: String,
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub password: Secret,
}

/// Who signs in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub password: Secret,
    /// Of the authenticator, or one of those on paper.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::secret::to_server"
    )]
    pub code: Option<Secret>,
}

/// A password in the place of another.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub current_password: Secret,
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub password: Secret,
}

/// Somebody's own password, typed once more.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordProof {
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub current_password: Secret,
}

/// What a new authenticator is told. Shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecondFactorEnrolment {
    /// For the picture that is photographed.
    pub url: String,
    /// For typing.
    pub key: String,
}

/// The first code of a new authenticator.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorConfirm {
    #[serde(serialize_with = "crate::secret::must_reach_server")]
    pub code: Secret,
}

/// Codes for when the authenticator is lost, each good once. Shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

/// Another role for a member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberSet {
    /// `viewer`, `member` or `admin`.
    pub role: String,
}

/// What of somebody is to begin anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonReset {
    /// `password`, `second-factor` or `waiting`. Left out: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
}

/// Somebody who was reset.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// It is always said, and nothing else tells this from a plan.
#[schemars(extend("required" = ["code"]))]
pub struct PersonWasReset {
    /// With which they choose a new password. `null`: theirs is as it was.
    pub code: Option<String>,
}

macro_rules! hidden {
    ($($name:ident),+ $(,)?) => {
        $(
            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!(stringify!($name), "(..)"))
                }
            }
        )+
    };
}

hidden!(InvitationCreated, SecondFactorEnrolment, RecoveryCodes, PersonWasReset);
