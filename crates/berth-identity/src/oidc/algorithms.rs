//! By which algorithms a token may be signed.

use openidconnect::core::CoreJwsSigningAlgorithm as Algorithm;

/// Signatures with a key pair, whose private half only the provider has. With HMAC whoever knows what
/// we know could sign, and an RSA key that everybody can read would do as a secret.
pub(super) const ALLOWED: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

#[cfg(test)]
mod tests {
    use openidconnect::JwsSigningAlgorithm as _;

    use super::*;

    #[test]
    fn none_of_them_is_signed_with_a_secret_or_not_at_all() {
        assert!(!ALLOWED.contains(&Algorithm::None));
        assert!(ALLOWED.iter().all(|algorithm| !algorithm.uses_shared_secret()));
    }
}
