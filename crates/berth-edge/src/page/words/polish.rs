//! Polish.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Nie można odczytać tego żądania", "Przeglądarka wysłała coś, co nie ma tu sensu. Odśwież stronę; jeśli to nie pomoże, usuń pliki cookie tej witryny."),
        Refusal::UnknownHost => ("Pod tym adresem nic nie ma", "Sprawdź pisownię adresu. Jeśli masz go z otrzymanego odnośnika, poproś o nowy."),
        Refusal::Closed => ("Ta strona jest niedostępna", "Jest zamknięta dla wszystkich. Z Twoim kontem wszystko jest w porządku."),
        Refusal::TooLarge => ("To jest za duże", "Wysłany plik lub formularz jest większy, niż wolno. Spróbuj z mniejszym."),
        Refusal::CallTooLarge => ("To wywołanie jest za duże", "Rozmiar wywołań pod tym adresem jest ograniczony. Wyślij dane w kilku wywołaniach albo przez XML-RPC."),
        Refusal::NotACall => ("Nie można odczytać tego wywołania", "Treść nie jest wywołaniem JSON-RPC."),
        Refusal::TooSlow => ("Przesyłanie trwało za długo", "Połączenie było zbyt wolne albo zostało przerwane. Spróbuj ponownie."),
        Refusal::Starting => ("Już prawie gotowe", "Ta witryna się uruchamia. Strona za chwilę otworzy się sama."),
        Refusal::Busy => ("Chwileczkę", "Na tej witrynie trwają prace. Strona otworzy się potem sama; Twoje dane są bezpieczne."),
        Refusal::Stopped => ("Ta witryna jest wyłączona", "Została celowo zatrzymana, a jej dane są zachowane. Poproś osobę, która się nią opiekuje, o ponowne uruchomienie."),
        Refusal::Failed => ("Ta witryna ma problem", "Nie można jej teraz otworzyć. Osoba, która się nią opiekuje, może sprawdzić dlaczego; dane są zachowane."),
        Refusal::Suspended => ("Ta witryna jest zamknięta", "Zamknęli ją ci, którzy ją prowadzą, a jej dane są zachowane. Jeśli się nią opiekujesz, skontaktuj się z nimi."),
        Refusal::Expired => ("Czas tej witryny minął", "Była otwarta do określonego dnia, a ten już minął. Jej dane są zachowane. Poproś osobę, która się nią opiekuje, o przedłużenie."),
        Refusal::NotAnswering => ("Ta witryna nie odpowiada", "Być może właśnie uruchamia się ponownie. Spróbuj za kilka sekund."),
        Refusal::BadAnswer => ("Coś poszło nie tak", "Witryna dała odpowiedź, której nie można pokazać. Spróbuj ponownie; jeśli to się powtórzy, powiadom osobę, która się nią opiekuje."),
        Refusal::NoAnswer => ("To trwa za długo", "Witryna nie skończyła na czas. Być może wciąż pracuje: sprawdź, zanim powtórzysz."),
        Refusal::Crowded => ("Teraz jest duży ruch", "Z tej witryny chce skorzystać więcej osób, niż może ona naraz obsłużyć. Spróbuj za kilka sekund."),
    }
}
