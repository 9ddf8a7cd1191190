//! People whom somebody disables, resets, or signs out.

use berth_domain::Actor;
use berth_engine::request::{Accept, CreateToken, Reset};
use berth_engine::{EngineError, PeopleError};
use berth_engine_testkit::{ACTOR, ORG};

use super::crew::{Crew, OPERATOR, PASSWORD, credentials, refused, secret, whence};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_is_out_at_once_with_their_tokens_until_they_are_let_in_again() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "admin").await;
    let session = crew.sign_in("jo@example.com").await;
    let jo = crew.whoever(&session).await.unwrap();
    let request =
        CreateToken { account: "ci".to_owned(), scope: "member".to_owned(), expires: None };
    let actor = jo.person.actor();
    let token = crew.of(&jo).create_token(&actor, Some(ORG), &request).await.unwrap();
    assert!(crew.engine().bearer(&token.secret).await.unwrap().is_some());

    let planned = crew.engine().plan_disabling(&ACTOR, "jo@example.com", true).await.unwrap();
    assert_eq!(planned.summary, "disable `jo@example.com`");
    assert!(crew.whoever(&session).await.is_some());
    crew.engine().disable_person(&ACTOR, "jo@example.com", true).await.unwrap();

    assert!(crew.whoever(&session).await.is_none());
    assert!(crew.engine().bearer(&token.secret).await.unwrap().is_none());
    let out =
        crew.engine().begin_session(&whence(4), credentials("jo@example.com", PASSWORD)).await;
    assert!(matches!(out, Err(EngineError::People(PeopleError::NotLetIn))), "{out:?}");
    crew.engine().disable_person(&ACTOR, "jo@example.com", false).await.unwrap();
    crew.sign_in("jo@example.com").await;
    assert!(crew.whoever(&session).await.is_none(), "what ended stays ended");
    assert!(crew.engine().bearer(&token.secret).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_no_more_than_whoever_made_it_may_by_now() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "admin").await;
    let jo = crew.me("jo@example.com").await;
    let request =
        CreateToken { account: "ci".to_owned(), scope: "admin".to_owned(), expires: None };
    let token = crew.of(&jo).create_token(&jo.person.actor(), Some(ORG), &request).await.unwrap();
    let scope = async || {
        let bearer = crew.engine().bearer(&token.secret).await.unwrap();
        bearer.map(|bearer| format!("{:?}", bearer.grants))
    };
    assert!(scope().await.unwrap().contains("Members"));

    let place = (ORG, "jo@example.com");
    crew.engine().set_member(&ACTOR, place, Some("viewer")).await.unwrap();
    let left = scope().await.unwrap();
    assert!(left.contains("Read") && !left.contains("Operate"), "{left}");
    crew.engine().set_member(&ACTOR, place, None).await.unwrap();
    assert_eq!(scope().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_operator_is_not_disabled_and_only_operators_disable() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "admin").await;
    let jo = crew.me("jo@example.com").await;

    let last = crew.engine().disable_person(&ACTOR, OPERATOR, true).await;
    assert_eq!(refused(last), "`op@example.com` is the last operator who may sign in");
    let above = crew.of(&jo).disable_person(&jo.person.actor(), OPERATOR, true).await;
    assert!(matches!(above, Err(EngineError::People(PeopleError::NotToAppoint(_)))), "{above:?}");
    let nobody = crew.engine().person(&ACTOR, "nobody@example.com").await;
    assert!(matches!(nobody, Err(EngineError::People(PeopleError::NoSuchPerson(_)))), "{nobody:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_is_for_whoever_is_on_the_host_and_leads_to_a_new_password() {
    let crew = Crew::new().await;
    let session = crew.sign_in(OPERATOR).await;
    let me = crew.whoever(&session).await.unwrap();
    let by_person = crew.of(&me).reset_person(&me.person.actor(), OPERATOR, Reset::Password).await;
    assert!(matches!(by_person, Err(EngineError::People(PeopleError::LocalOnly))), "{by_person:?}");
    let planned = crew.engine().plan_reset(&Actor::Nobody, OPERATOR, Reset::Password).await;
    assert!(matches!(planned, Err(EngineError::People(PeopleError::LocalOnly))), "{planned:?}");
    assert!(crew.whoever(&session).await.is_some());
    let request = CreateToken { account: "ci".into(), scope: "read".into(), expires: None };
    let token = crew.of(&me).create_token(&me.person.actor(), Some(ORG), &request).await.unwrap();

    let code = crew.engine().reset_person(&ACTOR, OPERATOR, Reset::Everything).await.unwrap();
    let code = code.unwrap();

    assert!(crew.whoever(&session).await.is_none());
    assert!(crew.engine().bearer(&token.secret).await.unwrap().is_none());
    let old = crew.engine().begin_session(&whence(4), credentials(OPERATOR, PASSWORD)).await;
    assert!(matches!(old, Err(EngineError::People(PeopleError::NotLetIn))), "{old:?}");
    let new =
        || Accept { code: code.clone(), name: None, password: Some(secret("one tall heron")) };
    crew.engine().accept_invitation(None, &whence(4), new()).await.unwrap();
    let again = crew.engine().accept_invitation(None, &whence(4), new()).await;
    assert!(matches!(again, Err(EngineError::People(PeopleError::BadCode))), "{again:?}");
    let new = credentials(OPERATOR, "one tall heron");
    crew.engine().begin_session(&whence(4), new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_made_to_wait_is_let_try_at_once_after_a_reset_of_that_alone() {
    let crew = Crew::new().await;
    let session = crew.sign_in(OPERATOR).await;
    for _ in 0..7 {
        let _ = crew.engine().begin_session(&whence(9), credentials(OPERATOR, "wrong")).await;
    }
    let waits = crew.engine().begin_session(&whence(9), credentials(OPERATOR, PASSWORD)).await;
    assert!(matches!(waits, Err(EngineError::People(PeopleError::Wait(_)))), "{waits:?}");

    let code = crew.engine().reset_person(&ACTOR, OPERATOR, Reset::Waiting).await.unwrap();

    assert!(code.is_none());
    crew.engine().begin_session(&whence(9), credentials(OPERATOR, PASSWORD)).await.unwrap();
    assert!(crew.whoever(&session).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_operators_look_after_people_of_the_installation() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "admin").await;
    crew.join("al@example.com", "viewer").await;
    let session = crew.sign_in("al@example.com").await;
    let jo = crew.me("jo@example.com").await;
    let (of, actor, who) = (crew.of(&jo), jo.person.actor(), "al@example.com");

    let refusals = [
        of.plan_disabling(&actor, who, true).await.map(drop),
        of.disable_person(&actor, who, true).await.map(drop),
        of.plan_disabling(&actor, who, false).await.map(drop),
        of.end_person_sessions(&actor, who).await.map(drop),
        of.plan_unlink(&actor, (who, "corp")).await.map(drop),
        of.unlink_person(&actor, (who, "corp")).await,
    ];

    for (number, refused) in refusals.into_iter().enumerate() {
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NotToAppoint(_)))),
            "{number}: {refused:?}"
        );
    }
    assert!(crew.whoever(&session).await.is_some());
}
