//! What the pages say, in the languages that the edge speaks.
//!
//! They are read by the customers of whoever runs Berth, so they name no product, blame nobody and
//! say what to do.

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
        PageLanguage::English => english(refusal),
        PageLanguage::German => german(refusal),
        PageLanguage::French => french(refusal),
        PageLanguage::Spanish => spanish(refusal),
        PageLanguage::Dutch => dutch(refusal),
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
    }
}

#[rustfmt::skip]
fn english(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("This request cannot be read", "Your browser sent something that does not make sense here. Reload the page; if it stays like this, delete the cookies of this site."),
        Refusal::UnknownHost => ("There is nothing at this address", "Check the spelling of the address. If you were sent a link, ask for a new one."),
        Refusal::Closed => ("This page is not available", "It is closed to everybody. Nothing is wrong with your account."),
        Refusal::TooLarge => ("This is too large", "The file or form you sent is larger than allowed. Try a smaller one."),
        Refusal::CallTooLarge => ("This call is too large", "Calls to this address are limited in size. Send large data in several calls, or over XML-RPC."),
        Refusal::NotACall => ("This call cannot be read", "The body is not a JSON-RPC call."),
        Refusal::TooSlow => ("This took too long to arrive", "The connection was too slow or broke off. Try again."),
        Refusal::Starting => ("Almost there", "This site is starting. The page opens by itself in a moment."),
        Refusal::Busy => ("One moment, please", "This site is being worked on. The page opens by itself when that is done; your data is safe."),
        Refusal::Stopped => ("This site is switched off", "It was stopped on purpose and its data is kept. Ask whoever looks after it to start it again."),
        Refusal::Failed => ("This site has a problem", "It cannot be opened right now. Whoever looks after it can see why; its data is kept."),
        Refusal::NotAnswering => ("This site is not answering", "It may be restarting. Try again in a few seconds."),
        Refusal::BadAnswer => ("Something went wrong", "The site gave an answer that cannot be shown. Try again; if it stays like this, tell whoever looks after it."),
        Refusal::NoAnswer => ("This is taking too long", "The site did not finish in time. It may still be working on it: look before you repeat it."),
        Refusal::Crowded => ("Very busy right now", "More people want this site than it can serve at once. Try again in a few seconds."),
    }
}

#[rustfmt::skip]
fn german(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Diese Anfrage ist nicht lesbar", "Ihr Browser hat etwas gesendet, das hier keinen Sinn ergibt. Laden Sie die Seite neu; hilft das nicht, löschen Sie die Cookies dieser Seite."),
        Refusal::UnknownHost => ("Unter dieser Adresse gibt es nichts", "Prüfen Sie die Schreibweise der Adresse. Wenn Sie einen Link bekommen haben, bitten Sie um einen neuen."),
        Refusal::Closed => ("Diese Seite ist nicht verfügbar", "Sie ist für alle gesperrt. Mit Ihrem Konto ist alles in Ordnung."),
        Refusal::TooLarge => ("Das ist zu groß", "Die gesendete Datei oder das Formular ist größer als erlaubt. Versuchen Sie es mit weniger."),
        Refusal::CallTooLarge => ("Dieser Aufruf ist zu groß", "Aufrufe an diese Adresse sind in der Größe begrenzt. Senden Sie große Daten in mehreren Aufrufen oder über XML-RPC."),
        Refusal::NotACall => ("Dieser Aufruf ist nicht lesbar", "Der Inhalt ist kein JSON-RPC-Aufruf."),
        Refusal::TooSlow => ("Das hat zu lange gedauert", "Die Verbindung war zu langsam oder ist abgebrochen. Versuchen Sie es noch einmal."),
        Refusal::Starting => ("Gleich geht es los", "Diese Seite startet gerade. Sie öffnet sich gleich von selbst."),
        Refusal::Busy => ("Einen Moment bitte", "An dieser Seite wird gerade gearbeitet. Sie öffnet sich danach von selbst; Ihre Daten sind sicher."),
        Refusal::Stopped => ("Diese Seite ist ausgeschaltet", "Sie wurde absichtlich angehalten, ihre Daten bleiben erhalten. Bitten Sie die zuständige Person, sie wieder zu starten."),
        Refusal::Failed => ("Diese Seite hat ein Problem", "Sie lässt sich gerade nicht öffnen. Die zuständige Person kann sehen, warum; die Daten bleiben erhalten."),
        Refusal::NotAnswering => ("Diese Seite antwortet nicht", "Vielleicht startet sie gerade neu. Versuchen Sie es in ein paar Sekunden noch einmal."),
        Refusal::BadAnswer => ("Etwas ist schiefgegangen", "Die Seite hat eine Antwort gegeben, die sich nicht anzeigen lässt. Versuchen Sie es noch einmal; bleibt es so, sagen Sie der zuständigen Person Bescheid."),
        Refusal::NoAnswer => ("Das dauert zu lange", "Die Seite ist nicht rechtzeitig fertig geworden. Vielleicht arbeitet sie noch daran: sehen Sie nach, bevor Sie es wiederholen."),
        Refusal::Crowded => ("Gerade ist viel los", "Mehr Menschen wollen auf diese Seite, als sie auf einmal bedienen kann. Versuchen Sie es in ein paar Sekunden noch einmal."),
    }
}

