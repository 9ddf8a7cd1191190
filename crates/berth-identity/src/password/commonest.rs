//! Passwords that anybody tries first.
//!
//! A short list of our own: the words that people put into a required field. It does not replace a
//! collection of leaked passwords, which would be larger than the program. Throttling and second
//! factors are what stands against guessing.

/// Words, folded. A password is common when nothing but one of them is left of it, once or repeated,
/// without the digits around it.
const WORDS: [&str; 52] = [
    "abc",
    "abcd",
    "abcdef",
    "access",
    "adgangskode",
    "admin",
    "administrator",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "azerty",
    "azertyuiop",
    "berth",
    "changeit",
    "changeme",
    "contrasena",
    "contraseña",
    "default",
    "demo",
    "dragon",
    "football",
    "geheim",
    "guest",
    "hallo",
    "hello",
    "hunter",
    "iloveyou",
    "kennwort",
    "letmein",
    "login",
    "master",
    "mima",
    "monkey",
    "motdepasse",
    "odoo",
    "openerp",
    "parola",
    "passwort",
    "password",
    "passw0rd",
    "p4ssword",
    "p4ssw0rd",
    "princess",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "qwertzuiop",
    "root",
    "secret",
    "senha",
    "superuser",
    "welcome",
];

/// Whether a folded password is one of them.
pub(super) fn holds(folded: &str) -> bool {
    let bare = folded.trim_matches(|c: char| c.is_numeric());
    let is_repeated = |word: &&str| !bare.is_empty() && bare.replace(*word, "").is_empty();
    is_monotonous(folded) || bare.is_empty() && is_counted(folded) || WORDS.iter().any(is_repeated)
}

/// One character again and again, or none.
fn is_monotonous(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|next| Some(next) == first)
}

/// Digits that count up or down, from anywhere: `123456789012`, `987654321098`.
fn is_counted(digits: &str) -> bool {
    let steps = |up: u32| {
        let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
        values.len() > 1 && values.windows(2).all(|pair| (pair[0] + up) % 10 == pair[1])
    };
    steps(1) || steps(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_between_digits_and_repeated() {
        for text in ["password", "password2026", "2026admin2026", "qwertyqwerty", "abcabcabcabc"] {
            assert!(holds(text), "{text}");
        }
        for text in ["passwordofthehouse", "adminadminx", "30111976berlin", "correcthorse"] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn what_a_finger_does_by_itself_is_found() {
        for text in ["", "0000000000000", "zzzzzzzzzzzz", "123456789012", "098765432109"] {
            assert!(holds(text), "{text}");
        }
        assert!(!holds("314159265358"));
    }

    #[test]
    fn every_word_of_the_list_is_folded_and_there_once() {
        let mut sorted = WORDS.to_vec();
        sorted.sort_unstable();
        sorted.dedup();

        assert_eq!(sorted.len(), WORDS.len());
        for word in WORDS {
            assert!(word.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase()), "{word}");
        }
    }
}
