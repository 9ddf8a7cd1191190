//! What a browser is, by what it calls itself.

/// How much of a text that nobody knows is shown.
const LONGEST: usize = 60;

/// `Firefox on Linux`; of one that nobody knows what it says itself.
pub(in crate::pages) fn device(agent: &str) -> String {
    // Those that pretend to be others say so before the others' names.
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg/", "Edge"),
        ("EdgA/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (found(BROWSERS), found(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => shortened(agent),
    }
}

fn shortened(agent: &str) -> String {
    let plain = agent.chars().filter(|sign| !sign.is_control());
    let short: String = plain.take(LONGEST).collect();
    if short.trim().is_empty() { "Unknown".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_although_they_pretend_to_be_each_other() {
        let of = |agent: &str| device(agent);

        assert_eq!(
            of("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"),
            "Firefox on Linux"
        );
        assert_eq!(
            of(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
            ),
            "Edge on Windows"
        );
        assert_eq!(
            of(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone"
        );
        assert_eq!(of("curl/8.5.0"), "curl");
    }

    #[test]
    fn one_that_nobody_knows_is_shown_as_it_says_and_not_without_end() {
        assert_eq!(device("<b>my\u{1b}[2J own</b>"), "<b>my[2J own</b>");
        assert_eq!(device(&"x".repeat(500)).len(), LONGEST);
        assert_eq!(device(" "), "Unknown");
    }
}
