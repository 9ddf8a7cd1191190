//! What an authenticator shows.

use aws_lc_rs::hmac;
use berth_domain::Clock as _;
use berth_testkit::SystemClock;

/// The code of this moment for a key, as people type it (RFC 6238, RFC 4648).
pub(super) fn shown(key: &str) -> String {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for symbol in key.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = if symbol.is_ascii_digit() { symbol - b'2' + 26 } else { symbol - b'A' };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    let step = SystemClock.now().as_second() / 30;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 0xf);
    let four: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}
