use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::access::{Post, Role};
use berth_domain::person::{Invitation, Offer, Session};
use berth_domain::{Actor, IdSource as _, InvitationId, OrganisationId, Person, SessionId};
use berth_store::secrets::{self, SecretName};
use berth_store::{
    Change, StoreError, claim, invitations, memberships, people, second_factors, sessions,
};
use secrecy::ExposeSecret as _;

use crate::home::{Home, on_both_databases};
use crate::somebody::{person, with_person};

on_both_databases!(
    a_person_reads_back_and_an_address_is_one_account,
    a_password_is_changed_only_by_whoever_knew_the_one_before,
    whoever_is_disabled_or_has_another_password_by_now_does_not_sign_in,
    the_installation_is_claimed_once_though_two_try_at_once,
    a_code_to_claim_is_good_until_its_time_is_over_or_there_is_another,
    a_session_is_found_until_it_is_over_or_its_person_is_disabled,
    sessions_are_listed_and_ended_by_person,
    a_session_is_kept_by_being_used_and_not_beyond_its_end,
    members_are_found_in_their_organisation_and_nowhere_else,
    a_role_that_is_not_known_gives_nothing_and_hides_nobody_else,
    an_invitation_is_found_where_it_belongs_and_taken_once,
    a_second_invitation_takes_the_place_of_the_first,
    an_invitation_leaves_a_code_for_a_new_password_alone,
    what_somebody_offered_goes_with_them,
    a_step_and_a_code_are_used_up_once,
    the_secret_of_an_authenticator_is_sealed,
);

fn session(home: &Home, person: &Person) -> Session {
    Session {
        id: SessionId::from_uuid(home.uuid()),
        person: person.id,
        created_at: home.now(),
        seen_at: home.now(),
        address: Some("192.0.2.1".to_owned()),
        user_agent: None,
        idle_at: home.minutes(10),
        ends_at: home.minutes(60),
    }
}

/// Adds a session whose digest is its own id.
async fn with_session(home: &Home, person: &Person) -> Session {
    let session = session(home, person);
    let mut tx = home.begin().await;
    sessions::insert(&mut tx, &session, &session.id.to_string()).await.unwrap();
    tx.commit().await.unwrap();
    session
}

pub(crate) fn invitation(home: &Home, email: &str, post: Post) -> Invitation {
    Invitation {
        id: InvitationId::from_uuid(home.uuid()),
        email: email.parse().unwrap(),
        offer: Offer::Post(post),
        created_at: home.now(),
        created_by: Actor::Local { uid: 0 },
        expires_at: home.minutes(60),
    }
}

/// Adds an invitation whose digest is its own id.
pub(crate) async fn with_invitation(home: &Home, invitation: &Invitation) {
    let mut tx = home.begin().await;
    invitations::insert(&mut tx, invitation, &invitation.id.to_string()).await.unwrap();
    tx.commit().await.unwrap();
}

fn elsewhere() -> OrganisationId {
    OrganisationId::from_uuid(berth_testkit::RandomIds.uuid())
}

async fn a_person_reads_back_and_an_address_is_one_account(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let full = Person {
        is_operator: true,
        disabled_at: Some(home.minutes(1)),
        second_factor_since: Some(home.minutes(2)),
        signed_in_at: Some(home.minutes(3)),
        ..person(&home, "al@example.com")
    };
    let mut tx = home.begin().await;
    people::insert(&mut tx, &full, None).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    assert_eq!(people::find(&mut tx, &jo.email).await.unwrap().as_ref(), Some(&jo));
    assert_eq!(people::find_by_id(&mut tx, full.id).await.unwrap().as_ref(), Some(&full));
    let nobody = "nobody@example.com".parse().unwrap();
    let with = people::find_with_password(&mut tx, &jo.email).await.unwrap();
    assert_eq!(with, Some((jo.clone(), Some("hash".to_owned()))));
    assert_eq!(people::find_with_password(&mut tx, &nobody).await.unwrap(), None);
    assert_eq!(people::find(&mut tx, &nobody).await.unwrap(), None);
    assert_eq!(people::list(&mut tx).await.unwrap().rows, [full.clone(), jo.clone()]);
    assert_eq!(people::password(&mut tx, jo.id).await.unwrap().as_deref(), Some("hash"));
    assert_eq!(people::password(&mut tx, full.id).await.unwrap(), None);
    assert_eq!(people::count_operators(&mut tx).await.unwrap(), 0);
    drop(tx);
    let mut tx = home.begin().await;
    people::disable(&mut tx, full.id, None).await.unwrap();
    assert_eq!(people::count_operators(&mut tx).await.unwrap(), 1);
    people::make_operator(&mut tx, jo.id).await.unwrap();
    assert_eq!(people::count_operators(&mut tx).await.unwrap(), 2);

    let again = people::insert(&mut tx, &person(&home, "jo@example.com"), None).await;
    assert!(matches!(again, Err(StoreError::Taken { what: "e-mail address" })), "{again:?}");
}

