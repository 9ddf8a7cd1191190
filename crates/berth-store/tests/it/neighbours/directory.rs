use berth_domain::access::{Post, Role};
use berth_domain::{Actor, Token};
use berth_store::{Change, given, invitations, memberships, tokens};

use super::{Neighbours, both_ends};
use crate::home::{Home, on_both_databases};
use crate::somebody::with_person;
use crate::{people, tokens as programs};

on_both_databases!(
    members_are_those_of_their_own,
    a_group_takes_nobody_out_of_another,
    tokens_are_found_listed_and_revoked_in_their_own,
    invitations_are_found_listed_and_revoked_in_their_own,
);

async fn members_are_those_of_their_own(home: Home) {
    let (jo, al) =
        (with_person(&home, "jo@a.example").await, with_person(&home, "al@g.example").await);
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let mut tx = globex.begin().await;
    for (home, person) in [(&acme, &jo), (&globex, &al)] {
        let place = (home.organisation, person.id);
        memberships::put(&mut tx, place, Role::Admin, home.now()).await.unwrap();
    }
    let own = globex.organisation;

    assert_eq!(memberships::find(&mut tx, own, jo.id).await.unwrap(), None);
    let listed = memberships::list(&mut tx, own).await.unwrap().rows;
    assert_eq!(listed.iter().map(|member| member.person.id).collect::<Vec<_>>(), [al.id]);
    assert_eq!(memberships::count_admins(&mut tx, own).await.unwrap(), 1);
    assert_eq!(memberships::delete(&mut tx, own, jo.id).await.unwrap(), Change::Unchanged);
}

async fn a_group_takes_nobody_out_of_another(home: Home) {
    let jo = with_person(&home, "jo@a.example").await;
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let corp = "corp".parse().unwrap();
    let mut tx = globex.begin().await;
    let place = (acme.organisation, jo.id);
    let given = given::give(&mut tx, place, (Role::Viewer, &corp), acme.now()).await.unwrap();
    assert_eq!(given, Change::Updated);

    let taken = given::take(&mut tx, (globex.organisation, jo.id), &corp).await.unwrap();

    assert_eq!(taken, Change::Unchanged);
}

async fn tokens_are_found_listed_and_revoked_in_their_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let [of_acme, of_globex] = [programs::token(&acme, "ci"), programs::token(&globex, "ci")];
    let of_nobody = Token { organisation: None, ..programs::token(&acme, "ci") };
    for token in [&of_acme, &of_globex, &of_nobody] {
        programs::write(&acme, token).await;
    }
    let account = "ci".parse().unwrap();
    let mut tx = globex.begin().await;

    for (place, own) in [(Some(globex.organisation), &of_globex), (None, &of_nobody)] {
        assert_eq!(tokens::find(&mut tx, place, of_acme.id).await.unwrap(), None);
        for part in both_ends() {
            let listed = tokens::list(&mut tx, place, &part).await.unwrap().rows;
            assert_eq!(listed, std::slice::from_ref(own), "{part:?}");
        }
        let of_account = tokens::of_account(&mut tx, place, &account).await.unwrap().rows;
        assert_eq!(of_account, std::slice::from_ref(own));
        assert_eq!(tokens::delete(&mut tx, place, of_acme.id).await.unwrap(), Change::Unchanged);
    }
}

async fn invitations_are_found_listed_and_revoked_in_their_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let offers = [
        Post::In(acme.organisation, Role::Viewer),
        Post::In(globex.organisation, Role::Viewer),
        Post::Operator,
    ];
    let [of_acme, of_globex, of_nobody] =
        offers.map(|post| people::invitation(&acme, "jo@example.com", post));
    for invitation in [&of_acme, &of_globex, &of_nobody] {
        people::with_invitation(&acme, invitation).await;
    }
    let mut tx = globex.begin().await;
    let now = globex.now();

    for (place, own) in [(Some(globex.organisation), &of_globex), (None, &of_nobody)] {
        assert_eq!(invitations::find(&mut tx, place, of_acme.id).await.unwrap(), None);
        let listed = invitations::list(&mut tx, place, now).await.unwrap().rows;
        assert_eq!(listed, std::slice::from_ref(own));
        let deleted = invitations::delete(&mut tx, place, of_acme.id).await.unwrap();
        assert_eq!(deleted, Change::Unchanged);
    }
    let by = Actor::Local { uid: 0 };
    let deleted = invitations::delete_by(&mut tx, &by, Some(globex.organisation)).await.unwrap();
    assert_eq!(deleted, 1);
    let there = invitations::list(&mut tx, Some(acme.organisation), now).await.unwrap().rows;
    assert_eq!(there, [of_acme], "another of the same to the same, elsewhere, leaves it alone");
}
