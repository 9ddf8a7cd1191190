//! What is stored of a password, and whether somebody typed the same.

use std::fmt;
use std::str::FromStr;

use argon2::password_hash::Error as ArgonError;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher as _, Version};
use argon2::{PasswordVerifier as _, password_hash};

use super::{NewPassword, Password};
use crate::random;

/// What OWASP's Password Storage Cheat Sheet asks of argon2id at least: 19 MiB, two passes, one lane.
/// Of its equivalent settings this is the one with little memory, because the whole of Berth is meant
/// to fit into 80 MB.
const TODAY: Params = match Params::new(19 * 1024, 2, 1, Some(OUTPUT)) {
    Ok(params) => params,
    Err(_) => panic!("these parameters are within the limits of argon2"),
};
const OUTPUT: usize = 32;
const SALT: usize = 16;

/// What is paid for a hash that is stored, at most: more than this nobody of us wrote there.
const DEAREST_MEMORY: u32 = 256 * 1024;
const DEAREST_PASSES: u32 = 16;
const DEAREST_LANES: u32 = 8;

/// A password as it is stored: argon2id, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Phc);

impl PasswordHash {
    /// The text to store, in the PHC string format.
    #[must_use]
    pub fn to_phc(&self) -> String {
        self.0.to_string()
    }

    /// Whether it was made with less than today's parameters.
    fn is_outgrown(&self) -> bool {
        let Ok(params) = Params::try_from(&self.0) else { return true };
        let output = params.output_len().unwrap_or_default();
        let salt = self.0.salt.as_ref().map_or(0, |salt| salt.len());
        params.m_cost() < TODAY.m_cost()
            || params.t_cost() < TODAY.t_cost()
            || output < OUTPUT
            || salt < SALT
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// The text is not a hash that we would compute. It is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHash {
    #[error("the stored password is not a PHC string")]
    Malformed,
    #[error("the stored password is not hashed with argon2id, version 19")]
    OtherAlgorithm,
    #[error("the stored password has no salt or no hash, or too short ones")]
    Incomplete,
    #[error("the stored password asks for more than {} MiB", DEAREST_MEMORY / 1024)]
    TooDear,
}

impl FromStr for PasswordHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let phc = Phc::new(text).map_err(|_| InvalidHash::Malformed)?;
        let version: u32 = Version::V0x13.into();
        if phc.algorithm != ARGON2ID_IDENT || phc.version != Some(version) {
            return Err(InvalidHash::OtherAlgorithm);
        }
        let has_salt = phc.salt.as_ref().is_some_and(|salt| salt.len() >= argon2::MIN_SALT_LEN);
        let has_hash = phc.hash.as_ref().is_some_and(|hash| hash.len() >= 16);
        if !has_salt || !has_hash {
            return Err(InvalidHash::Incomplete);
        }
        let params = Params::try_from(&phc).map_err(|_| InvalidHash::Malformed)?;
        let is_dear = params.m_cost() > DEAREST_MEMORY
            || params.t_cost() > DEAREST_PASSES
            || params.p_cost() > DEAREST_LANES;
        if is_dear { Err(InvalidHash::TooDear) } else { Ok(Self(phc)) }
    }
}

/// A hash could not be computed. Nothing is said about the password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HashingFailed {
    #[error(transparent)]
    Randomness(#[from] random::NoRandomness),
    #[error("argon2 cannot compute it: {0}")]
    Argon(password_hash::Error),
}

/// What became of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    Right,
    /// It is right, and should be hashed again: parameters have grown since.
    RightButOutgrown,
    Wrong,
}

impl Verdict {
    #[must_use]
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Right | Self::RightButOutgrown)
    }
}

/// Hashes a password that was chosen. Takes a tenth of a second: see [`super::PasswordDesk`].
pub fn hash(chosen: &NewPassword) -> Result<PasswordHash, HashingFailed> {
    derive(&chosen.0)
}

/// Hashes a password again that was right, after [`Verdict::RightButOutgrown`]. The policy of today does
/// not ask again: it was good enough to let somebody in.
pub(super) fn derive(password: &Password) -> Result<PasswordHash, HashingFailed> {
    let salt = random::bytes::<SALT>()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, TODAY);
    let phc = argon.hash_password_with_salt(password.text().as_bytes(), salt.as_slice());
    phc.map(PasswordHash).map_err(HashingFailed::Argon)
}

