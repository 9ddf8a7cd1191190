//! Ten codes on paper, for when the authenticator is lost.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use crate::crockford::{Code, Mistyped, Shape};
use crate::random::NoRandomness;
use crate::token::TokenDigest;

const CODES: usize = 10;
/// `ABCDE-FGHJK-MNPQR-STVWX`: 95 bits and a symbol that checks them.
const SHAPE: Shape = Shape { groups: 4, each: 5 };

/// A code that lets its owner in once, in place of an authenticator.
#[derive(Clone)]
pub struct RecoveryCode(Code);

impl RecoveryCode {
    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of("recovery", self.0.canonical())
    }

    /// The text in groups, for the one time that it is shown.
    #[must_use]
    pub fn shown_once(&self) -> SecretString {
        self.0.grouped()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

impl FromStr for RecoveryCode {
    type Err = Mistyped;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Code::read(text, SHAPE).map(Self)
    }
}

/// Makes the ten codes of somebody. Those from before are void: their digests are replaced.
pub fn draw_recovery_codes() -> Result<Vec<RecoveryCode>, NoRandomness> {
    (0..CODES).map(|_| Code::draw(SHAPE).map(RecoveryCode)).collect()
}

/// What became of a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Redeemed {
    /// It is one of those that are left. The caller removes `spent` in the transaction that lets
    /// somebody in, and only if it is still there.
    Yes {
        spent: TokenDigest,
        left: usize,
    },
    No,
}

/// Whether a code is one of those that are left. All of them are compared, in constant time.
pub fn redeem(unused: &[TokenDigest], typed: &RecoveryCode) -> Redeemed {
    let digest = typed.digest();
    let found = unused.iter().filter(|stored| **stored == digest).count();
    match found {
        0 => Redeemed::No,
        _ => Redeemed::Yes { spent: digest, left: unused.len() - found },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn there_are_ten_and_no_two_are_the_same() {
        let codes = draw_recovery_codes().unwrap();

        let different: BTreeSet<String> =
            codes.iter().map(|code| code.shown_once().expose_secret().to_owned()).collect();

        assert_eq!(different.len(), 10);
        assert!(different.iter().all(|text| text.len() == 23), "{different:?}");
    }

    #[test]
    fn each_is_good_once() {
        let codes = draw_recovery_codes().unwrap();
        let mut unused: Vec<TokenDigest> = codes.iter().map(RecoveryCode::digest).collect();

        for (index, code) in codes.iter().enumerate() {
            let typed: RecoveryCode =
                code.shown_once().expose_secret().to_lowercase().parse().unwrap();

            let first = redeem(&unused, &typed);

            assert_eq!(first, Redeemed::Yes { spent: code.digest(), left: 9 - index });
            unused.retain(|stored| *stored != code.digest());
            assert_eq!(redeem(&unused, &typed), Redeemed::No);
        }
    }

    #[test]
    fn a_strange_one_is_not_good() {
        let unused = [draw_recovery_codes().unwrap()[0].digest()];
        let strange = &draw_recovery_codes().unwrap()[0];

        assert_eq!(redeem(&unused, strange), Redeemed::No);
        assert_eq!(redeem(&[], strange), Redeemed::No);
    }

    #[test]
    fn it_is_not_shown() {
        let code = &draw_recovery_codes().unwrap()[0];

        assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
    }
}
