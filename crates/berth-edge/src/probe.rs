//! The secret by which Berth's own probe passes a door that is closed to visitors.

use std::fmt;

use http::{HeaderMap, HeaderName};

/// Name of the header that carries the secret.
pub const PROBE_HEADER: HeaderName = HeaderName::from_static("x-berth-probe");

/// A secret that lives as long as the process. It is neither stored nor shown.
#[derive(Clone)]
pub struct ProbeSecret {
    hex: String,
}

impl ProbeSecret {
    /// Takes 32 bytes from a good source of randomness.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let nibbles = bytes.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digit = |nibble: u8| char::from(if nibble < 10 { b'0' } else { b'a' - 10 } + nibble);
        Self { hex: nibbles.map(digit).collect() }
    }

    /// Returns what the probe sends in [`PROBE_HEADER`]: 64 hexadecimal digits.
    #[must_use]
    pub fn header_value(&self) -> &str {
        &self.hex
    }

    /// Whether exactly one probe header is there and carries the secret. The time it takes does not
    /// depend on where the first difference is.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(PROBE_HEADER).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return false };
        let value = value.as_bytes();
        if value.len() != self.hex.len() {
            return false;
        }
        let difference = value.iter().zip(self.hex.as_bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        std::hint::black_box(difference) == 0
    }
}

impl fmt::Debug for ProbeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProbeSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_secret_itself_passes() {
        let secret = ProbeSecret::from_bytes([0xa5; 32]);
        let mut headers = HeaderMap::new();
        assert!(!secret.admits(&headers));

        headers.insert(PROBE_HEADER, HeaderValue::from_str(secret.header_value()).unwrap());
        assert!(secret.admits(&headers));

        headers.append(PROBE_HEADER, HeaderValue::from_str(secret.header_value()).unwrap());
        assert!(!secret.admits(&headers), "two of them are nobody we know");

        for wrong in ["", "a5", &"a5".repeat(31), &"a6".repeat(32), &"A5".repeat(32)] {
            headers.insert(PROBE_HEADER, HeaderValue::from_str(wrong).unwrap());
            assert!(!secret.admits(&headers), "{wrong}");
        }
    }

    #[test]
    fn the_secret_is_not_in_its_debug_text() {
        assert_eq!(format!("{:?}", ProbeSecret::from_bytes([7; 32])), "ProbeSecret(..)");
    }
}
