//! More than one organisation: made, looked at, titled and removed.

use std::collections::BTreeMap;

use berth_domain::OrganisationId;
use berth_domain::access::{Grants, Place, Role};
use berth_domain::audit::Origin;
use berth_engine::request::{
    AuditFilter, CreateOrganisation, CreateTenant, CreateToken, Known, ListOrganisations,
    PageRequest, SendUpload, SetOrganisation, TenantFilter,
};
use berth_engine::{Asker, Engine, EngineError};
use berth_engine_testkit::{ACTOR, Control, ORG};
use berth_testkit::wait;
use futures_util::{StreamExt as _, stream};

use super::stage::{REST, Stage, problems};

fn named(name: &str) -> CreateOrganisation {
    CreateOrganisation { name: name.to_owned(), title: None }
}

async fn make(stage: &Stage, name: &str) {
    stage.process().engine.create_organisation(&ACTOR, &named(name)).await.unwrap();
}

async fn id(stage: &Stage, name: &str) -> OrganisationId {
    match stage.process().engine.place(Some(name)).await.unwrap() {
        Place::Organisation(id) => id,
        other => panic!("{other:?}"),
    }
}

/// The engine for somebody who is an admin there and nowhere else.
async fn admin_of(stage: &Stage, name: &str) -> Engine {
    let grants = Grants::Memberships(BTreeMap::from([(id(stage, name).await, Role::Admin)]));
    let origin = Origin::socket("req_1".to_owned());
    stage.process().engine.asked_by(Asker { origin, grants, shown: None, once: None })
}

async fn list(engine: &Engine) -> Vec<String> {
    let all = engine.organisations(&ACTOR, &ListOrganisations::default()).await.unwrap();
    all.items.iter().map(|view| view.organisation.name.to_string()).collect()
}

