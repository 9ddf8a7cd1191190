//! Tokens: made, shown, revoked, and what whoever has some rights and not others is kept from.

use std::collections::BTreeMap;

use berth_domain::access::{Grants, Place, Right, Role};
use berth_domain::audit::Origin;
use berth_domain::{Actor, OrganisationId};
use berth_engine::request::{
    AuditFilter, CreateSchedule, CreateTenant, CreateToken, ImportTenant, OperationRequest,
    PageRequest, SetSchedule, TenantChange,
};
use berth_engine::view::{Credential, NewToken};
use berth_engine::{Asker, Engine, EngineError, PeopleError};
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::events::{self, NewEvent};
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};

use super::stage::{REST, Stage, problems};

fn wanted(scope: &str) -> CreateToken {
    CreateToken { account: "ci".to_owned(), scope: scope.to_owned(), expires: None }
}

async fn create(stage: &Stage, org: Option<&str>, request: &CreateToken) -> NewToken {
    stage.process().engine.create_token(&ACTOR, org, request).await.unwrap()
}

async fn organisation(stage: &Stage) -> OrganisationId {
    match stage.process().engine.place(Some(ORG)).await.unwrap() {
        Place::Organisation(organisation) => organisation,
        other => panic!("{other:?}"),
    }
}

/// The engine for somebody with these grants.
fn on_terms(stage: &Stage, grants: Grants) -> Engine {
    let origin = Origin::socket("req_1".to_owned());
    stage.process().engine.asked_by(Asker { origin, grants, shown: None, once: None })
}

/// The engine for a member of the organisation.
async fn member(stage: &Stage, role: Role) -> Engine {
    let of = BTreeMap::from([(organisation(stage).await, role)]);
    on_terms(stage, Grants::Memberships(of))
}

