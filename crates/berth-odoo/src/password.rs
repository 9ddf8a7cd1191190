//! Passwords in Odoo's format, and passwords that Berth makes up.
//!
//! Odoo keeps what passlib's `pbkdf2_sha512` writes: `$pbkdf2-sha512$<rounds>$<salt>$<checksum>`, both
//! in base64 without padding and with `.` in place of `+` (passlib, "Modular Crypt Format" of
//! `passlib.hash.pbkdf2_sha512`, and `passlib.utils.binascii.ab64_encode`).

use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// How often the password is stirred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// 25,000, for a password from [`generate`]: 150 random bits cannot be guessed whatever the cost
    /// of one guess, and creating a tenant must not wait. Odoo hashes it again with its own number at
    /// the first sign-in (`crypt_context`, `verify_and_update`).
    Generated,
    /// 600,000, for a password that a person thought of: Odoo 19's own number
    /// (`odoo/tools/config.py`, `crypt_context`).
    Chosen,
}

impl Rounds {
    const fn number(self) -> NonZeroU32 {
        match self {
            Self::Generated => NonZeroU32::new(25_000).expect("not zero"),
            Self::Chosen => NonZeroU32::new(600_000).expect("not zero"),
        }
    }
}

/// A hashed password. Safe to write into `odoo.conf`; not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// Hashes a password the way Odoo does.
#[must_use]
pub fn hash(plain: &SecretString, salt: [u8; 16], rounds: Rounds) -> PasswordHash {
    let rounds = rounds.number();
    let mut checksum = [0; 64];
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA512,
        rounds,
        &salt,
        plain.expose_secret().as_bytes(),
        &mut checksum,
    );
    let encode = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes).replace('+', ".");
    PasswordHash(format!("$pbkdf2-sha512${rounds}${}${}", encode(&salt), encode(&checksum)))
}

/// Small letters and digits without those that look alike (`i`, `l`, `o`, `u`).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS: usize = 6;
const GROUP: usize = 5;

/// Makes a password that can be read out: six groups of five letters and digits, 150 bits.
///
/// `random` are twenty bytes from a cryptographic source.
#[must_use]
pub fn generate(random: [u8; 20]) -> SecretString {
    let mut text = String::with_capacity(GROUPS * (GROUP + 1));
    for index in 0..GROUPS * GROUP {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[five_bits(&random, index)]));
    }
    SecretString::from(text)
}

fn five_bits(bytes: &[u8; 20], index: usize) -> usize {
    let bit = |at: usize| usize::from(bytes[at / 8] >> (7 - at % 8) & 1);
    (0..5).fold(0, |value, offset| value << 1 | bit(index * 5 + offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with passlib: `pbkdf2_sha512.using(rounds=25000, salt=bytes(range(16))).hash("admin")`.
    #[test]
    fn the_hash_is_the_one_that_passlib_makes() {
        let salt: [u8; 16] = std::array::from_fn(|n| u8::try_from(n).unwrap());

        let hash = hash(&SecretString::from("admin"), salt, Rounds::Generated);

        assert_eq!(
            hash.as_str(),
            "$pbkdf2-sha512$25000$AAECAwQFBgcICQoLDA0ODw$hzjCVDG9FELw2b5EEyih3Omxf8FRIQmndWjgpGGArUfNcobEKrNA0TCDqviQOUQRez/u2tkBEug55SdLU1CGvQ"
        );
        assert_eq!(format!("{hash:?}"), "PasswordHash(..)");
    }

    #[test]
    fn a_chosen_password_is_stirred_as_often_as_odoo_does() {
        let hash = hash(&SecretString::from("x"), [7; 16], Rounds::Chosen);

        assert!(hash.as_str().starts_with("$pbkdf2-sha512$600000$BwcHBwcHBwcHBwcHBwcHBw$"));
    }

    #[test]
    fn a_generated_password_is_six_groups_of_letters_that_cannot_be_confused() {
        assert_eq!(generate([0; 20]).expose_secret(), "00000-00000-00000-00000-00000-00000");
        assert_eq!(generate([0xff; 20]).expose_secret(), "zzzzz-zzzzz-zzzzz-zzzzz-zzzzz-zzzzz");
        let mut random = [0; 20];
        random[0] = 0b0000_1000;
        assert!(generate(random).expose_secret().starts_with('1'));
    }

    proptest::proptest! {
        #[test]
        fn different_random_bits_are_different_passwords(a: [u8; 18], b: [u8; 18]) {
            let password = |start: [u8; 18]| {
                let mut bytes = [0; 20];
                bytes[..18].copy_from_slice(&start);
                generate(bytes).expose_secret().to_owned()
            };
            proptest::prop_assert_eq!(a == b, password(a) == password(b));
        }
    }
}