fn title(text: &str) -> SetOrganisation {
    SetOrganisation { title: Some(text.to_owned()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_and_an_operator_all() {
    let stage = Stage::new().await;
    make(&stage, "acme").await;
    make(&stage, "beta").await;

    assert_eq!(list(&stage.process().engine).await, ["acme", "beta", "default"]);
    assert_eq!(list(&admin_of(&stage, "acme").await).await, ["acme"]);
    let nobody = Grants::Memberships(BTreeMap::new());
    let origin = Origin::socket("req_1".to_owned());
    let nobody = Asker { origin, grants: nobody, shown: None, once: None };
    assert_eq!(list(&stage.process().engine.asked_by(nobody)).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_a_new_one_is_said_at_once() {
    let stage = Stage::new().await;
    let engine = &stage.process().engine;

    let bad = CreateOrganisation { name: "Acme".to_owned(), title: Some("A\u{202e}B".to_owned()) };
    let refused = problems(engine.create_organisation(&ACTOR, &bad).await.map(drop));
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[0].starts_with("name: ") && refused[1].starts_with("title: "), "{refused:?}");
    let taken = CreateOrganisation { name: ORG.to_owned(), title: Some("A\nB".to_owned()) };
    let refused = problems(engine.create_organisation(&ACTOR, &taken).await.map(drop));
    assert_eq!(refused[1], "name: an organisation is called `default` already");

    for asked in [
        engine.create_organisation(&ACTOR, &named(ORG)).await.map(drop),
        engine.plan_organisation(&ACTOR, &named(ORG)).await.map(drop),
    ] {
        assert!(matches!(asked, Err(EngineError::NameTaken { .. })), "{asked:?}");
    }
    let page = PageRequest { sort: Some("size".into()), after: Some("\0".into()), limit: Some(0) };
    let asked = ListOrganisations { text: Some("\u{1b}".to_owned()), page };
    let refused = problems(engine.organisations(&ACTOR, &asked).await.map(drop));
    assert_eq!(refused.len(), 4, "{refused:?}");
    assert_eq!(list(engine).await, [ORG]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_changes_only_while_it_is_what_somebody_knows() {
    let stage = Stage::new().await;
    make(&stage, "acme").await;
    let engine = &stage.process().engine;
    let seen = engine.organisation(&ACTOR, "acme").await.unwrap();
    let known = Known::OneOf(vec![seen.revision.as_str().to_owned()]);

    let set = engine.set_organisation(&ACTOR, ("acme", Some(&known)), &title("Acme Ltd")).await;
    assert_eq!(set.unwrap().organisation.title.unwrap().as_str(), "Acme Ltd");

    for late in [
        engine.set_organisation(&ACTOR, ("acme", Some(&known)), &title("Other")).await.map(drop),
        engine.plan_set_organisation(&ACTOR, ("acme", Some(&known)), &title("X")).await.map(drop),
        engine.delete_organisation(&ACTOR, ("acme", Some(&known))).await,
        engine.plan_delete_organisation(&ACTOR, ("acme", Some(&known))).await.map(drop),
    ] {
        assert!(matches!(late, Err(EngineError::OrganisationChanged(_))), "{late:?}");
    }
    let none = engine.set_organisation(&ACTOR, ("acme", None), &title("")).await.unwrap();
    assert_eq!(none.organisation.title, None);
    let nothing = SetOrganisation::default();
    let refused = engine.set_organisation(&ACTOR, ("acme", None), &nothing).await.map(drop);
    assert!(problems(refused)[0].starts_with("title: "));
    let told: Vec<_> = audit(&stage, Some("acme")).await;
    assert_eq!(told, ["organisation.set acme", "organisation.set acme"]);
}

async fn audit(stage: &Stage, org: Option<&str>) -> Vec<String> {
    let all = stage.process().engine.audit(&ACTOR, org, &AuditFilter::default()).await.unwrap();
    all.items.iter().map(|entry| format!("{} {}", entry.action, entry.object.name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_has_a_tenant_in_whatever_state_stays_and_so_does_the_first() {
    let stage = Stage::new().await;
    make(&stage, "acme").await;
    let engine = &stage.process().engine;
    let shop = CreateTenant { name: "shop".to_owned(), ..CreateTenant::default() };
    let begun = engine.create_tenant(&ACTOR, "acme", &shop).await.unwrap().id.to_string();
    let at_rest =
        async || engine.operation(&ACTOR, "acme", &begun).await.unwrap().state.is_at_rest();
    wait::until(REST, at_rest).await;

    let refused = engine.delete_organisation(&ACTOR, ("acme", None)).await.unwrap_err();
    assert!(
        refused.to_string().contains("it has tenants, which must be gone for good: shop (running)"),
        "{refused}"
    );
    let planned = engine.plan_delete_organisation(&ACTOR, ("acme", None)).await.unwrap_err();
    assert_eq!(planned.to_string(), refused.to_string());
    let first = engine.delete_organisation(&ACTOR, (ORG, None)).await.unwrap_err();
    assert!(first.to_string().contains("every installation has this one"), "{first}");
    assert_eq!(list(engine).await, ["acme", ORG]);

    let filter = TenantFilter::default();
    let all = engine.all_tenants(&ACTOR, &filter).await.unwrap().tenants;
    let told: Vec<_> =
        all.iter().map(|view| (view.organisation.as_str(), view.tenant.name.as_str())).collect();
    assert_eq!(told, [("acme", "shop")]);
    assert_eq!(engine.tenants(&ACTOR, ORG, &filter).await.unwrap().tenants, []);
    assert_eq!(engine.organisation(&ACTOR, "acme").await.unwrap().tenants, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_removed_is_named_whole_before_and_gone_everywhere_after() {
    let stage = Stage::new().await;
    make(&stage, "acme").await;
    let engine = &stage.process().engine;
    let ci = CreateToken { account: "ci".into(), scope: "viewer".into(), expires: None };
    let secret = engine.create_token(&ACTOR, Some("acme"), &ci).await.unwrap().secret;
    let mut events = engine.events(&ACTOR, "acme", 0, None).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().kind, "organisation.created");

    let plan = engine.plan_delete_organisation(&ACTOR, ("acme", None)).await.unwrap();
    let told: Vec<&str> = plan.actions.iter().map(|action| action.text.as_str()).collect();
    assert_eq!(told[0], "remove 1 token: ci");
    assert!(engine.bearer(&secret).await.unwrap().is_some(), "a plan changes nothing");

    engine.delete_organisation(&ACTOR, ("acme", None)).await.unwrap();

    assert!(events.next().await.is_none(), "whoever follows it learns that it is over");
    assert!(engine.bearer(&secret).await.unwrap().is_none());
    let again = engine.delete_organisation(&ACTOR, ("acme", None)).await;
    assert!(matches!(again, Err(EngineError::NoSuchOrganisation(_))), "{again:?}");
    assert_eq!(list(engine).await, [ORG]);
    let told = audit(&stage, None).await;
    assert_eq!(told, ["organisation.delete acme", "organisation.create acme"]);

    // The name may be had again, and nothing of the first one comes with it.
    make(&stage, "acme").await;
    let tokens = engine.tokens(&ACTOR, Some("acme"), &PageRequest::default()).await.unwrap();
    assert_eq!(tokens.items, []);
    assert_eq!(audit(&stage, Some("acme")).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_in_while_its_organisation_goes_is_refused() {
    for control in [Control::Sqlite, Control::Postgres] {
        let stage = Stage::on(control).await;
        make(&stage, "acme").await;
        let engine = &stage.process().engine;
        let content = stream::once(async {
            engine.delete_organisation(&ACTOR, ("acme", None)).await.unwrap();
            Ok("a backup".into())
        });

        let request = SendUpload { name: None, length: None };
        let sent = engine.send_upload(&ACTOR, "acme", &request, content.boxed()).await;

        assert!(matches!(sent, Err(EngineError::NoSuchOrganisation(_))), "{control:?}: {sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readers_of_mail_hear_of_a_new_one_from_the_start() {
    let stage = Stage::with(|installation| installation.messenger.read_by("ops@example.com")).await;

    make(&stage, "acme").await;

    let hooks = stage.process().engine.webhooks(&ACTOR, "acme", &PageRequest::default()).await;
    let names: Vec<String> =
        hooks.unwrap().items.into_iter().map(|view| view.subscription.name).collect();
    assert_eq!(names, ["mail"]);
    // It is the configuration's: it keeps nobody from removing the organisation.
    stage.process().engine.delete_organisation(&ACTOR, ("acme", None)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_host_of_another_organisation_no_more_is_said_than_that_it_is_taken() {
    let stage = Stage::new().await;
    make(&stage, "acme").await;
    stage.create("shop").await;
    stage.change("shop", berth_engine::request::TenantChange::Delete).await;
    let engine = &stage.process().engine;
    let with = |name: &str| CreateTenant {
        name: name.to_owned(),
        host: Some("shop.localhost".to_owned()),
        ..CreateTenant::default()
    };

    let own = problems(engine.create_tenant(&ACTOR, ORG, &with("other")).await.map(drop));
    let foreign = problems(engine.create_tenant(&ACTOR, "acme", &with("other")).await.map(drop));

    assert!(own[0].contains("is deleted and can be brought back until"), "{own:?}");
    assert_eq!(foreign, ["host: `shop.localhost` already leads to another tenant"]);
    let shop = CreateTenant { name: "shop".to_owned(), ..CreateTenant::default() };
    let named = engine.create_tenant(&ACTOR, "acme", &shop);
    let Err(EngineError::NameTaken { message, hint }) = named.await else { panic!() };
    assert_eq!(message, "a tenant called `shop` already exists");
    assert!(!hint.contains("tenant show"), "{hint}");
}