#[rustfmt::skip]
fn french(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Cette demande est illisible", "Votre navigateur a envoyé quelque chose qui n’a pas de sens ici. Rechargez la page ; si cela ne suffit pas, supprimez les cookies de ce site."),
        Refusal::UnknownHost => ("Il n’y a rien à cette adresse", "Vérifiez l’orthographe de l’adresse. Si vous avez reçu un lien, demandez-en un nouveau."),
        Refusal::Closed => ("Cette page n’est pas disponible", "Elle est fermée à tout le monde. Votre compte n’est pas en cause."),
        Refusal::TooLarge => ("C’est trop volumineux", "Le fichier ou le formulaire envoyé dépasse la taille permise. Essayez avec moins."),
        Refusal::CallTooLarge => ("Cet appel est trop volumineux", "La taille des appels à cette adresse est limitée. Envoyez les gros volumes en plusieurs appels, ou par XML-RPC."),
        Refusal::NotACall => ("Cet appel est illisible", "Le contenu n’est pas un appel JSON-RPC."),
        Refusal::TooSlow => ("L’envoi a pris trop de temps", "La connexion était trop lente ou s’est interrompue. Réessayez."),
        Refusal::Starting => ("C’est presque prêt", "Ce site démarre. La page s’ouvrira d’elle-même dans un instant."),
        Refusal::Busy => ("Un instant, s’il vous plaît", "Une opération est en cours sur ce site. La page s’ouvrira d’elle-même ensuite ; vos données sont en sécurité."),
        Refusal::Stopped => ("Ce site est arrêté", "Il a été arrêté volontairement et ses données sont conservées. Demandez à la personne qui s’en occupe de le redémarrer."),
        Refusal::Failed => ("Ce site a un problème", "Il ne peut pas s’ouvrir pour le moment. La personne qui s’en occupe peut voir pourquoi ; les données sont conservées."),
        Refusal::NotAnswering => ("Ce site ne répond pas", "Il redémarre peut-être. Réessayez dans quelques secondes."),
        Refusal::BadAnswer => ("Un problème est survenu", "Le site a donné une réponse qui ne peut pas être affichée. Réessayez ; si cela persiste, prévenez la personne qui s’en occupe."),
        Refusal::NoAnswer => ("Cela prend trop de temps", "Le site n’a pas terminé à temps. Il y travaille peut-être encore : vérifiez avant de recommencer."),
        Refusal::Crowded => ("Beaucoup de monde en ce moment", "Ce site reçoit plus de demandes qu’il ne peut en servir à la fois. Réessayez dans quelques secondes."),
    }
}

