//! The languages of the pages.

use http::HeaderValue;

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageLanguage {
    English,
    German,
    French,
    Spanish,
    Dutch,
    Italian,
    Portuguese,
    Polish,
    Arabic,
}

impl PageLanguage {
    pub(super) const ALL: [Self; 9] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Dutch,
        Self::Italian,
        Self::Portuguese,
        Self::Polish,
        Self::Arabic,
    ];

    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Dutch => "nl",
            Self::Italian => "it",
            Self::Portuguese => "pt",
            Self::Polish => "pl",
            Self::Arabic => "ar",
        }
    }

    /// In which direction it is written, as HTML says it.
    pub(super) fn direction(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            _ => "ltr",
        }
    }

    /// Finds the language of a tag such as `de`, `de-AT` or Odoo's `de_DE`.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '@']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// Reads `Accept-Language` (RFC 9110 section 12.5.4): the first of those with the highest weight.
    pub(crate) fn of_browser(wishes: &HeaderValue) -> Option<Self> {
        let wishes = wishes.to_str().ok()?;
        let mut best: Option<(f32, Self)> = None;
        for wish in wishes.split(',').take(20) {
            let (tag, weight) = match wish.split_once(";q=") {
                Some((tag, weight)) => (tag, weight.trim().parse().unwrap_or(0.0)),
                None => (wish, 1.0),
            };
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > best.map_or(0.0, |(weight, _)| weight)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}
