//! Invitations.

use berth_domain::Actor;
use berth_domain::access::{Grants, Role};
use berth_domain::audit::{Origin, Outcome};
use berth_engine::request::{Accept, Invite, Reset, Whence};
use berth_engine::view::CodeAsks;
use berth_engine::{Asker, EngineError, PeopleError};
use berth_engine_testkit::{ACTOR, ORG};
use jiff::SignedDuration;
use secrecy::SecretString;

use super::crew::{Crew, OPERATOR, acceptance, refused, secret, text, whence};
use crate::life::stage::problems;

fn wanted(email: &str, role: &str) -> Invite {
    Invite { email: email.to_owned(), role: role.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_invited_gets_the_account_of_that_address_and_that_role_once() {
    let crew = Crew::new().await;
    let code = crew.invite("Jo@Example.com", "member").await;
    let listed = crew.engine().invitations(&ACTOR, Some(ORG)).await.unwrap();
    assert_eq!((listed.len(), listed[0].email.as_str()), (1, "jo@example.com"));

    let (one, two) = tokio::join!(crew.accept(&code), crew.accept(&code));

    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
    assert!(crew.accept(&code).await.is_err());
    assert!(crew.engine().invitations(&ACTOR, Some(ORG)).await.unwrap().is_empty());
    let jo = crew.me("jo@example.com").await;
    let Grants::Memberships(of) = jo.grants else { panic!("{jo:?}") };
    assert_eq!(of.into_values().collect::<Vec<_>>(), [Role::Member]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_revoked_over_or_replaced_is_worth_nothing() {
    let crew = Crew::new().await;
    let engine = crew.engine();
    let request = wanted("jo@example.com", "viewer");
    let revoked = engine.invite(&ACTOR, Some(ORG), &request).await.unwrap();
    let id = revoked.invitation.id.to_string();
    let elsewhere = engine.revoke_invitation(&ACTOR, None, &id).await;
    assert!(
        matches!(elsewhere, Err(EngineError::People(PeopleError::NoSuchInvitation(_)))),
        "{elsewhere:?}"
    );
    engine.revoke_invitation(&ACTOR, Some(ORG), &id).await.unwrap();
    let replaced = crew.invite("jo@example.com", "viewer").await;
    let over = crew.invite("jo@example.com", "viewer").await;

    for code in [&revoked.code, &replaced] {
        let refused = crew.accept(code).await;
        assert!(matches!(refused, Err(EngineError::People(PeopleError::BadCode))), "{refused:?}");
    }
    crew.tick(SignedDuration::from_hours(24 * 7));
    let late = crew.accept(&over).await;
    assert!(matches!(late, Err(EngineError::People(PeopleError::BadCode))), "{late:?}");
    assert_eq!(engine.people(&ACTOR).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_invites_above_their_own_role_and_trying_is_written_down() {
    let crew = Crew::new().await;
    crew.join("admin@example.com", "admin").await;
    crew.join("member@example.com", "member").await;
    let (admin, member) = (crew.me("admin@example.com").await, crew.me("member@example.com").await);

    for (me, org, role) in
        [(&admin, None, "operator"), (&member, Some(ORG), "viewer"), (&member, Some(ORG), "admin")]
    {
        let request = wanted("x@example.com", role);
        let refused = crew.of(me).invite(&me.person.actor(), org, &request).await;
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NotToAppoint(_)))),
            "{refused:?}"
        );
    }
    let planned = crew.of(&admin).plan_invite(&ACTOR, None, &wanted("x@x.org", "operator")).await;
    assert!(
        matches!(planned, Err(EngineError::People(PeopleError::NotToAppoint(_)))),
        "{planned:?}"
    );
    let crooked = wanted("x@example.com", "operator");
    let crooked = crew.of(&admin).invite(&ACTOR, Some(ORG), &crooked).await;
    assert_eq!(problems(crooked), ["role: there is no `operator`: use viewer, member or admin"]);
    assert_eq!(crew.told(None).await[0], "person:admin@example.com invitation.create denied");
    assert!(crew.engine().invitations(&ACTOR, None).await.unwrap().is_empty());
    let own = wanted("new@example.com", "admin");
    crew.of(&admin).invite(&admin.person.actor(), Some(ORG), &own).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_offered_goes_when_they_are_admin_no_more() {
    let crew = Crew::new().await;
    crew.join("admin@example.com", "admin").await;
    let admin = crew.me("admin@example.com").await;
    let request = wanted("jo@example.com", "admin");
    let offer = crew.of(&admin).invite(&admin.person.actor(), Some(ORG), &request).await.unwrap();

    let place = (ORG, "admin@example.com");
    crew.engine().set_member(&ACTOR, place, Some("member")).await.unwrap();

    let late = crew.accept(&offer.code).await;
    assert!(matches!(late, Err(EngineError::People(PeopleError::BadCode))), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_account_accepts_with_it_and_loses_nothing() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "viewer").await;
    crew.join("al@example.com", "viewer").await;
    let request = wanted("jo@example.com", "operator");
    let code = crew.engine().invite(&ACTOR, None, &request).await.unwrap().code;
    let (jo, al) = (crew.me("jo@example.com").await, crew.me("al@example.com").await);

    for me in [None, Some(&al)] {
        let taken = crew.engine().accept_invitation(me, &whence(4), acceptance(&code)).await;
        assert!(matches!(taken, Err(EngineError::People(PeopleError::SignInFirst))), "{taken:?}");
    }
    let told = crew.told(None).await;
    assert_eq!(told[0], "person:al@example.com invitation.accept denied");
    let bare = Accept { code: code.clone(), name: None, password: None };
    crew.engine().accept_invitation(Some(&jo), &whence(4), bare).await.unwrap();

    assert_eq!(crew.me("jo@example.com").await.grants, Grants::Operator);
    let again = crew.engine().invite(&ACTOR, None, &request).await;
    assert_eq!(refused(again), "`jo@example.com` is an operator already");
    let here = crew.engine().invite(&ACTOR, Some(ORG), &wanted("jo@example.com", "admin")).await;
    assert_eq!(refused(here), "`jo@example.com` is here as viewer already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_says_what_it_asks_of_whoever_looks_and_stays_good() {
    let crew = Crew::new().await;
    let new = crew.invite("jo@example.com", "viewer").await;
    crew.join("al@example.com", "viewer").await;
    let operator = wanted("al@example.com", "operator");
    let more = crew.engine().invite(&ACTOR, None, &operator).await.unwrap().code;
    let reset = crew.engine().reset_person(&ACTOR, "al@example.com", Reset::Password).await;
    let reset = reset.unwrap().unwrap();
    crew.join("kim@example.com", "viewer").await;
    let kim = crew.me("kim@example.com").await;
    let look = async |code: &SecretString| {
        let mut asks = Vec::new();
        for me in [None, Some(&kim)] {
            let view = crew.engine().look_at_code(me, &whence(5), code).await.unwrap();
            asks.push((view.asks, view.organisation.map(|it| it.name.to_string())));
        }
        asks
    };

    for _ in 0..20 {
        let here = Some("default".to_owned());
        assert_eq!(look(&new).await, vec![(CodeAsks::NameAndPassword, here); 2]);
        assert_eq!(look(&more).await, vec![(CodeAsks::SignIn, None); 2]);
        assert_eq!(look(&reset).await, vec![(CodeAsks::Password, None); 2]);
    }
    crew.accept(&new).await.unwrap();

    let used = crew.engine().look_at_code(None, &whence(5), &new).await;
    assert!(matches!(used, Err(EngineError::People(PeopleError::BadCode))), "{used:?}");
    for _ in 0..10 {
        let _ = crew.engine().look_at_code(None, &whence(5), &new).await;
    }
    let wait = crew.engine().look_at_code(None, &whence(5), &new).await;
    assert!(matches!(wait, Err(EngineError::People(PeopleError::Wait(_)))), "{wait:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_none_and_a_weak_password_use_nothing_up() {
    let crew = Crew::new().await;
    let code = crew.invite("jo@example.com", "viewer").await;
    let weak = Accept { password: Some(secret("short")), ..acceptance(&code) };
    let nameless = Accept { name: None, ..acceptance(&code) };
    let mistyped = acceptance(&secret("EXAMP-LE"));

    let engine = crew.engine();
    let weak = problems(engine.accept_invitation(None, &whence(3), weak).await);
    assert_eq!(weak, ["password: a password has at least 12 bytes, this one has 5"]);
    let nameless = problems(engine.accept_invitation(None, &whence(3), nameless).await);
    assert!(nameless[0].starts_with("name: "), "{nameless:?}");
    let mistyped = problems(engine.accept_invitation(None, &whence(3), mistyped).await);
    assert!(mistyped[0].starts_with("code: "), "{mistyped:?}");
    crew.accept(&code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_which_nothing_came_is_written_down_where_it_leads_and_not_without_end() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "viewer").await;
    let used = crew.invite("al@example.com", "viewer").await;
    crew.accept(&used).await.unwrap();
    let request = wanted("jo@example.com", "operator");
    let good = crew.engine().invite(&ACTOR, None, &request).await.unwrap().code;
    let (here, there) = (whence(8), whence(9));

    for _ in 0..1000 {
        let none = crew.from(&here).accept_invitation(None, &here, acceptance(&used)).await;
        assert!(
            matches!(none, Err(EngineError::People(PeopleError::BadCode | PeopleError::Wait(_)))),
            "{none:?}"
        );
        let seen = crew.from(&there).accept_invitation(None, &there, acceptance(&good)).await;
        assert!(
            matches!(
                seen,
                Err(EngineError::People(PeopleError::SignInFirst | PeopleError::Wait(_)))
            ),
            "{seen:?}"
        );
    }

    let told: Vec<_> = crew
        .audit(None)
        .await
        .into_iter()
        .filter(|it| it.action == "invitation.accept" && it.outcome == Outcome::Denied)
        .map(|it| (it.object.name, it.origin.address))
        .collect();
    let from = |name: &str, whence: &Whence| {
        let one = (name.to_owned(), whence.address);
        told.iter().filter(|it| **it == one).count()
    };
    assert_eq!((from("no invitation", &here), from("jo@example.com", &there)), (6, 6), "{told:?}");
    assert_eq!(told.len(), 12);
    // Whose it is accepts it.
    let jo = crew.me("jo@example.com").await;
    let bare = Accept { code: good, name: None, password: None };
    crew.engine().accept_invitation(Some(&jo), &whence(2), bare).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_a_new_password_is_taken_back_on_the_host_only() {
    let crew = Crew::new().await;
    let code = crew.engine().reset_person(&ACTOR, OPERATOR, Reset::Password).await.unwrap();
    let request = wanted("second@example.com", "operator");
    let second = crew.engine().invite(&ACTOR, None, &request).await.unwrap().code;
    crew.accept(&second).await.unwrap();
    let second = crew.me("second@example.com").await;
    let open = crew.engine().invitations(&ACTOR, None).await.unwrap();
    let id = open[0].id.to_string();
    let origin = Origin::socket("req_1".to_owned());
    let grants = Grants::Token { within: None, scope: "members,installation".parse().unwrap() };
    let token = crew.engine().asked_by(Asker { origin, grants, shown: None, once: None });
    let account = Actor::Service { account: "ci".parse().unwrap(), organisation: None };

    let by_token = token.revoke_invitation(&account, None, &id).await;
    let by_person = crew.of(&second).revoke_invitation(&second.person.actor(), None, &id).await;

    for refused in [by_token, by_person] {
        assert!(matches!(refused, Err(EngineError::People(PeopleError::LocalOnly))), "{refused:?}");
    }
    assert_eq!(
        crew.told(None).await[..2],
        [
            "person:second@example.com invitation.revoke denied",
            "service:ci invitation.revoke denied"
        ]
    );
    let new = Accept { code: code.unwrap(), name: None, password: Some(secret("one tall heron")) };
    crew.engine().accept_invitation(None, &whence(4), new).await.unwrap();
    crew.engine().reset_person(&ACTOR, OPERATOR, Reset::Password).await.unwrap();
    let id = crew.engine().invitations(&ACTOR, None).await.unwrap()[0].id.to_string();
    crew.engine().revoke_invitation(&ACTOR, None, &id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_and_no_password_is_in_the_audit_or_in_the_control_database() {
    let crew = Crew::new().await;
    let code = crew.invite("jo@example.com", "viewer").await;
    crew.accept(&code).await.unwrap();
    let session = crew.sign_in(OPERATOR).await;
    let open = crew.invite("al@example.com", "viewer").await;

    let canonical = text(&open).replace('-', "");
    let written = format!("{:?}{:?}", crew.audit(None).await, crew.audit(Some(ORG)).await);
    let secrets = [text(&code), text(&open), &canonical, text(&session.secret), "three small"];
    for secret in secrets {
        assert!(!written.contains(secret));
    }
    for file in std::fs::read_dir(crew.stage.installation.home()).unwrap().flatten() {
        let Ok(content) = std::fs::read(file.path()) else { continue };
        for secret in secrets {
            let found = content.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!found, "{}", file.path().display());
        }
    }
}
