//! Invitations that are sent by mail.

use berth_engine::request::Invite;
use berth_engine::{EngineError, Undelivered};
use berth_engine_testkit::{ACTOR, ORG, console};
use secrecy::ExposeSecret as _;

use super::crew::{Crew, text};

fn wanted(role: &str) -> Invite {
    Invite { email: "jo@example.org".to_owned(), role: role.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_has_the_code_and_goes_to_whoever_is_invited_alone() {
    let crew = Crew::new().await;
    let mail = &crew.stage.installation.messenger;
    mail.read_by("ops@example.com");
    crew.join("al@example.com", "admin").await;
    let al = crew.me("al@example.com").await;
    let by = al.person.actor();

    let made = crew.of(&al).invite_by_mail(&by, Some(ORG), &wanted("viewer")).await.unwrap();

    assert_eq!(made.is_mailed, Some(true));
    let letters = mail.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (letters[0].to.as_str(), letters[0].subject.as_str()),
        ("jo@example.org", "An invitation to Berth")
    );
    let told = letters[0].text.expose_secret();
    for word in [text(&made.code), "al@example.com", "the organisation default as viewer"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    // Nobody configured where the console is.
    assert!(!told.contains("/join/"), "{told}");
    assert!(!letters[0].subject.contains(text(&made.code)));
    crew.accept(&made.code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_has_a_link_where_it_is_known_how_the_console_is_reached() {
    let crew = Crew::with(|it| it.settings.console = Some(console("berth.example.com"))).await;
    let mail = &crew.stage.installation.messenger;
    mail.read_by("ops@example.com");

    let made = crew.engine().invite_by_mail(&ACTOR, None, &wanted("operator")).await.unwrap();

    let letters = mail.letters();
    let link = format!("http://berth.example.com:8070/join/{}\n", text(&made.code));
    let told = letters[0].text.expose_secret();
    assert!(told.contains(&link), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_does_not_arrive_leaves_an_invitation_whose_code_is_known() {
    let crew = Crew::new().await;
    let mail = &crew.stage.installation.messenger;
    mail.read_by("ops@example.com");
    mail.fail([Undelivered::Failed("nobody is at home".to_owned())]);

    let made = crew.engine().invite_by_mail(&ACTOR, Some(ORG), &wanted("member")).await.unwrap();

    assert_eq!((made.is_mailed, mail.letters().len()), (Some(false), 0));
    crew.accept(&made.code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_invited_by_mail_where_there_is_none() {
    let crew = Crew::new().await;

    for asked in [
        crew.engine().invite_by_mail(&ACTOR, None, &wanted("operator")).await.map(drop),
        crew.engine().plan_invite_by_mail(&ACTOR, None, &wanted("operator")).await.map(drop),
    ] {
        let Err(EngineError::Invalid(problems)) = asked else { panic!("{asked:?}") };
        assert_eq!(problems.to_string(), "send: no mail is configured: see `[mail]`");
    }
    assert_eq!(crew.engine().invitations(&ACTOR, None).await.unwrap(), []);
}
