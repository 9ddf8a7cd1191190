//! Italian.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Questa richiesta non è leggibile", "Il browser ha inviato qualcosa che qui non ha senso. Ricarichi la pagina; se non basta, cancelli i cookie di questo sito."),
        Refusal::UnknownHost => ("A questo indirizzo non c’è nulla", "Controlli che l’indirizzo sia scritto bene. Se ha ricevuto un link, ne chieda uno nuovo."),
        Refusal::Closed => ("Questa pagina non è disponibile", "È chiusa a tutti. Il suo account non ha alcun problema."),
        Refusal::TooLarge => ("È troppo grande", "Il file o il modulo inviato supera la dimensione consentita. Provi con uno più piccolo."),
        Refusal::CallTooLarge => ("Questa chiamata è troppo grande", "Le chiamate a questo indirizzo hanno una dimensione limitata. Invii i dati in più chiamate o tramite XML-RPC."),
        Refusal::NotACall => ("Questa chiamata non è leggibile", "Il contenuto non è una chiamata JSON-RPC."),
        Refusal::TooSlow => ("L’invio ha richiesto troppo tempo", "La connessione era troppo lenta o si è interrotta. Riprovi."),
        Refusal::Starting => ("Ci siamo quasi", "Questo sito si sta avviando. La pagina si aprirà da sola tra un momento."),
        Refusal::Busy => ("Un momento, per favore", "Si sta lavorando su questo sito. La pagina si aprirà da sola appena finito; i suoi dati sono al sicuro."),
        Refusal::Stopped => ("Questo sito è spento", "È stato fermato di proposito e i suoi dati sono conservati. Chieda a chi se ne occupa di riavviarlo."),
        Refusal::Failed => ("Questo sito ha un problema", "In questo momento non si può aprire. Chi se ne occupa può vedere perché; i dati sono conservati."),
        Refusal::Suspended => ("Questo sito è chiuso", "È stato chiuso da chi lo gestisce e i suoi dati sono conservati. Se è lei a occuparsene, si rivolga a loro."),
        Refusal::Expired => ("Il tempo di questo sito è scaduto", "Era aperto fino a un certo giorno, che è passato. I suoi dati sono conservati. Chieda a chi se ne occupa di prolungarlo."),
        Refusal::NotAnswering => ("Questo sito non risponde", "Forse si sta riavviando. Riprovi tra qualche secondo."),
        Refusal::BadAnswer => ("Qualcosa è andato storto", "Il sito ha dato una risposta che non si può mostrare. Riprovi; se continua, avvisi chi se ne occupa."),
        Refusal::NoAnswer => ("Ci sta mettendo troppo", "Il sito non ha finito in tempo. Forse ci sta ancora lavorando: controlli prima di ripetere."),
        Refusal::Crowded => ("C’è molta gente in questo momento", "Questo sito riceve più richieste di quante ne possa servire insieme. Riprovi tra qualche secondo."),
    }
}
