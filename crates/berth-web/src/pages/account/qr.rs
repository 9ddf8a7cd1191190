//! A text as a picture that a telephone reads (ISO/IEC 18004).

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// How wide the white around it is, in modules. Readers need that much.
const QUIET: i32 = 4;

/// A picture, as a path of an SVG.
#[derive(Debug)]
pub(super) struct Qr {
    /// How wide and high it is, in modules.
    pub(super) side: i32,
    pub(super) path: String,
}

impl Qr {
    /// Draws a text. `None`: it is too long for any.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let side = code.size();
        let mut path = String::new();
        for y in 0..side {
            let mut x = 0;
            while x < side {
                let begin = x;
                while x < side && code.get_module(x, y) {
                    x += 1;
                }
                if x > begin {
                    let (left, top, wide) = (begin + QUIET, y + QUIET, x - begin);
                    let _ = write!(path, "M{left} {top}h{wide}v1h-{wide}z");
                } else {
                    x += 1;
                }
            }
        }
        Some(Self { side: side + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_what_readers_look_for_in_three_corners() {
        let qr = Qr::of("otpauth://totp/Berth:jo@example.com?secret=JBSWY3DPEHPK3PXP").unwrap();

        let end = qr.side - QUIET - 7;
        for corner in [
            format!("M{QUIET} {QUIET}h7v1h-7z"),
            format!("M{end} {QUIET}h7v1h-7z"),
            format!("M{QUIET} {end}h7v1h-7z"),
        ] {
            assert!(qr.path.contains(&corner), "{corner} in {}", qr.path);
        }
        assert!(qr.path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -".contains(&byte)));
    }

    #[test]
    fn what_is_too_long_has_no_picture() {
        assert!(Qr::of(&"x".repeat(3000)).is_none());
    }
}
