//! Portuguese.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::BadRequest => ("Não é possível ler este pedido", "O seu navegador enviou algo que aqui não faz sentido. Recarregue a página; se continuar assim, apague os cookies deste site."),
        Refusal::UnknownHost => ("Não há nada neste endereço", "Verifique se o endereço está bem escrito. Se recebeu um link, peça um novo."),
        Refusal::Closed => ("Esta página não está disponível", "Está fechada para todos. Não há nenhum problema com a sua conta."),
        Refusal::TooLarge => ("Isto é grande demais", "O ficheiro ou formulário enviado é maior do que o permitido. Tente com um menor."),
        Refusal::CallTooLarge => ("Esta chamada é grande demais", "As chamadas a este endereço têm tamanho limitado. Envie os dados em várias chamadas ou por XML-RPC."),
        Refusal::NotACall => ("Não é possível ler esta chamada", "O conteúdo não é uma chamada JSON-RPC."),
        Refusal::TooSlow => ("Demorou demais a chegar", "A ligação era lenta demais ou foi interrompida. Tente de novo."),
        Refusal::Starting => ("Quase pronto", "Este site está a iniciar. A página abre sozinha dentro de momentos."),
        Refusal::Busy => ("Um momento, por favor", "Este site está em manutenção. A página abre sozinha no fim; os seus dados estão seguros."),
        Refusal::Stopped => ("Este site está desligado", "Foi parado de propósito e os seus dados estão guardados. Peça a quem cuida dele que o volte a iniciar."),
        Refusal::Failed => ("Este site tem um problema", "Não pode ser aberto neste momento. Quem cuida dele pode ver porquê; os dados estão guardados."),
        Refusal::Suspended => ("Este site está fechado", "Foi fechado por quem o aloja e os seus dados estão guardados. Se é você que cuida dele, entre em contacto com eles."),
        Refusal::Expired => ("O prazo deste site terminou", "Estava aberto até certo dia, que já passou. Os seus dados estão guardados. Peça a quem cuida dele que o prolongue."),
        Refusal::NotAnswering => ("Este site não responde", "Talvez esteja a reiniciar. Tente de novo dentro de alguns segundos."),
        Refusal::BadAnswer => ("Algo correu mal", "O site deu uma resposta que não pode ser mostrada. Tente de novo; se continuar, avise quem cuida dele."),
        Refusal::NoAnswer => ("Está a demorar demais", "O site não terminou a tempo. Talvez ainda esteja a trabalhar nisso: verifique antes de repetir."),
        Refusal::Crowded => ("Há muita gente neste momento", "Este site recebe mais pedidos do que consegue atender de uma vez. Tente de novo dentro de alguns segundos."),
    }
}