fn lacks<T: std::fmt::Debug>(refused: &Result<T, EngineError>, right: Right) {
    assert!(matches!(refused, Err(EngineError::NoRight(it)) if *it == right), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lets_its_account_in_with_its_scope_until_it_is_revoked() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    let NewToken { token: made, secret } = create(&stage, Some(ORG), &wanted("member")).await;

    let bearer = engine.bearer(&secret).await.unwrap().unwrap();

    let account = "ci".parse().unwrap();
    assert_eq!(bearer.actor, Actor::Service { account, organisation: Some(ORG.to_owned()) });
    let within = Some(organisation(&stage).await);
    assert_eq!(bearer.grants, Grants::Token { within, scope: "member".parse().unwrap() });
    assert_eq!(bearer.token, made.token.id);
    let listed =
        engine.tokens(&ACTOR, Some(ORG), &PageRequest::default()).await.unwrap().items.remove(0);
    assert!(listed.token.last_used_at.is_some(), "{listed:?}");
    assert!(engine.tokens(&ACTOR, None, &PageRequest::default()).await.unwrap().items.is_empty());

    let id = made.token.id.to_string();
    engine.plan_revocation(&ACTOR, Some(ORG), &id).await.unwrap();
    assert!(engine.bearer(&secret).await.unwrap().is_some());
    engine.revoke_token(&ACTOR, Some(ORG), &id).await.unwrap();
    assert_eq!(engine.bearer(&secret).await.unwrap(), None);
    assert!(
        engine.tokens(&ACTOR, Some(ORG), &PageRequest::default()).await.unwrap().items.is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_good_lets_nobody_in() {
    let mut stage = Stage::new().await;
    let request = CreateToken { expires: Some("12h".to_owned()), ..wanted("read") };
    let secret = create(&stage, Some(ORG), &request).await.secret;
    let said = secret.expose_secret().to_owned();
    let crooked = [
        String::new(),
        "berth_".to_owned(),
        said[..said.len() - 1].to_owned(),
        // Whole, and known to nobody.
        "berth_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjkbg123k".to_owned(),
        format!("{said}0"),
        said.to_uppercase(),
        said.replace("berth_", ""),
        format!("berth_{}", "0".repeat(1_000_000)),
        "berth_' OR '1'='1".to_owned(),
    ];

    for text in crooked {
        let shown = SecretString::from(text);
        assert_eq!(stage.process().engine.bearer(&shown).await.unwrap(), None);
    }
    assert!(stage.process().engine.bearer(&secret).await.unwrap().is_some());
    stage.pass(SignedDuration::from_hours(13)).await;
    assert_eq!(stage.process().engine.bearer(&secret).await.unwrap(), None);
    let listed = stage
        .process()
        .engine
        .tokens(&ACTOR, Some(ORG), &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert!(listed[0].is_expired);
    stage.pass(SignedDuration::from_hours(24 * 31)).await;
    let engine = &stage.process().engine;
    stage
        .until(async || {
            engine
                .tokens(&ACTOR, Some(ORG), &PageRequest::default())
                .await
                .unwrap()
                .items
                .is_empty()
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_looked_for_where_it_belongs() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    let own = create(&stage, Some(ORG), &wanted("read")).await.token.token.id.to_string();
    let all = create(&stage, None, &wanted("metrics")).await.token.token.id.to_string();

    for (org, id) in
        [(None, own.as_str()), (Some(ORG), all.as_str()), (Some(ORG), "tok_1"), (None, "' --")]
    {
        let refused = engine.revoke_token(&ACTOR, org, id).await;
        assert!(matches!(refused, Err(EngineError::NoSuchToken(_))), "{refused:?}");
    }
    let nobodys = engine.tokens(&ACTOR, Some("nobody"), &PageRequest::default()).await;
    assert!(matches!(nobodys, Err(EngineError::NoSuchOrganisation(_))), "{nobodys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_says_is_kept_nowhere_and_what_is_done_by_it_names_it() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    let NewToken { token: made, secret } = create(&stage, Some(ORG), &wanted("admin")).await;
    let bearer = engine.bearer(&secret).await.unwrap().unwrap();
    let origin = Origin::socket("req_2".to_owned()).with(Some(bearer.token));
    let shown = Some(Credential::Token(bearer.token));
    let by_token = engine.asked_by(Asker { origin, grants: bearer.grants, shown, once: None });
    let id = made.token.id.to_string();

    by_token.revoke_token(&bearer.actor, Some(ORG), &id).await.unwrap();

    let all = engine.audit(&ACTOR, Some(ORG), &AuditFilter::default()).await.unwrap().items;
    let told: Vec<_> = all
        .iter()
        .map(|entry| (entry.action.as_str(), entry.actor.to_string(), entry.origin.token))
        .collect();
    let service = "service:ci@default".to_owned();
    assert_eq!(
        told,
        [("token.revoke", service, Some(made.token.id)), ("token.create", ACTOR.to_string(), None)]
    );
    let random = &secret.expose_secret()["berth_".len()..];
    assert!(!format!("{all:?} {made:?} {secret:?}").contains(random));
    for file in std::fs::read_dir(stage.installation.home()).unwrap().flatten() {
        let Ok(content) = std::fs::read(file.path()) else { continue };
        let found = content.windows(random.len()).any(|window| window == random.as_bytes());
        assert!(!found, "{}", file.path().display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_more_than_they_have_makes_nothing_and_is_written_down() {
    let stage = Stage::new().await;
    let admin = member(&stage, Role::Admin).await;
    let actor = Actor::Local { uid: 4711 };
    let token = Grants::Token { within: None, scope: "members,read".parse().unwrap() };
    let by_token = on_terms(&stage, token);

    let refusals = [
        admin.create_token(&actor, None, &wanted("read")).await,
        by_token.create_token(&actor, Some(ORG), &wanted("read")).await,
        stage.process().engine.create_token(&actor, Some(ORG), &wanted("installation")).await,
    ];

    for refused in refusals {
        assert!(
            matches!(refused, Err(EngineError::People(PeopleError::NotToGive(_)))),
            "{refused:?}"
        );
    }
    let planned = by_token.plan_token(&actor, Some(ORG), &wanted("read")).await;
    assert!(matches!(planned, Err(EngineError::People(PeopleError::NotToGive(_)))), "{planned:?}");
    let engine = &stage.process().engine;
    for (org, denied) in [(Some(ORG), 2), (None, 1)] {
        assert!(
            engine.tokens(&ACTOR, org, &PageRequest::default()).await.unwrap().items.is_empty()
        );
        let all = engine.audit(&ACTOR, org, &AuditFilter::default()).await.unwrap().items;
        assert_eq!(all.len(), denied, "{all:?}");
        for entry in all {
            assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("token.create", "denied"));
        }
    }
    admin.create_token(&actor, Some(ORG), &wanted("admin")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_token_is_said_at_once() {
    let stage = Stage::new().await;
    let crooked = CreateToken {
        account: "C I".to_owned(),
        scope: "read,fly".to_owned(),
        expires: Some("2001-01-01".to_owned()),
    };

    let refused = stage.process().engine.create_token(&ACTOR, Some(ORG), &crooked).await;

    let fields: Vec<String> = problems(refused)
        .iter()
        .filter_map(|text| Some(text.split_once(':')?.0.to_owned()))
        .collect();
    assert_eq!(fields, ["account", "scope", "expires"]);
    let none = stage.process().engine.create_token(&ACTOR, Some(ORG), &wanted("")).await;
    assert_eq!(problems(none), ["scope: name at least one right"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stays_is_told_when_their_token_is_not_good_any_more() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;
    let one = create(&stage, Some(ORG), &wanted("read")).await.token.token.id;
    let other = create(&stage, Some(ORG), &wanted("read")).await.token.token.id;
    let within = Some(organisation(&stage).await);
    let grants = Grants::Token { within, scope: "read".parse().unwrap() };
    let void = |token| engine.until_void(Credential::Token(token), &grants);

    let revoked = async {
        tokio::join!(void(one), async {
            engine.revoke_token(&ACTOR, Some(ORG), &one.to_string()).await.unwrap();
        });
    };
    tokio::select! {
        () = void(other) => panic!("its time is not over"),
        void = tokio::time::timeout(REST, revoked) => void.unwrap(),
    }
    stage.tick(SignedDuration::from_hours(24 * 91));
    assert!(tokio::time::timeout(REST, void(other)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_operator_closes_a_tenant_and_has_its_closing_stopped() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let admin = member(&stage, Role::Admin).await;
    let narrow = Grants::Token { within: None, scope: "operate,administer".parse().unwrap() };
    let narrow = on_terms(&stage, narrow);

    for engine in [&admin, &narrow] {
        let refused = engine.change_tenant(&ACTOR, ORG, "acme", &TenantChange::Suspend).await;
        assert!(matches!(refused, Err(EngineError::OperatorOnly { .. })), "{refused:?}");
    }
    let begun = stage.begin("acme", TenantChange::Suspend).await.unwrap();
    let id = begun.id.to_string();
    stage.done(begun).await;
    for engine in [&admin, &narrow] {
        let refused = engine.cancel_operation(&ACTOR, ORG, &id).await;
        lacks(&refused, Right::Installation);
        let planned = engine.plan_request(&ACTOR, ORG, &id, OperationRequest::Cancel).await;
        lacks(&planned, Right::Installation);
    }
    let late = stage.process().engine.cancel_operation(&ACTOR, ORG, &id).await;
    assert!(matches!(late, Err(EngineError::NotNow { .. })), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_close_tenants_has_no_say_in_schedules_that_do() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    let closing = CreateSchedule {
        name: "unpaid".to_owned(),
        action: "suspend".to_owned(),
        tenants: vec!["acme".to_owned()],
        cron: "0 * * * *".to_owned(),
        ..CreateSchedule::default()
    };
    let stopping =
        CreateSchedule { name: "nightly".to_owned(), action: "stop".to_owned(), ..closing.clone() };
    engine.create_schedule(&ACTOR, ORG, &closing).await.unwrap();
    let member = member(&stage, Role::Member).await;
    member.create_schedule(&ACTOR, ORG, &stopping).await.unwrap();

    let again = CreateSchedule { name: "mine".to_owned(), ..closing };
    let refused = problems(member.create_schedule(&ACTOR, ORG, &again).await);
    assert_eq!(refused, ["action: only an operator may suspend tenants"]);
    let to_closing = SetSchedule { action: Some("resume".to_owned()), ..SetSchedule::default() };
    let refused = problems(member.set_schedule(&ACTOR, (ORG, "nightly"), &to_closing).await);
    assert_eq!(refused, ["action: only an operator may resume tenants"]);
    let paused = SetSchedule { paused: Some(true), ..SetSchedule::default() };
    let refused = problems(member.set_schedule(&ACTOR, (ORG, "unpaid"), &paused).await);
    assert_eq!(refused, ["action: only an operator may suspend tenants"]);
    lacks(&member.run_schedule(&ACTOR, ORG, "unpaid").await, Right::Installation);
    lacks(&member.delete_schedule(&ACTOR, ORG, "unpaid").await, Right::Installation);

    member.set_schedule(&ACTOR, (ORG, "nightly"), &paused).await.unwrap();
    member.delete_schedule(&ACTOR, ORG, "nightly").await.unwrap();
    engine.delete_schedule(&ACTOR, ORG, "unpaid").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_of_the_host_are_lent_by_an_operator_only() {
    let stage = Stage::new().await;
    let admin = member(&stage, Role::Admin).await;
    let request = CreateTenant {
        name: "acme".to_owned(),
        stage: Some("development".to_owned()),
        addons: Some("/etc".into()),
        ..CreateTenant::default()
    };

    lacks(&admin.create_tenant(&ACTOR, ORG, &request).await, Right::Installation);
    lacks(&admin.plan_create(&ACTOR, ORG, &request).await, Right::Installation);
    let upload = "upl_0198c0de00007000800000000000a001".to_owned();
    let import = ImportTenant { upload, addons: Some("/etc".into()), ..ImportTenant::default() };
    lacks(&admin.import_tenant(&ACTOR, ORG, &import).await, Right::Installation);
    let operator = stage.process().engine.plan_create(&ACTOR, ORG, &request).await;
    assert!(problems(operator)[0].starts_with("addons: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_its_own_is_given_to_a_tenant_by_an_operator_only() {
    let stage = Stage::new().await;
    let admin = member(&stage, Role::Admin).await;
    let name = "acme".to_owned();
    let request = CreateTenant { name, own_cluster: true, ..CreateTenant::default() };

    lacks(&admin.create_tenant(&ACTOR, ORG, &request).await, Right::Installation);
    lacks(&admin.plan_create(&ACTOR, ORG, &request).await, Right::Installation);
    let plan = stage.process().engine.plan_create(&ACTOR, ORG, &request).await.unwrap();
    let made = plan.actions.iter().map(|action| action.text.as_str()).collect::<Vec<_>>();
    assert!(
        made.iter().any(|text| text.starts_with("make a PostgreSQL server of its own")),
        "{made:?}"
    );
    assert!(made.iter().any(|text| text.contains("on cluster `t-")), "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_lacking_is_written_down_when_a_route_takes_it() {
    let stage = Stage::new().await;
    let viewer = member(&stage, Role::Viewer).await;
    let place = Place::Organisation(organisation(&stage).await);
    let route = ("stop_tenant", "/api/v1/x");

    viewer.admit(&ACTOR, (Right::Read, place), Some(ORG), route).await.unwrap();
    lacks(&viewer.admit(&ACTOR, (Right::Operate, place), Some(ORG), route).await, Right::Operate);

    let all = stage.process().engine.audit(&ACTOR, Some(ORG), &AuditFilter::default()).await;
    let told: Vec<_> = all
        .unwrap()
        .items
        .iter()
        .map(|entry| (entry.action.clone(), entry.outcome.as_str(), entry.object.name.clone()))
        .collect();
    assert_eq!(told, [("stop_tenant".to_owned(), "denied", "/api/v1/x".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_odoos_say_is_told_to_whoever_may_read_logs_and_to_nobody_else() {
    let stage = Stage::new().await;
    let own = organisation(&stage).await;
    let now = stage.installation.clock.now();
    let mut tx = stage.installation.store.begin().await.unwrap();
    // More than are read at once.
    let kinds = std::iter::repeat_n("log", 1_200).chain(["end"]);
    for kind in kinds {
        let event = NewEvent {
            organisation: own,
            operation: None,
            tenant: None,
            kind: kind.to_owned(),
            data: serde_json::json!({ "text": "a name, an address" }),
        };
        events::append(&mut tx, &event, now).await.unwrap();
    }
    tx.commit().await.unwrap();

    let demo = stage.process().engine.create_demo(&ACTOR, ORG, "drill").await.unwrap().id;
    let said = NewEvent {
        organisation: own,
        operation: Some(demo),
        tenant: None,
        kind: "log".to_owned(),
        data: serde_json::json!({ "text": "a name, an address" }),
    };
    let mut tx = stage.installation.store.begin().await.unwrap();
    events::append(&mut tx, &said, now).await.unwrap();
    tx.commit().await.unwrap();

    for (role, expected) in [(Role::Viewer, 0), (Role::Member, 1)] {
        let engine = member(&stage, role).await;
        let whole = engine.operation_in_full(&ACTOR, ORG, &demo.to_string()).await.unwrap();
        let logs = whole.events.iter().filter(|event| event.kind == "log").count();
        assert_eq!(logs, expected, "{role:?}");
    }
    for (role, expected) in [(Role::Viewer, 0), (Role::Member, 1_200)] {
        let engine = member(&stage, role).await;
        let mut told = engine.events(&ACTOR, ORG, 0, None).await.unwrap();
        let mut logs = 0;
        while let Some(event) = told.next().await {
            match event.unwrap().kind.as_str() {
                "log" => logs += 1,
                "end" => break,
                _ => {}
            }
        }
        assert_eq!(logs, expected, "{role:?}");
    }
}
