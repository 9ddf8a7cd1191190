//! The pages at a link that signs somebody in.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::language::PageLanguage;
use super::refusal::Mark;
use super::{About, Manner, escape, frame, respond};

/// A form may be sent to the link itself, and to nothing else.
const POLICY: &str = "default-src 'none'; style-src 'sha256-hbiGzkBukS3zD670nojLeJBRIdj7FqwyrdrpHnEbq3Y='; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What is said at a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginPage {
    /// It is good, and asks whether to go on.
    Offer,
    /// It is good for nothing (any more).
    Over,
}

/// Makes the page.
pub(crate) fn login(page: LoginPage, manner: &Manner, about: About<'_>) -> Response<Bytes> {
    let language = manner.language(about.language);
    let (title, text, button) = words(language, page);
    let form = match page {
        LoginPage::Offer => {
            format!("<form method=\"post\"><button>{}</button></form>", escape(button))
        }
        LoginPage::Over => String::new(),
    };
    let html = frame(language, (Mark::Resting, title, text), ("", &form), about);
    let mut response = respond(html, (language, POLICY), about);
    *response.status_mut() = match page {
        LoginPage::Offer => StatusCode::OK,
        LoginPage::Over => StatusCode::GONE,
    };
    response
}

/// Heading, sentence and button.
#[rustfmt::skip]
fn words(language: PageLanguage, page: LoginPage) -> (&'static str, &'static str, &'static str) {
    use LoginPage::{Offer, Over};
    match (language, page) {
        (PageLanguage::English, Offer) => ("Sign in as the administrator", "This link signs you in with all rights. It works once and only for a minute, and it is written down that you used it.", "Sign in"),
        (PageLanguage::English, Over) => ("This link does not work any more", "It was used already, or its minute is over. Ask for a new one.", ""),
        (PageLanguage::German, Offer) => ("Als Administrator anmelden", "Dieser Link meldet Sie mit allen Rechten an. Er gilt einmal und nur eine Minute lang, und seine Verwendung wird festgehalten.", "Anmelden"),
        (PageLanguage::German, Over) => ("Dieser Link gilt nicht mehr", "Er wurde schon verwendet, oder seine Minute ist vorbei. Bitten Sie um einen neuen.", ""),
        (PageLanguage::French, Offer) => ("Se connecter en tant qu’administrateur", "Ce lien vous connecte avec tous les droits. Il ne sert qu’une fois, pendant une minute, et son utilisation est consignée.", "Se connecter"),
        (PageLanguage::French, Over) => ("Ce lien n’est plus valable", "Il a déjà servi, ou sa minute est écoulée. Demandez-en un nouveau.", ""),
        (PageLanguage::Spanish, Offer) => ("Iniciar sesión como administrador", "Este enlace inicia sesión con todos los permisos. Sirve una sola vez y durante un minuto, y su uso queda registrado.", "Iniciar sesión"),
        (PageLanguage::Spanish, Over) => ("Este enlace ya no sirve", "Ya se usó, o su minuto ha pasado. Pida uno nuevo.", ""),
        (PageLanguage::Dutch, Offer) => ("Aanmelden als beheerder", "Met deze link meldt u zich aan met alle rechten. Hij werkt één keer en maar een minuut, en het gebruik wordt vastgelegd.", "Aanmelden"),
        (PageLanguage::Dutch, Over) => ("Deze link werkt niet meer", "Hij is al gebruikt, of zijn minuut is voorbij. Vraag om een nieuwe.", ""),
        (PageLanguage::Italian, Offer) => ("Accedere come amministratore", "Questo link fa accedere con tutti i diritti. Vale una volta sola e per un minuto, e il suo uso viene registrato.", "Accedi"),
        (PageLanguage::Italian, Over) => ("Questo link non vale più", "È già stato usato, o il suo minuto è passato. Chiedetene uno nuovo.", ""),
        (PageLanguage::Portuguese, Offer) => ("Entrar como administrador", "Esta ligação inicia a sessão com todos os direitos. Serve uma única vez e durante um minuto, e o seu uso fica registado.", "Entrar"),
        (PageLanguage::Portuguese, Over) => ("Esta ligação já não serve", "Já foi usada, ou o seu minuto passou. Peça uma nova.", ""),
        (PageLanguage::Polish, Offer) => ("Zaloguj się jako administrator", "Ten link loguje ze wszystkimi uprawnieniami. Działa raz i tylko przez minutę, a jego użycie zostaje zapisane.", "Zaloguj się"),
        (PageLanguage::Polish, Over) => ("Ten link już nie działa", "Został już użyty albo jego minuta minęła. Poproś o nowy.", ""),
        (PageLanguage::Arabic, Offer) => ("تسجيل الدخول بصفة المسؤول", "يسجّل هذا الرابط دخولك بجميع الصلاحيات. يعمل مرة واحدة ولمدة دقيقة فقط، ويُدوَّن استخدامه.", "تسجيل الدخول"),
        (PageLanguage::Arabic, Over) => ("لم يعد هذا الرابط صالحًا", "استُخدم من قبل أو انتهت دقيقته. اطلب رابطًا جديدًا.", ""),
    }
}
