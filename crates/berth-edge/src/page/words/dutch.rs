//! Dutch.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
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
        Refusal::Suspended => ("Deze site is gesloten", "Ze is gesloten door wie haar host, en haar gegevens blijven bewaard. Bent u de beheerder, neem dan contact met hen op."),
        Refusal::Expired => ("De tijd van deze site is voorbij", "Ze was open tot een bepaalde dag, en die is voorbij. Haar gegevens blijven bewaard. Vraag de beheerder om haar te verlengen."),
        Refusal::NotAnswering => ("Deze site antwoordt niet", "Misschien start ze opnieuw op. Probeer het over een paar seconden nog eens."),
        Refusal::BadAnswer => ("Er ging iets mis", "De site gaf een antwoord dat niet kan worden getoond. Probeer het opnieuw; blijft het zo, waarschuw dan de beheerder."),
        Refusal::NoAnswer => ("Dit duurt te lang", "De site was niet op tijd klaar. Misschien is ze nog bezig: kijk eerst voor u het herhaalt."),
        Refusal::Crowded => ("Het is nu erg druk", "Deze site krijgt meer verzoeken dan ze tegelijk aankan. Probeer het over een paar seconden nog eens."),
    }
}
