//! Text from outside: nothing that can be written breaks whoever reads it, and what reads is canonical.

use berth_identity::oidc::{Callback, SignInAttempt};
use berth_identity::password::PasswordHash;
use berth_identity::token::{ApiToken, InvitationToken, SessionToken, SetupToken, TokenDigest};
use berth_identity::totp::{RecoveryCode, TotpCode};
use proptest::prelude::*;

/// Anything, and things that are nearly right.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC*",
        "[0-9A-Za-z -]{20,32}",
        "[0-9]{5,7}",
        "berth_[0-9a-z]{50,60}",
        "[A-Za-z0-9_-]{42,44}",
        "[0-9a-f]{63,65}",
        "\\$argon2id\\$v=19\\$m=[0-9]{1,12},t=[0-9]{1,12},p=[0-9]{1,9}\\$[A-Za-z0-9+/]{0,80}\\$[A-Za-z0-9+/]{0,90}",
        "(code|state|iss|error|%[0-9a-f]{2}|=|&|\\+){0,40}",
        "\\{\"version\":1,\"issuer\":\"[a-z]*\",\"state\":\"[a-z]{40,45}\",\"begun\":-?[0-9]{1,20}\\}",
    ]
}

proptest! {
    #[test]
    fn nothing_that_can_be_written_breaks_a_reader(text in text()) {
        let _ = text.parse::<SessionToken>();
        let _ = text.parse::<SetupToken>();
        let _ = text.parse::<InvitationToken>();
        let _ = text.parse::<RecoveryCode>();
        let _ = text.parse::<TotpCode>();
        let _ = text.parse::<TokenDigest>();
        let _ = Callback::from_query(&text);
        let _ = SignInAttempt::from_sealable(&text.as_str().into());
        if let Ok(hash) = text.parse::<PasswordHash>() {
            prop_assert_eq!(hash.to_phc().parse::<PasswordHash>().ok(), Some(hash));
        }
        if let Ok(token) = text.parse::<ApiToken>() {
            prop_assert_eq!(token.shown_once(), text);
        }
    }
}
