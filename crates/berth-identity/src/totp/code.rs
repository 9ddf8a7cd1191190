//! What an authenticator shows, and whether it is right now and for the first time.

use std::fmt;
use std::str::FromStr;

use berth_domain::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::TotpSecret;

const DIGITS: usize = 6;

/// Six digits that somebody typed.
#[derive(Clone)]
pub struct TotpCode(SecretString);

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(..)")
    }
}

/// The text is not a code of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("type the six digits that the authenticator shows")]
pub struct InvalidTotpCode;

impl FromStr for TotpCode {
    type Err = InvalidTotpCode;

    /// Authenticators show the digits in groups, and people type the gap.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > 40 {
            return Err(InvalidTotpCode);
        }
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits.into()))
        } else {
            Err(InvalidTotpCode)
        }
    }
}

/// The number of half minutes since 1970 for which a code was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotpStep(pub u64);

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TotpVerdict {
    /// It is right. The caller stores the step in the transaction that lets somebody in, and only if
    /// the one stored there is still the one that was passed in.
    Accepted {
        step: TotpStep,
    },
    /// It would be right, but it, or one after it, was used already.
    Replayed,
    Wrong,
}

impl TotpSecret {
    /// Whether a code is right now. `last` is the step that was accepted last, if any ever was.
    pub fn verify(&self, code: &TotpCode, at: Timestamp, last: Option<TotpStep>) -> TotpVerdict {
        let Ok(seconds) = u64::try_from(at.as_second()) else { return TotpVerdict::Wrong };
        match self.totp().check(code.0.expose_secret(), seconds).map(TotpStep) {
            None => TotpVerdict::Wrong,
            Some(step) if last.is_some_and(|last| step <= last) => TotpVerdict::Replayed,
            Some(step) => TotpVerdict::Accepted { step },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_the_rfc;
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn code(text: &str) -> TotpCode {
        text.parse().unwrap()
    }

    fn verdict(text: &str, seconds: i64, last: Option<u64>) -> TotpVerdict {
        of_the_rfc().verify(&code(text), at(seconds), last.map(TotpStep))
    }

    #[test]
    fn it_is_what_the_rfc_computes() {
        // Appendix B, the last six digits of SHA-1.
        for (seconds, text) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = TotpStep(u64::try_from(seconds).unwrap() / 30);
            assert_eq!(verdict(text, seconds, None), TotpVerdict::Accepted { step }, "{text}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off() {
        // "081804" belongs to the step that begins at 1111111080.
        let accepted = TotpVerdict::Accepted { step: TotpStep(37_037_036) };

        assert_eq!(verdict("081804", 1_111_111_049, None), TotpVerdict::Wrong);
        assert_eq!(verdict("081804", 1_111_111_050, None), accepted);
        assert_eq!(verdict("081804", 1_111_111_139, None), accepted);
        assert_eq!(verdict("081804", 1_111_111_140, None), TotpVerdict::Wrong);
    }

    #[test]
    fn a_code_is_good_once() {
        let step = 37_037_036;

        assert_eq!(verdict("081804", 1_111_111_109, Some(step)), TotpVerdict::Replayed);
        assert_eq!(verdict("081804", 1_111_111_109, Some(step + 1)), TotpVerdict::Replayed);
        let next = verdict("050471", 1_111_111_111, Some(step));
        assert_eq!(next, TotpVerdict::Accepted { step: TotpStep(step + 1) });
    }

    #[test]
    fn before_1970_no_code_is_right() {
        assert_eq!(verdict("287082", -59, None), TotpVerdict::Wrong);
    }

    #[test]
    fn people_type_the_gap() {
        for text in ["287 082", " 287-082 ", "287082\n"] {
            assert!(matches!(verdict(text, 59, None), TotpVerdict::Accepted { .. }), "{text}");
        }
        for text in ["", "28708", "2870821", "28708a", "２８７０８２", &"1".repeat(50)] {
            assert!(text.parse::<TotpCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_code_is_not_shown() {
        assert_eq!(format!("{:?}", code("287082")), "TotpCode(..)");
    }
}
