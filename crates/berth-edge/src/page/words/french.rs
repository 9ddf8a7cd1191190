//! French.

use super::super::Refusal;

#[rustfmt::skip]
pub(super) fn words(refusal: Refusal) -> (&'static str, &'static str) {
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
        Refusal::Suspended => ("Ce site est fermé", "Il a été fermé par ceux qui l’hébergent et ses données sont conservées. Si vous vous en occupez, adressez-vous à eux."),
        Refusal::Expired => ("Ce site est arrivé à échéance", "Il était ouvert jusqu’à une certaine date, et elle est passée. Ses données sont conservées. Demandez à la personne qui s’en occupe de le prolonger."),
        Refusal::NotAnswering => ("Ce site ne répond pas", "Il redémarre peut-être. Réessayez dans quelques secondes."),
        Refusal::BadAnswer => ("Un problème est survenu", "Le site a donné une réponse qui ne peut pas être affichée. Réessayez ; si cela persiste, prévenez la personne qui s’en occupe."),
        Refusal::NoAnswer => ("Cela prend trop de temps", "Le site n’a pas terminé à temps. Il y travaille peut-être encore : vérifiez avant de recommencer."),
        Refusal::Crowded => ("Beaucoup de monde en ce moment", "Ce site reçoit plus de demandes qu’il ne peut en servir à la fois. Réessayez dans quelques secondes."),
    }
}
