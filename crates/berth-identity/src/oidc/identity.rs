//! Who somebody is, in the words of a provider.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::EmailAddress;
use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::groups::GroupName;

/// More groups than this nobody has, and nobody reads.
const MOST_GROUPS: usize = 1000;
/// How much of a name is kept, in characters.
const LONGEST_NAME: usize = 100;

/// A person whom a provider vouches for. The pair of issuer and subject is who it is; everything else may
/// belong to another person tomorrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignIdentity {
    pub issuer: String,
    pub subject: String,
    pub email: ForeignEmail,
    /// As people write it, on one line. `None`: the provider does not say.
    pub name: Option<String>,
    pub groups: BTreeSet<GroupName>,
}

/// What a provider says about somebody's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignEmail {
    /// It says that the address is this person's.
    Verified(EmailAddress),
    /// Anybody could have typed this. It opens nothing: no invitation, no account.
    Unverified(EmailAddress),
    /// None, or one that is no address.
    Unknown,
}

/// Claims that are not in the standard, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct OtherClaims {
    #[serde(flatten)]
    by_name: BTreeMap<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

pub(super) type Claims = IdTokenClaims<OtherClaims, CoreGenderClaim>;

impl ForeignIdentity {
    /// Reads claims that were verified.
    pub(super) fn of(claims: &Claims, groups_claim: Option<&str>) -> Self {
        let email = claims.email().and_then(|email| email.as_str().parse().ok());
        let email = match (email, claims.email_verified()) {
            (Some(email), Some(true)) => ForeignEmail::Verified(email),
            (Some(email), _) => ForeignEmail::Unverified(email),
            (None, _) => ForeignEmail::Unknown,
        };
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
        let other = &claims.additional_claims().by_name;
        let groups = groups_claim.and_then(|claim| other.get(claim));
        Self {
            issuer: claims.issuer().as_str().to_owned(),
            subject: claims.subject().as_str().to_owned(),
            email,
            name: name.and_then(on_one_line),
            groups: groups.map(groups_of).unwrap_or_default(),
        }
    }
}

/// Without anything that a terminal or a page would obey.
fn on_one_line(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A list of names, or one. What is no name is left out: it brings no role either.
fn groups_of(claim: &Value) -> BTreeSet<GroupName> {
    let parsed = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    match claim {
        Value::Array(values) => values.iter().take(MOST_GROUPS).filter_map(parsed).collect(),
        one => parsed(one).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(claims: &Value) -> ForeignIdentity {
        let mut all = json!({
            "iss": "https://login.example.com", "sub": "42", "aud": "berth", "exp": 2, "iat": 1,
        });
        let more = claims.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(more);
        ForeignIdentity::of(&serde_json::from_value(all).unwrap(), Some("groups"))
    }

    fn names(identity: &ForeignIdentity) -> Vec<&str> {
        identity.groups.iter().map(GroupName::as_str).collect()
    }

    #[test]
    fn a_person_is_read() {
        let jo = identity(&json!({
            "email": "jo@example.com", "email_verified": true, "name": "Jo Silva",
            "groups": ["staff", "leads"],
        }));

        assert_eq!((jo.issuer.as_str(), jo.subject.as_str()), ("https://login.example.com", "42"));
        assert_eq!(jo.email, ForeignEmail::Verified("jo@example.com".parse().unwrap()));
        assert_eq!(jo.name.as_deref(), Some("Jo Silva"));
        assert_eq!(names(&jo), ["leads", "staff"]);
    }

    #[test]
    fn an_address_that_nobody_verified_is_marked_so() {
        let unverified = ForeignEmail::Unverified("jo@example.com".parse().unwrap());

        assert_eq!(identity(&json!({"email": "jo@example.com"})).email, unverified);
        let denied = identity(&json!({"email": "jo@example.com", "email_verified": false}));
        assert_eq!(denied.email, unverified);
        let crooked = identity(&json!({"email": "jo", "email_verified": true}));
        assert_eq!(crooked.email, ForeignEmail::Unknown);
        assert_eq!(identity(&json!({})).email, ForeignEmail::Unknown);
    }

    #[test]
    fn groups_are_names_and_nothing_else() {
        assert_eq!(names(&identity(&json!({"groups": "staff"}))), ["staff"]);
        let mixed = json!({"groups": ["staff", 1, null, "", "a\nb", ["leads"], {"leads": true}]});
        assert_eq!(names(&identity(&mixed)), ["staff"]);
        assert_eq!(names(&identity(&json!({"groups": {"staff": true}}))), [""; 0]);
        assert_eq!(names(&identity(&json!({"roles": ["staff"]}))), [""; 0]);
    }

    #[test]
    fn too_much_is_cut() {
        let many: Vec<String> = (0..5000).map(|n| format!("group{n}")).collect();

        let huge = identity(&json!({"groups": many, "name": "x".repeat(5000)}));

        assert_eq!(huge.groups.len(), MOST_GROUPS);
        assert_eq!(huge.name.map(|name| name.len()), Some(LONGEST_NAME));
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(
            identity(&json!({"name": " Jo\r\n\u{1b}[31m "})).name.as_deref(),
            Some("Jo[31m")
        );
        assert_eq!(identity(&json!({"name": "\n"})).name, None);
    }
}
