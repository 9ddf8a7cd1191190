//! What the pages say, in the languages that the edge speaks.
//!
//! They are read by the customers of whoever runs Berth, so they name no product, blame nobody and
//! say what to do.

mod arabic;
mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod polish;
mod portuguese;
mod spanish;

use super::Refusal;
use super::language::PageLanguage;

/// A page's heading and its sentence.
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

/// Finds the words for a refusal.
pub(crate) fn words(language: PageLanguage, refusal: Refusal) -> Words {
    let (title, text) = match language {
        PageLanguage::English => english::words(refusal),
        PageLanguage::German => german::words(refusal),
        PageLanguage::French => french::words(refusal),
        PageLanguage::Spanish => spanish::words(refusal),
        PageLanguage::Dutch => dutch::words(refusal),
        PageLanguage::Italian => italian::words(refusal),
        PageLanguage::Portuguese => portuguese::words(refusal),
        PageLanguage::Polish => polish::words(refusal),
        PageLanguage::Arabic => arabic::words(refusal),
    };
    Words { title, text }
}

/// What stands before the name by which a request is found in the logs.
pub(crate) fn reference(language: PageLanguage) -> &'static str {
    match language {
        PageLanguage::English => "Reference",
        PageLanguage::German => "Kennung",
        PageLanguage::French => "Référence",
        PageLanguage::Spanish => "Referencia",
        PageLanguage::Dutch => "Kenmerk",
        PageLanguage::Italian => "Riferimento",
        PageLanguage::Portuguese => "Referência",
        PageLanguage::Polish => "Numer zgłoszenia",
        PageLanguage::Arabic => "المرجع",
    }
}
