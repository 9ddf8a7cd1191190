//! German.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
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
        Refusal::Suspended => ("Diese Seite ist gesperrt", "Sie wurde von denen geschlossen, die sie betreiben; ihre Daten bleiben erhalten. Wenn Sie für sie zuständig sind, wenden Sie sich an sie."),
        Refusal::Expired => ("Die Zeit dieser Seite ist abgelaufen", "Sie war bis zu einem bestimmten Tag geöffnet, und der ist vorbei. Ihre Daten bleiben erhalten. Bitten Sie die zuständige Person, sie zu verlängern."),
        Refusal::NotAnswering => ("Diese Seite antwortet nicht", "Vielleicht startet sie gerade neu. Versuchen Sie es in ein paar Sekunden noch einmal."),
        Refusal::BadAnswer => ("Etwas ist schiefgegangen", "Die Seite hat eine Antwort gegeben, die sich nicht anzeigen lässt. Versuchen Sie es noch einmal; bleibt es so, sagen Sie der zuständigen Person Bescheid."),
        Refusal::NoAnswer => ("Das dauert zu lange", "Die Seite ist nicht rechtzeitig fertig geworden. Vielleicht arbeitet sie noch daran: sehen Sie nach, bevor Sie es wiederholen."),
        Refusal::Crowded => ("Gerade ist viel los", "Mehr Menschen wollen auf diese Seite, als sie auf einmal bedienen kann. Versuchen Sie es in ein paar Sekunden noch einmal."),
    }
}
