//! Which passwords may be chosen.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Password, commonest};

/// Whose password it is to be.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Also one that is none.
    pub email: &'a str,
    /// As people write it: given and family name, in whatever order. May be empty.
    pub name: &'a str,
}

/// A password that may be chosen.
pub struct NewPassword(pub(super) Password);

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("a password has at least {} bytes, this one has {bytes}", NewPassword::SHORTEST)]
    TooShort { bytes: usize },
    #[error("a password has at most {} bytes, this one has {bytes}", Password::LONGEST)]
    TooLong { bytes: usize },
    #[error("a password is not the e-mail address or the name of its owner")]
    Owner,
    #[error("this is one of the first passwords that anybody tries")]
    Common,
}

impl NewPassword {
    /// Shortest, in bytes.
    pub const SHORTEST: usize = 12;

    /// Takes what a person chose, or says everything that is wrong with it.
    pub fn choose(text: SecretString, person: &Person<'_>) -> Result<Self, Vec<Weakness>> {
        let weaknesses = weaknesses(text.expose_secret(), person);
        if weaknesses.is_empty() { Ok(Self(Password(text))) } else { Err(weaknesses) }
    }
}

fn weaknesses(text: &str, person: &Person<'_>) -> Vec<Weakness> {
    let bytes = text.len();
    if bytes > Password::LONGEST {
        // Not read any further.
        return vec![Weakness::TooLong { bytes }];
    }
    let mut found = Vec::new();
    if bytes < NewPassword::SHORTEST {
        found.push(Weakness::TooShort { bytes });
    }
    let folded = fold(text);
    if names_of(person).iter().any(|name| is_made_of(&folded, name)) {
        found.push(Weakness::Owner);
    }
    if commonest::holds(&folded) {
        found.push(Weakness::Common);
    }
    found
}

/// Letters and digits only, in lower case: what is left when people make a word look harder.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Everything that a person is called, as far as a password could be nothing but that.
fn names_of(person: &Person<'_>) -> Vec<String> {
    let email = person.email;
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let mut words: Vec<String> = person.name.split_whitespace().map(fold).collect();
    let forwards = words.concat();
    words.reverse();
    let backwards = words.concat();
    let mut names = vec![fold(email), fold(local), fold(host), forwards, backwards];
    names.extend(words);
    // A name of one or two letters would find itself anywhere.
    names.retain(|name| name.chars().count() > 2);
    names
}

/// Whether a text is a word, once or again and again, between digits.
fn is_made_of(folded: &str, word: &str) -> bool {
    let is_bare = |text: &str| !text.is_empty() && text.replace(word, "").is_empty();
    is_bare(folded) || is_bare(folded.trim_matches(|c: char| c.is_numeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Weakness> {
        let person = Person { email: "jo.silva@example.com", name: "Joana da Silva" };
        NewPassword::choose(text.to_owned().into(), &person).map(drop).err().unwrap_or_default()
    }

    #[test]
    fn a_long_phrase_may_be_chosen() {
        for text in ["correct horse battery", "vier kleine Katzen", "длинная фраза"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn its_length_is_counted_in_bytes() {
        assert_eq!(found("kurz und gu"), [Weakness::TooShort { bytes: 11 }]);
        assert_eq!(found("kurz und gut"), []);
        assert_eq!(found("süß und gut"), []);
        assert_eq!(found(&"kurz gut ".repeat(113)), []);
        assert_eq!(found(&"kurz gut ".repeat(114)), [Weakness::TooLong { bytes: 1026 }]);
    }

    #[test]
    fn what_its_owner_is_called_is_refused() {
        for text in [
            "jo.silva@example.com",
            "JO-SILVA@example.COM",
            "jo.silva.jo.silva",
            "Joana da Silva",
            "silva da joana",
            "2026 Joana-da-Silva!!",
            "SilvaSilvaSilva",
            "123 example.com 456",
        ] {
            assert!(found(text).contains(&Weakness::Owner), "{text}: {:?}", found(text));
        }
        assert_eq!(found("Joana da Silva was here"), []);
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for text in [
            "passwordpassword",
            "P.a.s.s.w.o.r.d.1.2.3.4",
            "123456789012",
            "aaaaaaaaaaaa",
            "qwertyuiop12",
        ] {
            assert_eq!(found(text), [Weakness::Common], "{text}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert_eq!(found("silva"), [Weakness::TooShort { bytes: 5 }, Weakness::Owner]);
        let both = found("admin");
        assert_eq!(both, [Weakness::TooShort { bytes: 5 }, Weakness::Common]);
    }

    #[test]
    fn short_names_do_not_forbid_everything() {
        let person = Person { email: "a@b.example", name: "X Y" };

        assert!(NewPassword::choose("xyxyxyxyxyxz".to_owned().into(), &person).is_ok());
    }

    #[test]
    fn what_was_chosen_is_not_shown() {
        let person = Person { email: "a@b.example", name: "" };
        let chosen = NewPassword::choose("correct horse battery".to_owned().into(), &person);

        assert_eq!(format!("{chosen:?}"), "Ok(NewPassword(..))");
    }
}