/// Checks what was typed against what is stored. `None`: there is no such account, or it has no
/// password; the same work is done, and the answer is [`Verdict::Wrong`]. Only a hash that is outgrown
/// takes another time, until its owner signs in once.
///
/// Takes a tenth of a second: see [`super::PasswordDesk`].
pub fn verify(stored: Option<&PasswordHash>, typed: &Password) -> Result<Verdict, HashingFailed> {
    let decoy = decoy().map_err(HashingFailed::Argon)?;
    let hash = stored.map_or(&decoy, |stored| &stored.0);
    // The parameters of the hash are used, not those given here. What it computed is compared in
    // constant time.
    match Argon2::default().verify_password(typed.text().as_bytes(), hash) {
        Ok(()) => Ok(match stored {
            None => Verdict::Wrong,
            Some(stored) if stored.is_outgrown() => Verdict::RightButOutgrown,
            Some(_) => Verdict::Right,
        }),
        Err(ArgonError::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(HashingFailed::Argon(error)),
    }
}

/// The hash of nobody: as much work as a real one of today, and no password is right for it.
fn decoy() -> Result<Phc, password_hash::Error> {
    Ok(Phc {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&TODAY)?,
        salt: Some(Salt::new(&[0; SALT])?),
        hash: Some(Output::new(&[0; OUTPUT])?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Password {
        Password::typed(text.to_owned().into()).unwrap()
    }

    fn with(memory: u32, passes: u32, lanes: u32) -> PasswordHash {
        let params = Params::new(memory, passes, lanes, Some(OUTPUT)).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let phc = argon.hash_password_with_salt(b"correct horse", b"0123456789abcdef").unwrap();
        phc.to_string().parse().unwrap()
    }

    #[test]
    fn the_right_password_is_right_and_no_other() {
        let stored = derive(&typed("correct horse")).unwrap();

        assert_eq!(verify(Some(&stored), &typed("correct horse")).unwrap(), Verdict::Right);
        for other in ["correct horse ", "Correct horse", "correct", "x"] {
            assert_eq!(verify(Some(&stored), &typed(other)).unwrap(), Verdict::Wrong, "{other}");
        }
    }

    #[test]
    fn a_hash_reads_back_and_names_its_parameters() {
        let stored = derive(&typed("correct horse")).unwrap();

        let phc = stored.to_phc();

        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_eq!(phc.parse(), Ok(stored));
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let once = derive(&typed("correct horse")).unwrap();

        assert_ne!(once, derive(&typed("correct horse")).unwrap());
    }

    #[test]
    fn nobody_has_no_password() {
        assert_eq!(verify(None, &typed("correct horse")).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn nobody_is_as_dear_as_somebody() {
        let stored = derive(&typed("correct horse")).unwrap();

        let decoy = decoy().unwrap();

        assert_eq!(decoy.params, stored.0.params);
        assert_eq!(decoy.salt.unwrap().len(), stored.0.salt.unwrap().len());
        assert_eq!(decoy.hash.unwrap().len(), stored.0.hash.unwrap().len());
        assert!(decoy.to_string().parse::<PasswordHash>().is_ok());
    }

    #[test]
    fn what_was_hashed_with_less_is_to_be_hashed_again() {
        let verdict = |stored| verify(Some(&stored), &typed("correct horse")).unwrap();

        assert_eq!(verdict(with(1024, 2, 1)), Verdict::RightButOutgrown);
        assert_eq!(verdict(with(19 * 1024, 1, 1)), Verdict::RightButOutgrown);
        assert_eq!(verdict(with(19 * 1024, 2, 1)), Verdict::Right);
        assert_eq!(verdict(with(20 * 1024, 3, 1)), Verdict::Right);
    }

    #[test]
    fn what_the_reference_implementation_makes_is_understood() {
        // From its own tests: 64 MiB, two passes, a salt of eight bytes.
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ\
                      $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let stored: PasswordHash = stored.parse().unwrap();

        let verdict = |text| verify(Some(&stored), &typed(text)).unwrap();

        assert_eq!(verdict("password"), Verdict::RightButOutgrown);
        assert_eq!(verdict("differentpassword"), Verdict::Wrong);
    }

    #[test]
    fn a_row_that_was_tampered_with_is_refused() {
        let good = with(1024, 2, 1).to_phc();
        let cases = [
            ("", InvalidHash::Malformed),
            ("correct horse", InvalidHash::Malformed),
            (&good.replace("argon2id", "argon2i"), InvalidHash::OtherAlgorithm),
            (&good.replace("v=19", "v=16"), InvalidHash::OtherAlgorithm),
            ("$5$rounds=535000$abcdefgh$abcdefgh", InvalidHash::Malformed),
            (&good.replace("m=1024", "m=4194304"), InvalidHash::TooDear),
            (&good.replace("t=2", "t=4000000"), InvalidHash::TooDear),
            (&good.replace("p=1", "p=9"), InvalidHash::TooDear),
            ("$argon2id$v=19$m=1024,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg", InvalidHash::Incomplete),
        ];

        for (text, why) in cases {
            assert_eq!(text.parse::<PasswordHash>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_hash_is_not_shown() {
        assert_eq!(format!("{:?}", with(1024, 2, 1)), "PasswordHash(..)");
    }
}