async fn a_password_is_changed_only_by_whoever_knew_the_one_before(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;

    for (from, to, expected) in [
        (Some("other"), Some("new"), Change::Unchanged),
        (None, Some("new"), Change::Unchanged),
        (Some("hash"), Some("new"), Change::Updated),
        (Some("hash"), Some("newer"), Change::Unchanged),
    ] {
        let changed = people::change_password(&mut tx, jo.id, (from, to)).await.unwrap();
        assert_eq!(changed, expected, "{from:?}");
    }
    people::clear_password(&mut tx, jo.id).await.unwrap();
    assert_eq!(people::password(&mut tx, jo.id).await.unwrap(), None);
    let set = people::change_password(&mut tx, jo.id, (None, Some("first"))).await.unwrap();
    assert_eq!(set, Change::Updated);
    people::disable(&mut tx, jo.id, Some(home.now())).await.unwrap();
    let disabled = people::change_password(&mut tx, jo.id, (Some("first"), None)).await.unwrap();
    assert_eq!(disabled, Change::Unchanged);
}

async fn whoever_is_disabled_or_has_another_password_by_now_does_not_sign_in(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;

    let other = people::sign_in(&mut tx, jo.id, "other", home.now()).await.unwrap();
    let right = people::sign_in(&mut tx, jo.id, "hash", home.minutes(1)).await.unwrap();
    people::disable(&mut tx, jo.id, Some(home.now())).await.unwrap();
    let disabled = people::sign_in(&mut tx, jo.id, "hash", home.now()).await.unwrap();

    assert_eq!([other, right, disabled], [Change::Unchanged, Change::Updated, Change::Unchanged]);
    let found = people::find_by_id(&mut tx, jo.id).await.unwrap().unwrap();
    assert_eq!(found.signed_in_at, Some(home.minutes(1)));
}

async fn the_installation_is_claimed_once_though_two_try_at_once(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;
    assert_eq!(claim::put(&mut tx, "code", home.minutes(60)).await.unwrap(), Change::Updated);
    tx.commit().await.unwrap();
    assert!(!claim::is_claimed(&mut home.read().await).await.unwrap());

    let one = || async {
        let mut tx = home.begin().await;
        let redeemed = claim::redeem(&mut tx, "code", home.now()).await.unwrap();
        if redeemed.is_updated() {
            claim::by(&mut tx, jo.id).await.unwrap();
        }
        tx.commit().await.unwrap();
        redeemed.is_updated()
    };
    let won = tokio::join!(one(), one(), one(), one());

    let won = [won.0, won.1, won.2, won.3];
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    assert!(claim::is_claimed(&mut home.read().await).await.unwrap());
    let mut tx = home.begin().await;
    assert_eq!(claim::put(&mut tx, "again", home.minutes(60)).await.unwrap(), Change::Unchanged);
}

async fn a_code_to_claim_is_good_until_its_time_is_over_or_there_is_another(home: Home) {
    use Change::{Unchanged, Updated};
    let mut tx = home.begin().await;
    let none = claim::redeem(&mut tx, "first", home.now()).await.unwrap();
    let _ = claim::put(&mut tx, "first", home.minutes(60)).await.unwrap();
    let late = claim::redeem(&mut tx, "first", home.minutes(60)).await.unwrap();
    let _ = claim::put(&mut tx, "second", home.minutes(60)).await.unwrap();
    let replaced = claim::redeem(&mut tx, "first", home.now()).await.unwrap();
    let good = claim::redeem(&mut tx, "second", home.minutes(59)).await.unwrap();

    assert_eq!([none, late, replaced, good], [Unchanged, Unchanged, Unchanged, Updated]);
}