#[rustfmt::skip]
fn spanish(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Esta petición no se puede leer", "Su navegador envió algo que aquí no tiene sentido. Recargue la página; si sigue igual, borre las cookies de este sitio."),
        Refusal::UnknownHost => ("No hay nada en esta dirección", "Compruebe que la dirección esté bien escrita. Si recibió un enlace, pida uno nuevo."),
        Refusal::Closed => ("Esta página no está disponible", "Está cerrada para todo el mundo. No hay ningún problema con su cuenta."),
        Refusal::TooLarge => ("Esto es demasiado grande", "El archivo o formulario enviado supera el tamaño permitido. Pruebe con uno más pequeño."),
        Refusal::CallTooLarge => ("Esta llamada es demasiado grande", "El tamaño de las llamadas a esta dirección está limitado. Envíe los datos grandes en varias llamadas o por XML-RPC."),
        Refusal::NotACall => ("Esta llamada no se puede leer", "El contenido no es una llamada JSON-RPC."),
        Refusal::TooSlow => ("Tardó demasiado en llegar", "La conexión era demasiado lenta o se cortó. Inténtelo de nuevo."),
        Refusal::Starting => ("Ya casi está", "Este sitio está arrancando. La página se abrirá sola en un momento."),
        Refusal::Busy => ("Un momento, por favor", "Se está trabajando en este sitio. La página se abrirá sola al terminar; sus datos están a salvo."),
        Refusal::Stopped => ("Este sitio está apagado", "Se detuvo a propósito y sus datos se conservan. Pida a quien lo administra que lo vuelva a iniciar."),
        Refusal::Failed => ("Este sitio tiene un problema", "Ahora mismo no se puede abrir. Quien lo administra puede ver por qué; los datos se conservan."),
        Refusal::NotAnswering => ("Este sitio no responde", "Puede que se esté reiniciando. Inténtelo de nuevo en unos segundos."),
        Refusal::BadAnswer => ("Algo salió mal", "El sitio dio una respuesta que no se puede mostrar. Inténtelo de nuevo; si sigue igual, avise a quien lo administra."),
        Refusal::NoAnswer => ("Está tardando demasiado", "El sitio no terminó a tiempo. Puede que siga trabajando: compruébelo antes de repetirlo."),
        Refusal::Crowded => ("Hay mucha gente ahora mismo", "Este sitio recibe más peticiones de las que puede atender a la vez. Inténtelo de nuevo en unos segundos."),
    }
}

#[rustfmt::skip]
fn dutch(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Dit verzoek is niet te lezen", "Uw browser stuurde iets dat hier geen betekenis heeft. Laad de pagina opnieuw; helpt dat niet, verwijder dan de cookies van deze site."),
        Refusal::UnknownHost => ("Er is niets op dit adres", "Controleer de spelling van het adres. Kreeg u een link, vraag dan om een nieuwe."),
        Refusal::Closed => ("Deze pagina is niet beschikbaar", "Ze is voor iedereen gesloten. Met uw account is niets mis."),
        Refusal::TooLarge => ("Dit is te groot", "Het bestand of formulier dat u stuurde is groter dan toegestaan. Probeer het met minder."),
        Refusal::CallTooLarge => ("Deze aanroep is te groot", "Aanroepen naar dit adres zijn begrensd. Stuur grote gegevens in meerdere aanroepen, of via XML-RPC."),
        Refusal::NotACall => ("Deze aanroep is niet te lezen", "De inhoud is geen JSON-RPC-aanroep."),
        Refusal::TooSlow => ("Het duurde te lang", "De verbinding was te traag of brak af. Probeer het opnieuw."),
        Refusal::Starting => ("Bijna zover", "Deze site start op. De pagina opent zo vanzelf."),
        Refusal::Busy => ("Een ogenblik geduld", "Er wordt aan deze site gewerkt. De pagina opent daarna vanzelf; uw gegevens zijn veilig."),
        Refusal::Stopped => ("Deze site staat uit", "Ze is bewust gestopt en haar gegevens blijven bewaard. Vraag de beheerder om ze weer te starten."),
        Refusal::Failed => ("Deze site heeft een probleem", "Ze kan nu niet worden geopend. De beheerder kan zien waarom; de gegevens blijven bewaard."),
        Refusal::NotAnswering => ("Deze site antwoordt niet", "Misschien start ze opnieuw op. Probeer het over een paar seconden nog eens."),
        Refusal::BadAnswer => ("Er ging iets mis", "De site gaf een antwoord dat niet kan worden getoond. Probeer het opnieuw; blijft het zo, waarschuw dan de beheerder."),
        Refusal::NoAnswer => ("Dit duurt te lang", "De site was niet op tijd klaar. Misschien is ze nog bezig: kijk eerst voor u het herhaalt."),
        Refusal::Crowded => ("Het is nu erg druk", "Deze site krijgt meer verzoeken dan ze tegelijk aankan. Probeer het over een paar seconden nog eens."),
    }
}
