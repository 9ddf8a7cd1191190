//! Secrets that are typed or shown.

use std::str::FromStr;

use berth_identity::password::PasswordHash;
use berth_identity::token::{ApiToken, InvitationToken, SessionToken, SetupToken, TokenDigest};
use berth_identity::totp::{RecoveryCode, TotpCode};
use secrecy::{ExposeSecret as _, SecretString};

use crate::words::reads;

pub(crate) fn read(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    if let Ok(token) = text.parse::<ApiToken>() {
        assert_eq!(token.shown_once(), text, "one token has one text");
        assert!(!format!("{token:?}").contains(&text[6..60]), "a token does not show itself");
        return true;
    }
    if let Ok(token) = text.parse::<SessionToken>() {
        assert_eq!(token.expose(), text, "one token has one text");
        assert!(!format!("{token:?}").contains(text), "a token does not show itself");
        return true;
    }
    if let Ok(hash) = text.parse::<PasswordHash>() {
        assert_eq!(hash.to_phc().parse::<PasswordHash>().as_ref(), Ok(&hash));
        return true;
    }
    let typed = [
        typed(text, |code: &SetupToken| (code.shown_once(), code.digest())),
        typed(text, |code: &InvitationToken| (code.shown_once(), code.digest())),
        typed(text, |code: &RecoveryCode| (code.shown_once(), code.digest())),
        text.parse::<TotpCode>().is_ok(),
        reads::<TokenDigest>(text),
    ];
    typed.contains(&true)
}

/// Whether it is a code. However it was typed, what it shows is the same code.
fn typed<T: FromStr>(text: &str, of: fn(&T) -> (SecretString, TokenDigest)) -> bool {
    let Ok(code) = text.parse::<T>() else { return false };
    let (shown, digest) = of(&code);
    let again = shown.expose_secret().parse::<T>().ok().map(|code| of(&code).1);
    assert!(again == Some(digest), "a code that is shown is the code");
    true
}