async fn a_session_is_found_until_it_is_over_or_its_person_is_disabled(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let one = with_session(&home, &jo).await;
    let digest = one.id.to_string();

    let mut tx = home.read().await;
    for (minutes, expected) in [(0, true), (9, true), (10, false), (60, false)] {
        let now = home.minutes(minutes);
        let found = sessions::find_by_digest(&mut tx, &digest, now).await.unwrap();
        assert_eq!(found, expected.then(|| (one.clone(), jo.clone())), "{minutes}");
        let person = sessions::find_person(&mut tx, one.id, now).await.unwrap();
        assert_eq!(person.is_some(), expected, "{minutes}");
    }
    for digest in ["", "' OR '1'='1"] {
        assert_eq!(sessions::find_by_digest(&mut tx, digest, home.now()).await.unwrap(), None);
    }
    drop(tx);
    let mut tx = home.begin().await;
    people::disable(&mut tx, jo.id, Some(home.now())).await.unwrap();
    assert_eq!(sessions::find_by_digest(&mut tx, &digest, home.now()).await.unwrap(), None);
    assert_eq!(sessions::find_person(&mut tx, one.id, home.now()).await.unwrap(), None);
}

async fn sessions_are_listed_and_ended_by_person(home: Home) {
    let (jo, al) =
        (with_person(&home, "jo@example.com").await, with_person(&home, "al@x.org").await);
    let (one, two) = (with_session(&home, &jo).await, with_session(&home, &jo).await);
    let three = with_session(&home, &jo).await;
    let als = with_session(&home, &al).await;

    let mut tx = home.begin().await;
    let listed = sessions::list(&mut tx, jo.id, home.now()).await.unwrap().rows;
    assert_eq!(listed, [three.clone(), two.clone(), one.clone()]);
    assert!(sessions::list(&mut tx, jo.id, home.minutes(10)).await.unwrap().rows.is_empty());
    assert_eq!(sessions::delete(&mut tx, jo.id, als.id).await.unwrap(), Change::Unchanged);
    assert_eq!(sessions::delete(&mut tx, jo.id, one.id).await.unwrap(), Change::Updated);
    assert_eq!(sessions::delete_all(&mut tx, jo.id, Some(two.id)).await.unwrap(), 1);
    assert_eq!(sessions::list(&mut tx, jo.id, home.now()).await.unwrap().rows, [two]);
    assert_eq!(sessions::delete_all(&mut tx, jo.id, None).await.unwrap(), 1);
    assert_eq!(sessions::list(&mut tx, al.id, home.now()).await.unwrap().rows, [als]);
    assert_eq!(sessions::trim(&mut tx, home.minutes(9)).await.unwrap(), 0);
    assert_eq!(sessions::trim(&mut tx, home.minutes(10)).await.unwrap(), 1);
}

async fn a_session_is_kept_by_being_used_and_not_beyond_its_end(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let one = with_session(&home, &jo).await;
    let minute = Duration::from_mins(1);

    let mut tx = home.begin().await;
    for (at, expected) in [
        (0, Change::Unchanged),
        (2, Change::Updated),
        (2, Change::Unchanged),
        (11, Change::Updated),
        (21, Change::Unchanged),
    ] {
        let now = home.minutes(at);
        let used = (now, now - minute);
        let touched = sessions::touch(&mut tx, one.id, used, now + 10 * minute).await.unwrap();
        assert_eq!(touched, expected, "{at}");
    }
    let left = sessions::list(&mut tx, jo.id, home.minutes(20)).await.unwrap().rows;
    assert_eq!(left[0].seen_at, home.minutes(11));
    assert!(sessions::list(&mut tx, jo.id, home.minutes(60)).await.unwrap().rows.is_empty());
}

async fn members_are_found_in_their_organisation_and_nowhere_else(home: Home) {
    let (jo, al) =
        (with_person(&home, "jo@example.com").await, with_person(&home, "al@x.org").await);
    let own = home.organisation;
    let mut tx = home.begin().await;
    for (person, role) in [(&jo, Role::Viewer), (&al, Role::Admin), (&jo, Role::Member)] {
        memberships::put(&mut tx, (own, person.id), role, home.now()).await.unwrap();
    }

    let listed = memberships::list(&mut tx, own).await.unwrap().rows;
    let told: Vec<_> = listed.iter().map(|it| (it.person.id, it.role)).collect();
    assert_eq!(told, [(al.id, Role::Admin), (jo.id, Role::Member)]);
    assert!(memberships::list(&mut tx, elsewhere()).await.unwrap().rows.is_empty());
    assert!(memberships::find(&mut tx, elsewhere(), jo.id).await.unwrap().is_none());
    let found = memberships::find(&mut tx, own, jo.id).await.unwrap().unwrap();
    assert_eq!((found.person, found.role, found.since), (jo.clone(), Role::Member, home.now()));
    assert_eq!(memberships::of(&mut tx, jo.id).await.unwrap().rows, [(own, Role::Member)]);
    let named = memberships::named(&mut tx, jo.id).await.unwrap();
    assert_eq!(named, BTreeMap::from([("default".to_owned(), Role::Member)]));
    assert_eq!(memberships::count_admins(&mut tx, own).await.unwrap(), 1);
    people::disable(&mut tx, al.id, Some(home.now())).await.unwrap();
    assert_eq!(memberships::count_admins(&mut tx, own).await.unwrap(), 0);
    let other = memberships::delete(&mut tx, elsewhere(), jo.id).await.unwrap();
    let gone = memberships::delete(&mut tx, own, jo.id).await.unwrap();
    assert_eq!([other, gone], [Change::Unchanged, Change::Updated]);
    assert!(memberships::of(&mut tx, jo.id).await.unwrap().rows.is_empty());
}

