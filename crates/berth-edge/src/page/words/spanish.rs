//! Spanish.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
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
        Refusal::Suspended => ("Este sitio está cerrado", "Lo cerraron quienes lo alojan y sus datos se conservan. Si usted lo administra, póngase en contacto con ellos."),
        Refusal::Expired => ("El plazo de este sitio terminó", "Estaba abierto hasta cierto día, y ya pasó. Sus datos se conservan. Pida a quien lo administra que lo prolongue."),
        Refusal::NotAnswering => ("Este sitio no responde", "Puede que se esté reiniciando. Inténtelo de nuevo en unos segundos."),
        Refusal::BadAnswer => ("Algo salió mal", "El sitio dio una respuesta que no se puede mostrar. Inténtelo de nuevo; si sigue igual, avise a quien lo administra."),
        Refusal::NoAnswer => ("Está tardando demasiado", "El sitio no terminó a tiempo. Puede que siga trabajando: compruébelo antes de repetirlo."),
        Refusal::Crowded => ("Hay mucha gente ahora mismo", "Este sitio recibe más peticiones de las que puede atender a la vez. Inténtelo de nuevo en unos segundos."),
    }
}
