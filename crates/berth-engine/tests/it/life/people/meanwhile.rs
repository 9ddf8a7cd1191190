//! What is taken from somebody while they ask for something: it counts, however early they asked.

use std::pin::pin;

use berth_domain::access::Role;
use berth_engine::request::{
    Accept, ChangePassword, CreateToken, Invite, PageRequest, TenantChange,
};
use berth_engine::view::SignedIn;
use berth_engine::{EngineError, Kind};
use berth_engine_testkit::{ACTOR, Control, ORG};
use berth_store::{Tx, memberships, people, sessions};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::crew::{Crew, PASSWORD, secret, whence};

const ADMIN: &str = "admin@example.com";
const SECOND: &str = "second@example.com";
const OTHER: &str = "al@example.com";

/// Something that somebody asks for.
type Ask = for<'a> fn(&'a Crew, &'a SignedIn) -> BoxFuture<'a, Result<(), EngineError>>;

/// Has somebody ask while a transaction is open that takes something from them, and is carried out first.
async fn meanwhile(
    crew: &Crew,
    take: impl AsyncFnOnce(&mut Tx),
    ask: BoxFuture<'_, Result<(), EngineError>>,
) -> Result<(), EngineError> {
    let mut tx = crew.stage.installation.store.begin().await.unwrap();
    people::lock(&mut tx).await.unwrap();
    take(&mut tx).await;
    let mut ask = pin!(ask);
    for _ in 0..100 {
        let asked = (&mut ask).now_or_never();
        assert!(asked.is_none(), "nobody waited for the other: {asked:?}");
        tokio::task::yield_now().await;
    }
    tx.commit().await.unwrap();
    ask.await
}

fn wanted(email: &str, role: &str) -> Invite {
    Invite { email: email.to_owned(), role: role.to_owned() }
}

fn token() -> CreateToken {
    CreateToken { account: "ci".to_owned(), scope: "read".to_owned(), expires: None }
}

/// Who is what, who is invited and signed in, and which tokens there are.
async fn everything(crew: &Crew) -> Vec<String> {
    let engine = crew.engine();
    let mut said = vec![format!("{:?}", engine.people(&ACTOR).await.unwrap())];
    for org in [None, Some(ORG)] {
        said.push(format!("{:?}", engine.invitations(&ACTOR, org).await.unwrap()));
        let tokens = engine.tokens(&ACTOR, org, &PageRequest::default()).await.unwrap();
        said.push(format!("{tokens:?}"));
    }
    said.push(format!("{:?}", engine.person_sessions(&ACTOR, OTHER).await.unwrap()));
    said
}

async fn set_role(crew: &Crew, tx: &mut Tx, me: &SignedIn, role: Role) {
    let organisation = memberships::of(tx, me.person.id).await.unwrap().rows[0].0;
    let now = crew.stage.installation.clock.now();
    memberships::put(tx, (organisation, me.person.id), role, now).await.unwrap();
}

const OF_AN_ADMIN: &[(&str, Ask)] = &[
    ("invite", |crew, me| {
        Box::pin(async {
            let (of, actor) = (crew.of(me), me.person.actor());
            of.invite(&actor, Some(ORG), &wanted("x@example.com", "viewer")).await.map(drop)
        })
    }),
    ("revoke_invitation", |crew, me| {
        Box::pin(async {
            let open = crew.engine().invitations(&ACTOR, Some(ORG)).await.unwrap();
            let (of, actor) = (crew.of(me), me.person.actor());
            of.revoke_invitation(&actor, Some(ORG), &open[0].id.to_string()).await
        })
    }),
    ("create_token", |crew, me| {
        Box::pin(async {
            let (of, actor) = (crew.of(me), me.person.actor());
            of.create_token(&actor, Some(ORG), &token()).await.map(drop)
        })
    }),
    ("revoke_token", |crew, me| {
        Box::pin(async {
            let all = crew.engine().tokens(&ACTOR, Some(ORG), &PageRequest::default()).await;
            let id = all.unwrap().items[0].token.id.to_string();
            crew.of(me).revoke_token(&me.person.actor(), Some(ORG), &id).await
        })
    }),
    ("set_member", |crew, me| {
        Box::pin(async {
            crew.of(me).set_member(&me.person.actor(), (ORG, OTHER), Some("member")).await
        })
    }),
    ("remove_member", |crew, me| {
        Box::pin(async { crew.of(me).set_member(&me.person.actor(), (ORG, OTHER), None).await })
    }),
    ("end_member_sessions", |crew, me| {
        Box::pin(async {
            let (of, actor) = (crew.of(me), me.person.actor());
            of.end_member_sessions(&actor, (ORG, OTHER)).await.map(drop)
        })
    }),
];

