use berth_domain::access::Role;
use berth_domain::{OrganisationId, Person, ProviderId};
use berth_store::foreign::{self, Identity};
use berth_store::{Change, given, memberships, people};
use secrecy::ExposeSecret as _;

use crate::home::{Home, on_both_databases};
use crate::somebody::with_person;

on_both_databases!(
    an_identity_is_one_persons_and_is_found_by_issuer_and_subject,
    identities_are_taken_away_by_provider_or_all_at_once,
    a_sign_in_is_used_up_once_and_forgotten_when_it_could_not_be_used_anyway,
    groups_leave_alone_what_was_given_by_hand_or_by_another_provider,
    an_operator_by_hand_is_not_unmade_by_groups,
    what_a_browser_holds_opens_for_its_provider_only,
);

const ISSUER: &str = "https://login.example.com";

fn corp() -> ProviderId {
    "corp".parse().unwrap()
}

fn other() -> ProviderId {
    "other".parse().unwrap()
}

fn identity(home: &Home, person: &Person, subject: &str) -> Identity {
    Identity {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        person: person.id,
        provider: corp(),
        created_at: home.now(),
        signed_in_at: None,
    }
}

async fn an_identity_is_one_persons_and_is_found_by_issuer_and_subject(home: Home) {
    let (jo, al) = (with_person(&home, "jo@example.com").await, with_person(&home, "al@x.y").await);
    let first = identity(&home, &jo, "1");
    let mut tx = home.begin().await;

    assert_eq!(foreign::insert(&mut tx, &first).await.unwrap(), Change::Updated);
    let taken = Identity { person: al.id, ..first.clone() };
    assert_eq!(foreign::insert(&mut tx, &taken).await.unwrap(), Change::Unchanged);
    let elsewhere = Identity { issuer: "https://evil.example".to_owned(), ..taken };
    assert_eq!(foreign::insert(&mut tx, &elsewhere).await.unwrap(), Change::Updated);

    assert_eq!(foreign::find(&mut tx, ISSUER, "1").await.unwrap(), Some(first.clone()));
    assert_eq!(foreign::find(&mut tx, ISSUER, "2").await.unwrap(), None);
    let found = foreign::find(&mut tx, "https://evil.example", "1").await.unwrap();
    assert_eq!(found.map(|it| it.person), Some(al.id));
    let at = home.minutes(3);
    assert!(foreign::touch(&mut tx, (ISSUER, "1"), &other(), at).await.unwrap().is_updated());
    let listed = foreign::of(&mut tx, jo.id).await.unwrap().rows;
    assert_eq!(listed, [Identity { provider: other(), signed_in_at: Some(at), ..first }]);
}

async fn identities_are_taken_away_by_provider_or_all_at_once(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;
    for (subject, provider) in [("1", corp()), ("2", corp()), ("3", other()), ("4", other())] {
        let identity = Identity { provider, ..identity(&home, &jo, subject) };
        assert!(foreign::insert(&mut tx, &identity).await.unwrap().is_updated());
    }

    assert_eq!(foreign::delete(&mut tx, jo.id, &corp()).await.unwrap(), 2);
    assert_eq!(foreign::delete(&mut tx, jo.id, &corp()).await.unwrap(), 0);
    assert_eq!(foreign::of(&mut tx, jo.id).await.unwrap().rows.len(), 2);
    assert_eq!(foreign::delete_all(&mut tx, jo.id).await.unwrap(), 2);
}

async fn a_sign_in_is_used_up_once_and_forgotten_when_it_could_not_be_used_anyway(home: Home) {
    let mut tx = home.begin().await;

    assert_eq!(foreign::use_up(&mut tx, "a", home.minutes(10)).await.unwrap(), Change::Updated);
    assert_eq!(foreign::use_up(&mut tx, "a", home.minutes(10)).await.unwrap(), Change::Unchanged);
    assert_eq!(foreign::trim(&mut tx, home.minutes(9)).await.unwrap(), 0);
    assert_eq!(foreign::trim(&mut tx, home.minutes(10)).await.unwrap(), 1);
}

