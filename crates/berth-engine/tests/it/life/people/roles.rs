//! Members and their roles.

use berth_domain::OrganisationId;
use berth_domain::access::{Grants, Role};
use berth_engine::{EngineError, PeopleError};
use berth_engine_testkit::{ACTOR, ORG};

use super::crew::{Crew, OPERATOR, refused};
use crate::life::stage::problems;

#[tokio::test(flavor = "multi_thread")]
async fn a_role_holds_from_the_next_request_on_and_so_does_its_end() {
    let crew = Crew::new().await;
    crew.join("jo@example.com", "viewer").await;
    let session = crew.sign_in("jo@example.com").await;
    let place = (ORG, "jo@example.com");
    let grants = async || crew.whoever(&session).await.unwrap().grants;
    let before = grants().await;

    let planned = crew.engine().plan_member(&ACTOR, place, Some("admin")).await.unwrap();
    assert_eq!(planned.summary, "make `jo@example.com` admin");
    assert_eq!(grants().await, before);
    crew.engine().set_member(&ACTOR, place, Some("admin")).await.unwrap();
    assert_ne!(grants().await, before);
    crew.engine().set_member(&ACTOR, place, None).await.unwrap();

    assert_eq!(grants().await, Grants::Memberships(std::collections::BTreeMap::new()));
    assert!(crew.engine().members(&ACTOR, ORG).await.unwrap().is_empty());
    let written = crew.audit(Some(ORG)).await;
    let told: Vec<_> = written
        .iter()
        .filter(|entry| entry.action.starts_with("member."))
        .map(|entry| (entry.action.as_str(), entry.before.clone(), entry.after.clone()))
        .collect();
    let role = |role: &str| Some(serde_json::json!({ "role": role }));
    assert_eq!(
        told,
        [("member.remove", role("admin"), None), ("member.set", role("viewer"), role("admin"))]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays_one_though_two_leave_at_once() {
    let crew = Crew::new().await;
    for email in ["one@example.com", "two@example.com"] {
        crew.join(email, "admin").await;
    }
    let (one, two) = (crew.me("one@example.com").await, crew.me("two@example.com").await);
    let (engine_one, engine_two) = (crew.of(&one), crew.of(&two));
    let (actor_one, actor_two) = (one.person.actor(), two.person.actor());

    let (left, right) = tokio::join!(
        engine_one.set_member(&actor_one, (ORG, "one@example.com"), None),
        engine_two.set_member(&actor_two, (ORG, "two@example.com"), Some("viewer")),
    );

    assert_eq!(u8::from(left.is_ok()) + u8::from(right.is_ok()), 1, "{left:?} {right:?}");
    let last = left.and(right);
    assert!(
        matches!(last, Err(EngineError::People(PeopleError::LastOne { what: "admin", .. }))),
        "{last:?}"
    );
    let admins = crew.engine().members(&ACTOR, ORG).await.unwrap();
    let admin = admins.iter().find(|it| it.role.as_str() == "admin").unwrap();
    let (of, actor) = if admin.person.id == one.person.id {
        (engine_one, actor_one)
    } else {
        (engine_two, actor_two)
    };
    let planned = of.plan_member(&actor, (ORG, admin.person.email.as_str()), None).await;
    assert!(
        matches!(planned, Err(EngineError::People(PeopleError::LastOne { what: "admin", .. }))),
        "{planned:?}"
    );
    // An operator may, and then there is none.
    crew.engine().set_member(&ACTOR, (ORG, admin.person.email.as_str()), None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_a_role_without_the_right_to() {
    let crew = Crew::new().await;
    crew.join("admin@example.com", "admin").await;
    crew.join("member@example.com", "member").await;
    let member = crew.me("member@example.com").await;
    let (of, actor) = (crew.of(&member), member.person.actor());

    for (who, role) in [
        ("member@example.com", Some("admin")),
        ("admin@example.com", Some("viewer")),
        ("admin@example.com", None),
    ] {
        let refused = of.set_member(&actor, (ORG, who), role).await;
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NotToAppoint(_)))),
            "{refused:?}"
        );
        let planned = of.plan_member(&actor, (ORG, who), role).await;
        assert!(
            matches!(planned, Err(EngineError::People(PeopleError::NotToAppoint(_)))),
            "{planned:?}"
        );
    }
    assert_eq!(crew.told(Some(ORG)).await[0], "person:member@example.com member.remove denied");
    let crooked =
        crew.engine().set_member(&ACTOR, (ORG, "member@example.com"), Some("owner")).await;
    assert_eq!(problems(crooked), ["role: there is no `owner`: use viewer, member or admin"]);
    let stranger = crew.engine().set_member(&ACTOR, (ORG, OPERATOR), Some("viewer")).await;
    assert_eq!(refused(stranger), format!("nobody here is called `{OPERATOR}`"));
    for who in ["", "' OR '1'='1", "per_1"] {
        let nobody = crew.engine().set_member(&ACTOR, (ORG, who), None).await;
        assert!(
            matches!(nobody, Err(EngineError::People(PeopleError::NoSuchPerson(_)))),
            "{nobody:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_looks_after_the_sessions_of_members_and_not_of_operators() {
    let crew = Crew::new().await;
    crew.join("admin@example.com", "admin").await;
    crew.join("jo@example.com", "viewer").await;
    let (admin, jo) = (crew.me("admin@example.com").await, crew.sign_in("jo@example.com").await);
    let (of, actor) = (crew.of(&admin), admin.person.actor());

    assert_eq!(of.member_sessions(&actor, (ORG, "jo@example.com")).await.unwrap().len(), 1);
    assert_eq!(of.end_member_sessions(&actor, (ORG, "jo@example.com")).await.unwrap(), 1);
    assert!(crew.whoever(&jo).await.is_none());
    let request =
        berth_engine::request::Invite { email: OPERATOR.to_owned(), role: "viewer".to_owned() };
    let code = crew.engine().invite(&ACTOR, Some(ORG), &request).await.unwrap().code;
    let op = crew.me(OPERATOR).await;
    let bare = berth_engine::request::Accept { code, name: None, password: None };
    crew.engine().accept_invitation(Some(&op), &super::crew::whence(5), bare).await.unwrap();
    let above = of.end_member_sessions(&actor, (ORG, OPERATOR)).await;
    assert!(matches!(above, Err(EngineError::People(PeopleError::NotToAppoint(_)))), "{above:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_somebody_who_is_something_elsewhere_are_not_an_admins_to_see_or_end() {
    let crew = Crew::new().await;
    crew.join("admin@example.com", "admin").await;
    let jo = crew.join("jo@example.com", "viewer").await;
    let elsewhere = OrganisationId::from_uuid(crew.stage.installation.ids.uuid());
    let sql = format!(
        "INSERT INTO organisation (id, name, created_at) VALUES ('{elsewhere}', 'other', 0);
         INSERT INTO membership (organisation_id, person_id, role, created_at)
         VALUES ('{elsewhere}', '{}', 'viewer', 0);",
        jo.id
    );
    let database = crew.stage.installation.home().join("berth.db");
    berth_testkit::sqlite::execute(&database, &sql).await;
    let (admin, session) =
        (crew.me("admin@example.com").await, crew.sign_in("jo@example.com").await);
    let (of, actor, place) = (crew.of(&admin), admin.person.actor(), (ORG, "jo@example.com"));

    let seen = of.member_sessions(&actor, place).await.map(|_| 0);
    let ended = of.end_member_sessions(&actor, place).await;

    for refused in [seen, ended] {
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NotToAppoint(_)))),
            "{refused:?}"
        );
    }
    assert_eq!(crew.told(Some(ORG)).await[0], "person:admin@example.com session.end denied");
    // What is theirs to take away they take away.
    of.set_member(&actor, place, None).await.unwrap();
    let jo = crew.whoever(&session).await.unwrap();
    assert_eq!(jo.grants, Grants::Memberships([(elsewhere, Role::Viewer)].into()));
    // Whoever runs the installation ends them.
    assert_eq!(crew.engine().end_person_sessions(&ACTOR, "jo@example.com").await.unwrap(), 1);
}
