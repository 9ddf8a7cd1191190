//! Secrets that a person can read out and type: Crockford's base 32 in groups.
//!
//! # Invariants
//!
//! * The last symbol is computed of those before it (Luhn, modulo 32): one wrong symbol is always
//!   noticed, and is told apart from a code that is not known.
//! * However it is typed, a code has one canonical form, and only that one is hashed.

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::{Zeroize as _, Zeroizing};

use crate::random::{self, NoRandomness};

/// Digits and letters without I, L, O and U.
const SYMBOLS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J',
    'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
/// How much of what was typed is looked at.
const LONGEST_TEXT: usize = 200;

/// How a code is written: so many groups of so many symbols, the last of all checks the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) groups: usize,
    pub(crate) each: usize,
}

impl Shape {
    const fn symbols(self) -> usize {
        self.groups * self.each
    }
}

/// A text is not a code of its kind. What was typed is not repeated, but for one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    #[error("the code has {expected} letters and digits, {found} were typed")]
    Length { expected: usize, found: usize },
    #[error("`{}` (number {place}) is in no code: they have digits and letters but U", .character.escape_debug())]
    Character { character: char, place: usize },
    #[error(
        "the code is mistyped: one of its letters or digits is wrong, or two have changed places"
    )]
    Check,
}

/// A secret in its canonical form: symbols, upper case, nothing between them.
#[derive(Clone)]
pub(crate) struct Code {
    canonical: SecretString,
    shape: Shape,
}

impl Code {
    /// Makes a new one.
    pub(crate) fn draw(shape: Shape) -> Result<Self, NoRandomness> {
        let mut values = Zeroizing::new(draw_values(shape.symbols() - 1)?);
        let check = check_of(&values);
        values.push(check);
        Ok(Self { canonical: text_of(&values), shape })
    }

    /// Reads what a person typed: in any case, with any spaces and dashes, O for 0, I and L for 1.
    pub(crate) fn read(text: &str, shape: Shape) -> Result<Self, Mistyped> {
        let expected = shape.symbols();
        if text.len() > LONGEST_TEXT {
            return Err(Mistyped::Length { expected, found: text.chars().count() });
        }
        let is_sign =
            |c: &char| !c.is_whitespace() && !matches!(c, '-' | '_' | '‐'..='―' | '−' | '.');
        let mut values = Zeroizing::new(Vec::with_capacity(expected));
        for (index, character) in text.chars().filter(is_sign).enumerate() {
            let place = index + 1;
            values.push(value_of(character).ok_or(Mistyped::Character { character, place })?);
        }
        match values.split_last() {
            Some((check, others)) if values.len() == expected => {
                if check_of(others) == *check {
                    Ok(Self { canonical: text_of(&values), shape })
                } else {
                    Err(Mistyped::Check)
                }
            }
            _ => Err(Mistyped::Length { expected, found: values.len() }),
        }
    }

    pub(crate) fn canonical(&self) -> &str {
        self.canonical.expose_secret()
    }

    /// For people: in groups with dashes between them.
    pub(crate) fn grouped(&self) -> SecretString {
        let text = self.canonical();
        let groups = (0..self.shape.groups).map(|group| {
            let start = group * self.shape.each;
            &text[start..start + self.shape.each]
        });
        let grouped: Vec<&str> = groups.collect();
        grouped.join("-").into()
    }
}

/// Draws symbols, five random bits each.
pub(crate) fn draw_values(count: usize) -> Result<Vec<u8>, NoRandomness> {
    let mut values = Vec::with_capacity(count);
    while values.len() < count {
        let bytes = random::bytes::<32>()?;
        values.extend(bytes.iter().map(|byte| byte & 31).take(count - values.len()));
    }
    Ok(values)
}

/// Symbols as text. Values beyond five bits do not occur.
pub(crate) fn text_of(values: &[u8]) -> SecretString {
    let mut text: String = values.iter().map(|value| SYMBOLS[usize::from(*value & 31)]).collect();
    let secret = SecretString::from(text.as_str());
    text.zeroize();
    secret
}

fn value_of(character: char) -> Option<u8> {
    let canonical = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let value = SYMBOLS.iter().position(|symbol| *symbol == canonical)?;
    u8::try_from(value).ok()
}

/// Luhn's check, modulo 32: doubling every second value from the right is a permutation of the
/// symbols, so no single change leaves the sum as it was.
fn check_of(values: &[u8]) -> u8 {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(index, value)| {
            let value = u32::from(*value);
            if index % 2 == 0 { 2 * value / 32 + 2 * value % 32 } else { value }
        })
        .sum();
    u8::try_from((32 - sum % 32) % 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHAPE: Shape = Shape { groups: 5, each: 5 };

    fn read(text: &str) -> Result<String, Mistyped> {
        Code::read(text, SHAPE).map(|code| code.canonical().to_owned())
    }

    fn some_code() -> impl Strategy<Value = String> {
        proptest::collection::vec(0_u8..32, 24).prop_map(|mut values| {
            values.push(check_of(&values));
            text_of(&values).expose_secret().to_owned()
        })
    }

    #[test]
    fn a_code_reads_back_as_it_is_shown() {
        let code = Code::draw(SHAPE).unwrap();

        let shown = code.grouped();

        assert_eq!(shown.expose_secret().len(), 29);
        assert_eq!(read(shown.expose_secret()).as_deref(), Ok(code.canonical()));
    }

    #[test]
    fn two_codes_differ() {
        let drawn = || Code::draw(SHAPE).unwrap().canonical().to_owned();

        assert_ne!(drawn(), drawn());
    }

    #[test]
    fn people_type_as_they_like() {
        let canonical = "0123456789ABCDEFGHJKMNPQ";
        let values: Vec<u8> = canonical.chars().filter_map(value_of).collect();
        let code = format!("{canonical}{}", SYMBOLS[usize::from(check_of(&values))]);

        for text in [
            code.to_lowercase(),
            code.replace('0', "O").replace('1', "l"),
            code.replace('0', "o").replace('1', "I"),
            format!(" {}-{} \n", &code[..7], &code[7..]),
            format!("{}–{} {}", &code[..5], &code[5..10], &code[10..]),
        ] {
            assert_eq!(read(&text).as_deref(), Ok(code.as_str()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| read(text).map_err(|error| error.to_string()).unwrap_err();

        insta::assert_snapshot!(
            [said(""), said("ABCDE"), said(&"A".repeat(201)), said("ABCDU"), said("AB-C\u{1b}E")]
                .join("\n"),
            @r"
        the code has 25 letters and digits, 0 were typed
        the code has 25 letters and digits, 5 were typed
        the code has 25 letters and digits, 201 were typed
        `U` (number 5) is in no code: they have digits and letters but U
        `\u{1b}` (number 4) is in no code: they have digits and letters but U
        "
        );
    }

    proptest! {
        #[test]
        fn one_wrong_symbol_is_always_noticed(
            code in some_code(),
            place in 0_usize..25,
            by in 1_usize..32,
        ) {
            let mut symbols: Vec<char> = code.chars().collect();
            let value = usize::from(value_of(symbols[place]).unwrap());
            symbols[place] = SYMBOLS[(value + by) % 32];
            let wrong: String = symbols.into_iter().collect();

            prop_assert_eq!(read(&wrong), Err(Mistyped::Check));
            prop_assert_eq!(read(&code), Ok(code));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC*") {
            let _ = read(&text);
        }
    }
}
