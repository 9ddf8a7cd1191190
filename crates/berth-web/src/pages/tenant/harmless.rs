//! What a container says, or a command inside it, as text that does nothing.

use std::fmt::Write as _;

/// Takes colours and other commands to a terminal away (ECMA-48, sections 5.4 and 5.6), and names every
/// character that shows nothing and does something.
pub(super) fn text(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    let mut rest = said;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\u{1b}' => rest = command(rest),
            '\u{9b}' => rest = sequence(rest),
            '\t' => out.push('\t'),
            // What writes over the line that it stands in.
            '\r' if rest.is_empty() => {}
            c if does_something(c) => {
                write!(out, "[U+{:04X}]", u32::from(c)).expect("a string takes everything");
            }
            c => out.push(c),
        }
    }
    out
}

/// The same of several lines.
pub(super) fn lines(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    for line in said.split_inclusive('\n') {
        out.push_str(&text(line.strip_suffix('\n').unwrap_or(line)));
        if line.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// What stands behind a command that begins with ESC.
fn command(rest: &str) -> &str {
    match rest.chars().next() {
        Some('[') => sequence(&rest[1..]),
        Some(']' | 'P' | 'X' | '^' | '_') => string(&rest[1..]),
        // Two characters in all, or three.
        Some(c @ '\u{20}'..='\u{2f}') => {
            let rest = &rest[c.len_utf8()..];
            rest.chars().next().map_or(rest, |c| &rest[c.len_utf8()..])
        }
        Some(c @ '\u{30}'..='\u{7e}') => &rest[c.len_utf8()..],
        _ => rest,
    }
}

/// What stands behind a control sequence: parameters, and one letter that ends it.
fn sequence(rest: &str) -> &str {
    let rest = rest.trim_start_matches(|c| matches!(c, '\u{20}'..='\u{3f}'));
    match rest.chars().next() {
        Some(c @ '\u{40}'..='\u{7e}') => &rest[c.len_utf8()..],
        _ => rest,
    }
}

/// What stands behind a string: it ends with BEL or ESC \. One without an end is none.
fn string(rest: &str) -> &str {
    match rest.find(['\u{7}', '\u{1b}']) {
        Some(end) if rest[end..].starts_with('\u{7}') => &rest[end + 1..],
        Some(end) => rest[end + 1..].strip_prefix('\\').unwrap_or(&rest[end..]),
        None => rest,
    }
}

/// Control characters, marks that turn the direction of reading (Unicode Standard Annex 9, section 2), and
/// what has no width.
fn does_something(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_nothing =
        matches!(c, '\u{ad}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}');
    turns || is_nothing || c.is_control()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_and_other_commands_are_gone() {
        for (said, shown) in [
            ("\u{1b}[1;32mINFO\u{1b}[0m ready", "INFO ready"),
            ("\u{1b}]0;title\u{7}ready", "ready"),
            ("\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}[2J\u{1b}[Hgone", "gone"),
            ("\u{1b}(Bplain\u{1b}c", "plain"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}]no end", "no end"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{1b}[\u{fc}", "\u{fc}"),
        ] {
            assert_eq!(text(said), shown, "{said:?}");
        }
    }

    #[test]
    fn what_shows_nothing_is_named() {
        assert_eq!(text("a\u{202e}gnp.exe"), "a[U+202E]gnp.exe");
        assert_eq!(text("good\rbad\r"), "good[U+000D]bad");
        assert_eq!(text("a\u{0}\u{200b}b\tc\u{85}"), "a[U+0000][U+200B]b\tc[U+0085]");
        assert_eq!(text("Größe 東京 שלום <b>"), "Größe 東京 שלום <b>");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("one\r\n\n\u{1b}[1mtwo\rthree\n"), "one\n\ntwo[U+000D]three\n");
        assert_eq!(lines(""), "");
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_does_something(said in "(\u{1b}|[\\[\\]();0-9mHJ\\\\P]|\u{7}|\u{202e}|\\PC){0,40}") {
            let shown = text(&said);

            prop_assert!(!shown.chars().any(|c| c != '\t' && does_something(c)), "{:?}", shown);
            prop_assert_eq!(text(&shown), shown);
        }
    }
}
