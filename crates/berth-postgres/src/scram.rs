//! SCRAM-SHA-256 verifiers, as PostgreSQL keeps them in `pg_authid.rolpassword`.
//!
//! Sources: RFC 5802 section 3 (`StoredKey`, `ServerKey`), RFC 7677 (SHA-256, 4096 iterations),
//! PostgreSQL, "System Catalogs", `pg_authid`: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`.
//!
//! # Invariants
//!
//! * Passwords are printable ASCII, for which RFC 4013's `SASLprep` changes nothing. Berth makes them
//!   itself; others are refused by the server at sign-in, never silently changed.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// PostgreSQL's own default (`scram_iterations`).
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).expect("4096 is not zero");

/// Returns the verifier of `password` for `role`.
///
/// The salt comes from both, so that asking twice for the same role changes nothing. A salt has to
/// differ between roles and between passwords, and it does; it need not be random.
pub(crate) fn verifier(role: &str, password: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, password.as_bytes());
    let tag = hmac::sign(&key, format!("berth scram salt {role}").as_bytes());
    let mut salt = [0; 16];
    salt.copy_from_slice(&tag.as_ref()[..16]);
    with_salt(password, &salt, ITERATIONS)
}

fn with_salt(password: &str, salt: &[u8], iterations: NonZeroU32) -> String {
    let mut salted = [0; digest::SHA256_OUTPUT_LEN];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password.as_bytes(), &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
    let server_key = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${iterations}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key.as_ref()),
        STANDARD.encode(server_key.as_ref()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Salt, iterations and password of the example in RFC 7677 section 3; the keys were computed
    /// from them with Python's `hashlib` and `hmac`.
    #[test]
    fn the_example_of_rfc_7677_gives_its_keys() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();

        let verifier = with_salt("pencil", &salt, ITERATIONS);

        assert_eq!(
            verifier,
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }

    #[test]
    fn the_same_password_has_another_verifier_for_another_role() {
        assert_eq!(verifier("t_0000000001", "x"), verifier("t_0000000001", "x"));
        assert_ne!(verifier("t_0000000001", "x"), verifier("t_0000000002", "x"));
        assert_ne!(verifier("t_0000000001", "x"), verifier("t_0000000001", "y"));
    }
}
