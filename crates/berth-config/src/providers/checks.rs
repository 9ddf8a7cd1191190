//! What a provider's texts must be. Each error is one sentence that says what to write.

/// How long an issuer may be.
const LONGEST: usize = 500;

pub(super) fn name(text: &str) -> Result<(), String> {
    let is_name = (1..=60).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control);
    if is_name { Ok(()) } else { Err("write 1 to 60 characters on one line".to_owned()) }
}

/// A word without spaces, as the protocol has them.
pub(super) fn word(text: &str) -> Result<(), String> {
    let is_word =
        (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_word {
        Ok(())
    } else {
        Err(format!("`{}` is not a word without spaces", text.escape_debug()))
    }
}

/// Over http only ranges are asked that the configuration names.
pub(super) fn issuer(text: &str, has_private: bool) -> Result<(), String> {
    let wanted =
        "write the issuer as the provider does, like `https://login.example.com/realms/corp`";
    let is_plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    let url = url::Url::parse(text).ok().filter(|_| is_plain).ok_or(wanted)?;
    let is_bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.has_host();
    match url.scheme() {
        "https" if is_bare => Ok(()),
        "http" if is_bare && has_private => Ok(()),
        "http" if is_bare => {
            Err("only https is spoken, and http with ranges that `sign_in.allow_private` names"
                .to_owned())
        }
        _ => Err(wanted.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_address_and_nothing_more() {
        for text in ["https://login.example.com", "https://login.example.com:8443/realms/corp"] {
            assert_eq!(issuer(text, false), Ok(()), "{text}");
        }
        for text in [
            "",
            "login.example.com",
            "ftp://a.example",
            "https://",
            "https://jo@a.example",
            "https://jo:pw@a.example",
            "https://a.example/?x=1",
            "https://a.example/#x",
            "https://a.example/ b",
            "http://a.example",
            "javascript:alert(1)",
        ] {
            assert!(issuer(text, false).is_err(), "{text}");
        }
        assert_eq!(issuer("http://127.0.0.1:9000/realm", true), Ok(()));
    }

    #[test]
    fn a_refusal_does_not_obey_what_it_repeats() {
        assert_eq!(
            word("a\u{1b}[2J"),
            Err("`a\\u{1b}[2J` is not a word without spaces".to_owned())
        );
        assert!(name("Corp\u{7}").is_err() && name("Example Corp").is_ok());
    }
}
