//! Bytes as text that a person can read: `\r`, `\n`, `\t`, `\0`, `\xNN`, `\\`, `\{`, `\}`, and
//! `{text*count}` for what is repeated.

use std::fmt::Write as _;

/// A byte that is repeated more often is counted.
const LONG: usize = 40;

/// Writes bytes as text.
pub(super) fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for run in bytes.chunk_by(|one, other| one == other) {
        let byte = run[0];
        let from = text.len();
        match byte {
            b'\r' => text += "\\r",
            b'\n' => text += "\\n",
            b'\t' => text += "\\t",
            0 => text += "\\0",
            b'\\' | b'{' | b'}' => text.extend(['\\', char::from(byte)]),
            0x20..=0x7e => text.push(char::from(byte)),
            _ => write!(text, "\\x{byte:02x}").unwrap(),
        }
        let one = text.split_off(from);
        if run.len() > LONG {
            write!(text, "{{{one}*{}}}", run.len()).unwrap();
        } else {
            text += &one.repeat(run.len());
        }
    }
    text
}

/// Reads bytes from text.
pub(super) fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => {
                let (byte, length) = match rest.as_bytes()[0] {
                    b'r' => (b'\r', 1),
                    b'n' => (b'\n', 1),
                    b't' => (b'\t', 1),
                    b'0' => (0, 1),
                    b'x' => (u8::from_str_radix(&rest[1..3], 16).unwrap(), 3),
                    other => (other, 1),
                };
                bytes.push(byte);
                rest = &rest[length..];
            }
            '{' => {
                let (inner, behind) = rest.split_once('}').expect("a brace is closed");
                let (part, count) = inner.rsplit_once('*').expect("a brace repeats something");
                bytes.extend(unescape(part).repeat(count.parse().unwrap()));
                rest = behind;
            }
            other => bytes.extend(other.to_string().bytes()),
        }
    }
    bytes
}

#[test]
fn what_was_escaped_is_read_back() {
    let all: Vec<u8> = (0..=255).chain([b'x'; 100]).collect();

    assert_eq!(unescape(&escape(&all)), all);
    assert_eq!(unescape("{a\\n*3}b"), b"a\na\na\nb");
}