async fn groups_leave_alone_what_was_given_by_hand_or_by_another_provider(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;
    let organisation: OrganisationId = home.organisation;
    let place = (organisation, jo.id);
    let role = async |tx: &mut berth_store::Tx| {
        memberships::find(tx, organisation, jo.id).await.unwrap().map(|member| member.role)
    };

    let now = home.now();
    let first = given::give(&mut tx, place, (Role::Viewer, &corp()), now).await.unwrap();
    assert_eq!(first, Change::Updated);
    let raised = given::give(&mut tx, place, (Role::Member, &corp()), now).await.unwrap();
    assert_eq!(raised, Change::Updated);
    let rows = given::roles(&mut tx, jo.id, &corp()).await.unwrap().rows;
    assert_eq!(rows, [(organisation, Role::Member)]);
    let foreign_give = given::give(&mut tx, place, (Role::Admin, &other()), now).await.unwrap();
    assert_eq!(foreign_give, Change::Unchanged);
    assert_eq!(given::take(&mut tx, place, &other()).await.unwrap(), Change::Unchanged);
    assert_eq!(role(&mut tx).await, Some(Role::Member));

    memberships::put(&mut tx, place, Role::Admin, now).await.unwrap();
    let by_group = given::give(&mut tx, place, (Role::Viewer, &corp()), now).await.unwrap();
    assert_eq!(by_group, Change::Unchanged);
    assert_eq!(given::take(&mut tx, place, &corp()).await.unwrap(), Change::Unchanged);
    assert_eq!(role(&mut tx).await, Some(Role::Admin));
    assert!(given::roles(&mut tx, jo.id, &corp()).await.unwrap().rows.is_empty());

    assert!(memberships::delete(&mut tx, organisation, jo.id).await.unwrap().is_updated());
    let again = given::give(&mut tx, place, (Role::Viewer, &corp()), now).await.unwrap();
    assert_eq!(again, Change::Updated);
    assert_eq!(given::take(&mut tx, place, &corp()).await.unwrap(), Change::Updated);
    assert_eq!(role(&mut tx).await, None);
}

async fn an_operator_by_hand_is_not_unmade_by_groups(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;

    assert!(!given::is_operator_by(&mut tx, jo.id, &corp()).await.unwrap());
    assert!(given::make_operator(&mut tx, jo.id, &corp()).await.unwrap().is_updated());
    assert!(given::is_operator_by(&mut tx, jo.id, &corp()).await.unwrap());
    assert!(!given::is_operator_by(&mut tx, jo.id, &other()).await.unwrap());
    let other_groups = given::unmake_operator(&mut tx, jo.id, &other()).await.unwrap();
    assert_eq!(other_groups, Change::Unchanged);
    assert!(given::unmake_operator(&mut tx, jo.id, &corp()).await.unwrap().is_updated());

    people::make_operator(&mut tx, jo.id).await.unwrap();
    assert_eq!(given::make_operator(&mut tx, jo.id, &corp()).await.unwrap(), Change::Unchanged);
    assert_eq!(given::unmake_operator(&mut tx, jo.id, &corp()).await.unwrap(), Change::Unchanged);
    assert!(people::find_by_id(&mut tx, jo.id).await.unwrap().unwrap().is_operator);
    let at = home.minutes(1);
    assert!(people::sign_in_elsewhere(&mut tx, jo.id, at).await.unwrap().is_updated());
    people::disable(&mut tx, jo.id, Some(at)).await.unwrap();
    let disabled = people::sign_in_elsewhere(&mut tx, jo.id, at).await.unwrap();
    assert_eq!(disabled, Change::Unchanged);
}

async fn what_a_browser_holds_opens_for_its_provider_only(home: Home) {
    let tx = home.read().await;
    let sealed = foreign::seal(&tx, &corp(), &"hush".into()).unwrap();

    let opened = foreign::open(&tx, &corp(), &sealed);
    assert_eq!(opened.unwrap().expose_secret(), "hush");
    assert!(foreign::open(&tx, &other(), &sealed).is_none());
    let last = sealed.len() - 1;
    for crooked in ["", "v1:", "hush", &sealed[..last], &sealed.replace(':', ";")] {
        assert!(foreign::open(&tx, &corp(), crooked).is_none(), "{crooked}");
    }
    assert!(!sealed.contains("hush"));
}