async fn a_role_that_is_not_known_gives_nothing_and_hides_nobody_else(home: Home) {
    let (jo, al) =
        (with_person(&home, "jo@example.com").await, with_person(&home, "al@x.org").await);
    let mut tx = home.begin().await;
    for person in [&jo, &al] {
        let place = (home.organisation, person.id);
        memberships::put(&mut tx, place, Role::Admin, home.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    home.tamper(&format!("UPDATE membership SET role = 'owner' WHERE person_id = '{}'", jo.id))
        .await;

    let mut tx = home.read().await;
    let of = memberships::of(&mut tx, jo.id).await.unwrap();
    let listed = memberships::list(&mut tx, home.organisation).await.unwrap();

    assert_eq!((of.rows.len(), of.unreadable.len()), (0, 1));
    assert_eq!((listed.rows.len(), listed.unreadable.len()), (1, 1));
}

async fn an_invitation_is_found_where_it_belongs_and_taken_once(home: Home) {
    let own = Some(home.organisation);
    let here = invitation(&home, "jo@example.com", Post::In(home.organisation, Role::Member));
    let everywhere = invitation(&home, "jo@example.com", Post::Operator);
    with_invitation(&home, &here).await;
    with_invitation(&home, &everywhere).await;

    let mut tx = home.begin().await;
    for (place, id, expected) in [
        (own, here.id, Some(&here)),
        (None, here.id, None),
        (Some(elsewhere()), here.id, None),
        (None, everywhere.id, Some(&everywhere)),
        (own, everywhere.id, None),
    ] {
        let found = invitations::find(&mut tx, place, id).await.unwrap();
        assert_eq!(found.as_ref(), expected, "{place:?}");
    }
    assert_eq!(
        invitations::list(&mut tx, own, home.now()).await.unwrap().rows,
        std::slice::from_ref(&here)
    );
    let late = invitations::list(&mut tx, own, home.minutes(60)).await.unwrap().rows;
    assert_eq!(late, []);
    let digest = here.id.to_string();
    for (minutes, expected) in [(59, true), (60, false)] {
        let now = home.minutes(minutes);
        let found = invitations::find_by_digest(&mut tx, &digest, now).await.unwrap();
        assert_eq!(found.is_some(), expected, "{minutes}");
    }
    for (place, expected) in
        [(None, Change::Unchanged), (own, Change::Updated), (own, Change::Unchanged)]
    {
        assert_eq!(invitations::delete(&mut tx, place, here.id).await.unwrap(), expected);
    }
    assert_eq!(invitations::trim(&mut tx, home.minutes(59)).await.unwrap(), 0);
    assert_eq!(invitations::trim(&mut tx, home.minutes(60)).await.unwrap(), 1);
}

async fn a_second_invitation_takes_the_place_of_the_first(home: Home) {
    let post = |role| Post::In(home.organisation, role);
    let first = invitation(&home, "jo@example.com", post(Role::Admin));
    let second = invitation(&home, "jo@example.com", post(Role::Viewer));
    let other = invitation(&home, "al@example.com", post(Role::Viewer));
    for one in [&first, &other, &second] {
        with_invitation(&home, one).await;
    }

    let mut tx = home.begin().await;
    let left = invitations::list(&mut tx, Some(home.organisation), home.now()).await.unwrap().rows;

    assert_eq!(left, [other, second.clone()]);
    assert_eq!(invitations::delete_to(&mut tx, &second.email).await.unwrap(), 1);
}

async fn an_invitation_leaves_a_code_for_a_new_password_alone(home: Home) {
    let offered = invitation(&home, "jo@example.com", Post::Operator);
    let code = Invitation {
        offer: Offer::Password,
        ..invitation(&home, "jo@example.com", Post::Operator)
    };
    for one in [&code, &offered] {
        with_invitation(&home, one).await;
    }

    let mut tx = home.begin().await;
    for one in [&code, &offered] {
        assert_eq!(invitations::find(&mut tx, None, one.id).await.unwrap().as_ref(), Some(one));
    }
}

async fn what_somebody_offered_goes_with_them(home: Home) {
    let jo = Actor::Person { email: "jo@example.com".parse().unwrap() };
    let post = Post::In(home.organisation, Role::Viewer);
    let theirs = Invitation { created_by: jo.clone(), ..invitation(&home, "a@x.org", post) };
    let all = Invitation { created_by: jo.clone(), ..invitation(&home, "b@x.org", Post::Operator) };
    let others = invitation(&home, "c@x.org", post);
    for one in [&theirs, &all, &others] {
        with_invitation(&home, one).await;
    }

    let mut tx = home.begin().await;
    let own = Some(home.organisation);
    assert_eq!(invitations::delete_by(&mut tx, &jo, Some(elsewhere())).await.unwrap(), 0);
    assert_eq!(invitations::delete_by(&mut tx, &jo, own).await.unwrap(), 1);
    assert_eq!(invitations::delete_by(&mut tx, &jo, None).await.unwrap(), 1);
    assert_eq!(invitations::list(&mut tx, own, home.now()).await.unwrap().rows, [others]);
}

async fn a_step_and_a_code_are_used_up_once(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let mut tx = home.begin().await;
    let before = second_factors::accept(&mut tx, jo.id, (None, 6)).await.unwrap();
    assert_eq!(before, Change::Unchanged, "there is none");
    second_factors::begin(&mut tx, jo.id, 7, home.now()).await.unwrap();
    second_factors::put_codes(&mut tx, jo.id, &["a".to_owned(), "b".to_owned()]).await.unwrap();

    assert_eq!(second_factors::step(&mut tx, jo.id).await.unwrap(), Some(7));
    for (last, step, expected) in [
        (None, 8, Change::Unchanged),
        (Some(7), 8, Change::Updated),
        (Some(7), 9, Change::Unchanged),
    ] {
        let accepted = second_factors::accept(&mut tx, jo.id, (last, step)).await.unwrap();
        assert_eq!(accepted, expected, "{last:?}");
    }
    assert_eq!(second_factors::spend(&mut tx, jo.id, "a").await.unwrap(), Change::Updated);
    assert_eq!(second_factors::spend(&mut tx, jo.id, "a").await.unwrap(), Change::Unchanged);
    let left: Vec<String> = second_factors::codes(&mut tx, jo.id).await.unwrap();
    assert_eq!(left, ["b"]);
    second_factors::put_codes(&mut tx, jo.id, &["c".to_owned()]).await.unwrap();
    let left: Vec<String> = second_factors::codes(&mut tx, jo.id).await.unwrap();
    assert_eq!(left, ["c"]);
    second_factors::end(&mut tx, jo.id).await.unwrap();
    let none: Vec<String> = second_factors::codes(&mut tx, jo.id).await.unwrap();
    assert_eq!((none.len(), second_factors::step(&mut tx, jo.id).await.unwrap()), (0, None));
    let found = people::find_by_id(&mut tx, jo.id).await.unwrap().unwrap();
    assert_eq!(found.second_factor_since, None);
}

async fn the_secret_of_an_authenticator_is_sealed(home: Home) {
    let jo = with_person(&home, "jo@example.com").await;
    let owner = jo.id.to_string();
    let mut tx = home.begin().await;
    for name in [SecretName::NewTotpSecret, SecretName::TotpSecret] {
        secrets::put(&mut tx, &owner, name, &"canary".into()).await.unwrap();
    }
    secrets::delete(&mut tx, &owner, SecretName::NewTotpSecret).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let gone = secrets::get(&mut tx, &owner, SecretName::NewTotpSecret).await.unwrap();
    let kept = secrets::get(&mut tx, &owner, SecretName::TotpSecret).await.unwrap().unwrap();
    assert!(gone.is_none());
    assert_eq!(kept.expose_secret(), "canary");
    let stored = home.peek("SELECT value FROM secret").await;
    assert!(stored.iter().all(|value| !value.contains("canary")), "{stored:?}");
}
