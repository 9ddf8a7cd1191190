//! Text that somebody else wrote, made harmless for a terminal.

use std::borrow::Cow;

/// Returns the text with every control character but tab and line feed written out, so that nothing
/// in it can move the cursor, change colours or answer in the reader's name.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_harmless = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmless(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_instead_of_obeyed() {
        assert_eq!(visible("a\x1b]0;title\x07b\r\u{9b}2J"), "a\\u{1b}]0;title\\u{7}b\\r\\u{9b}2J");
        assert_eq!(visible("größer\tand\nmore"), "größer\tand\nmore");
    }
}
