//! Claiming and signing in.

use berth_domain::Actor;
use berth_domain::access::Grants;
use berth_domain::audit::Outcome;
use berth_engine::request::{ChangePassword, Claim};
use berth_engine::view::Credential;
use berth_engine::{EngineError, PeopleError};
use berth_engine_testkit::ACTOR;
use jiff::SignedDuration;

use super::crew::{Crew, OPERATOR, PASSWORD, claim, credentials, refused, secret, text, whence};
use crate::life::stage::{REST, Stage, problems};

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_claim_at_once_one_wins_and_there_is_no_second_time() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    let code = engine.setup_token(&ACTOR).await.unwrap().unwrap();
    assert!(!engine.is_claimed().await.unwrap());

    let other = Claim { email: "other@example.com".to_owned(), ..claim(&code) };
    let (here, there) = (whence(1), whence(2));
    let (one, two) = tokio::join!(
        engine.claim_installation(&here, claim(&code)),
        engine.claim_installation(&there, other)
    );

    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
    let late = one.and(two);
    assert!(matches!(late, Err(EngineError::People(PeopleError::Claimed))), "{late:?}");
    assert!(engine.is_claimed().await.unwrap());
    assert!(engine.status(&ACTOR).await.unwrap().claimed);
    assert!(engine.setup_token(&ACTOR).await.unwrap().is_none());
    assert_eq!(engine.people(&ACTOR).await.unwrap().len(), 1);
    let again = engine.claim_installation(&whence(3), claim(&code)).await;
    assert!(matches!(again, Err(EngineError::People(PeopleError::Claimed))), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_to_claim_is_made_on_the_host_replaced_by_the_next_and_over_after_a_day() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    for actor in [Actor::Nobody, Actor::Person { email: OPERATOR.parse().unwrap() }] {
        let refused = engine.setup_token(&actor).await;
        assert!(matches!(refused, Err(EngineError::People(PeopleError::LocalOnly))), "{refused:?}");
    }
    let first = engine.setup_token(&ACTOR).await.unwrap().unwrap();
    let second = engine.setup_token(&ACTOR).await.unwrap().unwrap();

    let replaced = engine.claim_installation(&whence(1), claim(&first)).await;
    assert!(matches!(replaced, Err(EngineError::People(PeopleError::BadCode))), "{replaced:?}");
    stage.tick(SignedDuration::from_hours(24));
    let late = engine.claim_installation(&whence(1), claim(&second)).await;
    assert!(matches!(late, Err(EngineError::People(PeopleError::BadCode))), "{late:?}");
    let third = engine.setup_token(&ACTOR).await.unwrap().unwrap();
    engine.claim_installation(&whence(1), claim(&third)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_to_claim_with_is_written_down_and_guessing_goes_on_no_faster_for_it() {
    let stage = Stage::new().await;
    let crew = Crew { stage };
    let code = crew.engine().setup_token(&ACTOR).await.unwrap().unwrap();
    crew.engine().setup_token(&ACTOR).await.unwrap().unwrap();
    let here = whence(8);

    for _ in 0..1000 {
        let wrong = crew.from(&here).claim_installation(&here, claim(&code)).await;
        assert!(
            matches!(wrong, Err(EngineError::People(PeopleError::BadCode | PeopleError::Wait(_)))),
            "{wrong:?}"
        );
    }

    let refused: Vec<_> =
        crew.audit(None).await.into_iter().filter(|it| it.outcome == Outcome::Denied).collect();
    assert_eq!(refused.len(), 6);
    for entry in refused {
        assert_eq!((entry.actor, entry.action.as_str()), (Actor::Nobody, "installation.claim"));
        assert_eq!(entry.object.name, OPERATOR);
        assert_eq!(entry.origin.address, here.address);
    }
    assert!(!format!("{:?}", crew.audit(None).await).contains(text(&code)));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_claim_is_said_and_nothing_is_used_up() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    let code = engine.setup_token(&ACTOR).await.unwrap().unwrap();
    let crooked = Claim {
        code: secret("ABCDE"),
        email: "jo".to_owned(),
        name: String::new(),
        password: secret("x"),
    };
    let weak = Claim { password: secret("olga petrova"), ..claim(&code) };

    let mut fields: Vec<_> = problems(engine.claim_installation(&whence(1), crooked).await)
        .iter()
        .filter_map(|text| Some(text.split_once(':')?.0.to_owned()))
        .collect();
    fields.dedup();
    assert_eq!(fields, ["code", "password", "email", "name"]);
    assert_eq!(
        problems(engine.claim_installation(&whence(1), weak).await),
        ["password: a password is not the e-mail address or the name of its owner"]
    );
    engine.claim_installation(&whence(1), claim(&code)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_is_who_they_are_until_they_sign_out() {
    let crew = Crew::new().await;

    let session = crew.sign_in(" OP@Example.com ").await;

    let me = crew.whoever(&session).await.unwrap();
    assert_eq!((me.person.email.as_str(), &me.grants), (OPERATOR, &Grants::Operator));
    assert_eq!(me.person.actor().to_string(), format!("person:{OPERATOR}"));
    let own = crew.engine().own_sessions(&me).await.unwrap();
    assert_eq!((own.len(), own[0].id), (1, me.session));
    assert_eq!(own[0].address.as_deref(), Some("192.0.2.2"));
    crew.engine().sign_out(&me).await.unwrap();
    assert_eq!(crew.whoever(&session).await, None);
    let told = crew.told(None).await;
    let person = format!("person:{OPERATOR}");
    assert_eq!(
        told,
        [
            format!("{person} person.sign_out allowed"),
            format!("{person} person.sign_in allowed"),
            format!("{person} installation.claim allowed"),
            "local:0 setup_token.show allowed".to_owned(),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_and_what_is_written_down_are_the_same_whether_there_is_an_account_or_not() {
    let crew = Crew::new().await;
    crew.join("off@example.com", "viewer").await;
    crew.engine().disable_person(&ACTOR, "off@example.com", true).await.unwrap();
    let before = crew.told(None).await.len();

    for (email, password) in
        [(OPERATOR, "wrong"), ("nobody@example.com", PASSWORD), ("off@example.com", PASSWORD)]
    {
        let refused = crew.engine().begin_session(&whence(9), credentials(email, password)).await;
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NotLetIn))),
            "{email}: {refused:?}"
        );
    }

    let told = crew.told(None).await;
    assert_eq!(told.len(), before + 3);
    assert!(told[..3].iter().all(|line| line == "nobody person.sign_in denied"), "{told:?}");
    assert!(!format!("{:?}", crew.audit(None).await).contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_where_it_comes_from_and_nobody_is_locked_out() {
    let crew = Crew::new().await;
    for _ in 0..6 {
        let wrong = crew.engine().begin_session(&whence(9), credentials(OPERATOR, "wrong")).await;
        assert!(matches!(wrong, Err(EngineError::People(PeopleError::NotLetIn))), "{wrong:?}");
    }

    let right = crew.engine().begin_session(&whence(9), credentials(OPERATOR, PASSWORD)).await;
    assert!(matches!(right, Err(EngineError::People(PeopleError::Wait(_)))), "{right:?}");
    // The same whether there is such an account.
    for _ in 0..6 {
        let _ =
            crew.engine().begin_session(&whence(8), credentials("no@example.com", "wrong")).await;
    }
    let nobody = crew.engine().begin_session(&whence(8), credentials("no@example.com", "x")).await;
    assert!(matches!(nobody, Err(EngineError::People(PeopleError::Wait(_)))), "{nobody:?}");
    crew.sign_in(OPERATOR).await;
    crew.tick(SignedDuration::from_mins(1));
    crew.engine().begin_session(&whence(9), credentials(OPERATOR, PASSWORD)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_over_when_it_lies_idle_and_after_a_week_whatever_happens() {
    let crew = Crew::new().await;
    let (idle, used) = (crew.sign_in(OPERATOR).await, crew.sign_in(OPERATOR).await);

    for hours in 1..=20 {
        crew.tick(SignedDuration::from_hours(8));
        assert!(crew.whoever(&used).await.is_some(), "after {} hours", 8 * hours);
    }
    assert!(crew.whoever(&idle).await.is_none());
    crew.tick(SignedDuration::from_hours(8));
    assert!(crew.whoever(&used).await.is_none());
    for shown in ["", "abc", text(&secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))] {
        assert_eq!(crew.engine().signed_in(&secret(shown)).await.unwrap(), None, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_the_old_one_and_ends_other_sessions() {
    let crew = Crew::new().await;
    let (here, there) = (crew.sign_in(OPERATOR).await, crew.sign_in(OPERATOR).await);
    let me = crew.whoever(&here).await.unwrap();
    let change =
        |current: &str, new: &str| ChangePassword { current: secret(current), new: secret(new) };

    let wrong = crew.engine().change_password(&me, &whence(2), change("x", "one tall heron")).await;
    assert!(matches!(wrong, Err(EngineError::People(PeopleError::NotLetIn))), "{wrong:?}");
    let weak = crew.engine().change_password(&me, &whence(2), change(PASSWORD, "short")).await;
    assert_eq!(problems(weak), ["password: a password has at least 12 bytes, this one has 5"]);
    assert!(crew.whoever(&there).await.is_some());
    let new = change(PASSWORD, "one tall heron");
    crew.engine().change_password(&me, &whence(2), new).await.unwrap();

    assert!(crew.whoever(&here).await.is_some());
    assert!(crew.whoever(&there).await.is_none());
    let old = crew.engine().begin_session(&whence(2), credentials(OPERATOR, PASSWORD)).await;
    assert_eq!(refused(old), "the e-mail address, the password or the code is not right");
    let new = credentials(OPERATOR, "one tall heron");
    crew.engine().begin_session(&whence(2), new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_ended_by_whose_they_are_and_by_nobody_else() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "viewer").await;
    let (one, two) = (crew.sign_in(OPERATOR).await, crew.sign_in(OPERATOR).await);
    let (me, jo) = (crew.whoever(&one).await.unwrap(), crew.me("jo@example.com").await);
    let engine = crew.engine();

    for id in [two.session.id.to_string(), "ses_1".to_owned(), "' --".to_owned()] {
        let refused = engine.end_own_session(&jo, &id).await;
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NoSuchSession(_)))),
            "{refused:?}"
        );
    }
    engine.end_own_session(&me, &two.session.id.to_string()).await.unwrap();
    assert!(crew.whoever(&two).await.is_none());
    crew.sign_in(OPERATOR).await;
    assert_eq!(engine.end_other_sessions(&me).await.unwrap(), 1);
    assert!(crew.whoever(&one).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stays_is_told_when_their_session_ends_or_their_role_changes() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "member").await;
    let (jo, op) = (crew.me("jo@example.com").await, crew.me(OPERATOR).await);
    let engine = crew.engine();
    let void = |me: &berth_engine::view::SignedIn| {
        let (shown, grants) = (Credential::Session(me.session), me.grants.clone());
        async move { engine.until_void(shown, &grants).await }
    };

    let demoted = async {
        tokio::join!(void(&jo), async {
            let place = ("default", "jo@example.com");
            engine.set_member(&ACTOR, place, Some("viewer")).await.unwrap();
        });
    };
    tokio::select! {
        () = void(&op) => panic!("nothing changed for them"),
        demoted = tokio::time::timeout(REST, demoted) => demoted.unwrap(),
    }
    engine.sign_out(&op).await.unwrap();
    assert!(tokio::time::timeout(REST, void(&op)).await.is_ok());
}