const OF_AN_OPERATOR: &[(&str, Ask)] = &[
    ("invite", |crew, me| {
        Box::pin(async {
            let request = wanted("x@example.com", "operator");
            crew.of(me).invite(&me.person.actor(), None, &request).await.map(drop)
        })
    }),
    ("create_token", |crew, me| {
        Box::pin(async {
            crew.of(me).create_token(&me.person.actor(), None, &token()).await.map(drop)
        })
    }),
    ("disable_person", |crew, me| {
        Box::pin(async {
            crew.of(me).disable_person(&me.person.actor(), OTHER, true).await.map(drop)
        })
    }),
    ("end_person_sessions", |crew, me| {
        Box::pin(async {
            crew.of(me).end_person_sessions(&me.person.actor(), OTHER).await.map(drop)
        })
    }),
    ("change_password", |crew, me| {
        Box::pin(async {
            let request =
                ChangePassword { current: secret(PASSWORD), new: secret("one tall heron") };
            crew.engine().change_password(me, &whence(7), request).await
        })
    }),
    ("enrol_second_factor", |crew, me| {
        Box::pin(async {
            let engine = crew.engine();
            engine.enrol_second_factor(me, &whence(7), secret(PASSWORD)).await.map(drop)
        })
    }),
    ("remove_second_factor", |crew, me| {
        Box::pin(async {
            crew.engine().remove_second_factor(me, &whence(7), secret(PASSWORD)).await
        })
    }),
    ("confirm_second_factor", |crew, me| {
        Box::pin(async {
            let code = secret("123456");
            crew.engine().confirm_second_factor(me, &whence(7), &code).await.map(drop)
        })
    }),
    ("new_recovery_codes", |crew, me| {
        Box::pin(async {
            let mut me = me.clone();
            me.person.second_factor_since = Some(crew.stage.installation.clock.now());
            crew.engine().new_recovery_codes(&me, &whence(7), secret(PASSWORD)).await.map(drop)
        })
    }),
    ("end_own_session", |crew, me| {
        Box::pin(async { crew.engine().end_own_session(me, &me.session.to_string()).await })
    }),
    ("end_other_sessions", |crew, me| {
        Box::pin(async { crew.engine().end_other_sessions(me).await.map(drop) })
    }),
];

async fn crew_of(control: Control) -> Crew {
    let crew = Crew::on(control).await;
    crew.join(ADMIN, "admin").await;
    crew.join(OTHER, "viewer").await;
    crew.sign_in(OTHER).await;
    crew.invite("open@example.com", "viewer").await;
    crew.engine().create_token(&ACTOR, Some(ORG), &token()).await.unwrap();
    let request = wanted(SECOND, "operator");
    let code = crew.engine().invite(&ACTOR, None, &request).await.unwrap().code;
    crew.accept(&code).await.unwrap();
    crew
}

async fn a_demoted_admin(control: Control) {
    let crew = crew_of(control).await;
    let me = crew.me(ADMIN).await;
    for (what, ask) in OF_AN_ADMIN {
        let before = everything(&crew).await;

        let demote = async |tx: &mut Tx| set_role(&crew, tx, &me, Role::Viewer).await;
        let refused = meanwhile(&crew, demote, ask(&crew, &me)).await;

        let refused = refused.expect_err(what);
        assert_eq!(refused.kind(), Kind::Forbidden, "{what}: {refused:?}");
        let told = crew.told(Some(ORG)).await.remove(0);
        assert!(told.ends_with("denied"), "{what}: {told}");
        let mut tx = crew.stage.installation.store.begin().await.unwrap();
        set_role(&crew, &mut tx, &me, Role::Admin).await;
        tx.commit().await.unwrap();
        assert_eq!(everything(&crew).await, before, "{what}");
    }
}

async fn a_disabled_operator(control: Control) {
    let crew = crew_of(control).await;
    for (what, ask) in OF_AN_OPERATOR {
        let me = crew.me(SECOND).await;
        let (id, now) = (me.person.id, crew.stage.installation.clock.now());
        let before = everything(&crew).await;

        let disable = async |tx: &mut Tx| {
            people::disable(tx, id, Some(now)).await.unwrap();
            sessions::delete_all(tx, id, None).await.unwrap();
        };
        let refused = meanwhile(&crew, disable, ask(&crew, &me)).await;

        let refused = refused.expect_err(what);
        assert_eq!(refused.kind(), Kind::Unavailable, "{what}: {refused:?}");
        crew.engine().disable_person(&ACTOR, SECOND, false).await.unwrap();
        assert_eq!(everything(&crew).await, before, "{what}");
    }
    // Their password is what it was, and no code was asked for.
    crew.sign_in(SECOND).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_demoted_while_they_ask_changes_nobody_on_sqlite() {
    a_demoted_admin(Control::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_demoted_while_they_ask_changes_nobody_on_postgresql() {
    a_demoted_admin(Control::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_while_they_ask_changes_nobody_on_sqlite() {
    a_disabled_operator(Control::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_while_they_ask_changes_nobody_on_postgresql() {
    a_disabled_operator(Control::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_adds_nothing_to_whoever_is_disabled_while_they_accept_it() {
    let crew = crew_of(Control::Postgres).await;
    let request = wanted(OTHER, "operator");
    let code = crew.engine().invite(&ACTOR, None, &request).await.unwrap().code;
    let me = crew.me(OTHER).await;
    let (id, now) = (me.person.id, crew.stage.installation.clock.now());
    let bare = Accept { code, name: None, password: None };

    let disable = async |tx: &mut Tx| people::disable(tx, id, Some(now)).await.unwrap();
    let accept =
        async { crew.engine().accept_invitation(Some(&me), &whence(7), bare).await.map(drop) };
    let refused = meanwhile(&crew, disable, Box::pin(accept)).await;

    assert!(refused.is_err());
    assert!(!crew.engine().person(&ACTOR, OTHER).await.unwrap().person.is_operator);
    assert_eq!(crew.engine().invitations(&ACTOR, None).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tenant_is_changed_or_opened_by_whoever_was_demoted_since_they_asked() {
    let crew = Crew::new().await;
    crew.stage.create("acme").await;
    crew.join(ADMIN, "admin").await;
    let me = crew.me(ADMIN).await;
    let (of, actor) = (crew.of(&me), me.person.actor());
    crew.engine().set_member(&ACTOR, (ORG, ADMIN), Some("viewer")).await.unwrap();

    let stopped = of.change_tenant(&actor, ORG, "acme", &TenantChange::Stop).await.map(drop);
    let shown = of.show_password(&actor, ORG, "acme").await.map(drop);

    for refused in [stopped, shown] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unavailable, "{refused:?}");
    }
    assert_eq!(crew.stage.get("acme").await.state.label(), "running");
}
