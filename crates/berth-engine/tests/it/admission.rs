//! Bad input: every problem named at once, in the caller's words, and nothing made.

use berth_domain::access::Grants;
use berth_domain::audit::Origin;
use berth_engine::request::CreateTenant;
use berth_engine::{Asker, EngineError, Once, Recalled};
use berth_engine_testkit::{ACTOR, ORG, digest, reference};
use berth_runtime::fake::{CallKind, JobAnswer};
use berth_runtime::{Exit, LogLine};

use crate::world::{World, named};

/// Names that somebody could use to reach a shell, a query, a path, a header or another tenant.
fn hostile_names() -> Vec<String> {
    let fixed = [
        "",
        " ",
        "a",
        "ab",
        "-acme",
        "acme-",
        "ac--me",
        "1acme",
        "Acme",
        "acme ",
        " acme",
        "acme.x",
        "acme_x",
        "acme/x",
        "../acme",
        "/etc/passwd",
        "acme\0x",
        "acme\nx",
        "acme\r\nHost: x",
        "acme;id",
        "acme$(id)",
        "acme`id`",
        "acme|id",
        "acme&id",
        "acme>x",
        "'; DROP TABLE tenant; --",
        "\" OR 1=1",
        "acme%00",
        "acme%2f",
        "--help",
        "-x",
        "{{7*7}}",
        "<script>",
        "äcme",
        "аcme",
        "acme\u{200b}",
        "\u{202e}emca",
        "localhost",
        "www",
        "admin",
    ];
    let mut names: Vec<String> = fixed.into_iter().map(str::to_owned).collect();
    names.push("a".repeat(41));
    names.push("a".repeat(10_000));
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_refused_with_a_reason_and_nothing_is_made() {
    let world = World::new().await;
    let names = hostile_names();
    assert!(names.len() >= 40);

    for name in names {
        let problems = world.problems(&named(&name)).await;

        assert_eq!(problems.len(), 1, "{name:?}: {problems:?}");
        assert!(problems[0].starts_with("name: "), "{name:?}: {problems:?}");
        assert!(problems[0].len() < 200, "{name:?}: the answer is longer than a sentence");
        assert!(!problems[0].contains(char::is_control), "{name:?}: {problems:?}");
    }
    assert_eq!(world.tenants().await, 0);
    assert_eq!(world.runtime.calls(CallKind::WorkloadEnsure), 0);
    assert_eq!(world.runtime.calls(CallKind::NetworkEnsure), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named_at_once() {
    let world = World::new().await;
    let request = CreateTenant {
        name: "Acme".into(),
        host: Some("a b".into()),
        stage: Some("prod".into()),
        modules: vec!["sale;id".into(), "contacts".into()],
        language: Some("English!".into()),
        country: Some("Belgium".into()),
        admin_password: Some("short".to_owned().into()),
        email: Some("nobody".into()),
        time_zone: Some("Mars/Base".into()),
        cpu: Some("many".into()),
        memory: Some("1MiB".into()),
        addons: Some("/nowhere".into()),
        ..CreateTenant::default()
    };

    let problems = world.problems(&request).await;

    let mut fields: Vec<&str> = problems.iter().filter_map(|p| p.split(':').next()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "addons",
            "admin_password",
            "country",
            "email",
            "host",
            "language",
            "limits.cpu",
            "limits.memory",
            "modules",
            "name",
            "stage",
            "time_zone"
        ],
        "{problems:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_not_there_is_named_with_what_to_do() {
    let world = World::new().await;
    let request = CreateTenant { image: Some("odoo:99.0".into()), ..named("acme") };

    let problems = world.problems(&request).await;

    assert_eq!(problems, ["image: the container engine has no image `odoo:99.0`"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_no_odoo_is_refused() {
    let world = World::new().await;
    world.runtime.add_image(&reference("busybox:1"), &digest('b'));
    let said = LogLine { at: None, is_error: true, text: "python3: not found".into() };
    let exit = Exit { code: 127, out_of_memory: false };
    world.runtime.answer_jobs(move |_| JobAnswer::Ends { lines: vec![said.clone()], exit });
    let request = CreateTenant { image: Some("busybox:1".into()), ..named("acme") };

    let problems = world.problems(&request).await;

    assert_eq!(
        problems,
        ["image: `busybox:1` cannot run Odoo: the image has no Odoo: it has no Python"]
    );
    assert_eq!(world.tenants().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_does_not_exist_is_named_with_one_that_does() {
    let world = World::new().await;
    let request = CreateTenant { modules: vec!["contact".into()], ..named("acme") };

    let refused = world.engine.create_tenant(&ACTOR, ORG, &request).await;

    let Err(EngineError::Invalid(problems)) = refused else { panic!("{refused:?}") };
    assert_eq!(problems.0.len(), 1);
    assert_eq!(problems.0[0].message, "the image has no module `contact`");
    assert_eq!(problems.0[0].hint.as_deref(), Some("did you mean `contacts`?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_beyond_the_host_are_refused() {
    let world = World::new().await;
    let request =
        CreateTenant { memory: Some("900GiB".into()), cpu: Some("900".into()), ..named("acme") };

    let problems = world.problems(&request).await;

    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("limits.cpu: the host has "), "{problems:?}");
    assert!(problems[1].starts_with("limits.memory: the host has "), "{problems:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_want_a_name_at_the_same_moment_one_gets_it() {
    let world = World::new().await;
    // The one that gets it is at work until the end: were it undone, the name would be free again.
    world.runtime.answer_jobs(|_| JobAnswer::Hangs { lines: Vec::new() });
    let request = named("acme");

    let (one, two) = tokio::join!(
        world.engine.create_tenant(&ACTOR, ORG, &request),
        world.engine.create_tenant(&ACTOR, ORG, &request),
    );

    let refused: Vec<EngineError> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(
        matches!(&refused[0], EngineError::NameTaken { message, .. } if message.contains("`acme`")),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_sent_twice_with_one_key_is_carried_out_once() {
    let world = World::new().await;
    world.runtime.answer_jobs(|_| JobAnswer::Hangs { lines: Vec::new() });

    let asked = |request: &str, name: &str| {
        let once = Once::new("k1".to_owned(), request.to_owned(), &[name.as_bytes()]);
        let origin = Origin::socket(request.to_owned());
        world.engine.asked_by(Asker {
            origin,
            grants: Grants::Operator,
            shown: None,
            once: Some(once),
        })
    };
    let one = asked("req_1", "acme");
    let Ok(Some(Recalled::New(turn))) = one.recall(&ACTOR).await else { panic!("it is new") };
    let first = one.create_tenant(&ACTOR, ORG, &named("acme")).await.unwrap();
    drop(turn);

    let again = asked("req_2", "acme").recall(&ACTOR).await.unwrap();
    let unasked = asked("req_3", "acme").create_tenant(&ACTOR, ORG, &named("beta")).await;
    let other = asked("req_4", "beta").recall(&ACTOR).await;

    let Some(Recalled::Unanswered(Some(operation))) = again else { panic!("{again:?}") };
    assert_eq!(operation, first.id);
    assert!(matches!(unasked, Err(EngineError::Repeated)), "{unasked:?}");
    assert_eq!(world.tenants().await, 1);
    let Err(EngineError::Invalid(problems)) = other else { panic!("{other:?}") };
    assert_eq!(problems.to_string(), "Idempotency-Key: this key was used for another request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_of_the_postgresql_server_is_said_in_one_sentence() {
    let world = World::with_password("not the password").await;

    let refused = world.engine.create_tenant(&ACTOR, ORG, &named("acme")).await;

    let refused = refused.unwrap_err().to_string();
    assert!(refused.starts_with("the PostgreSQL server is not available: "), "{refused}");
    assert!(refused.contains("check the password"), "{refused}");
    assert_eq!(world.tenants().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_even_planned_while_something_is_at_work_on_the_tenant() {
    let world = World::new().await;
    world.runtime.answer_jobs(|_| JobAnswer::Hangs { lines: Vec::new() });
    world.engine.create_tenant(&ACTOR, ORG, &named("acme")).await.unwrap();

    let refused = world.engine.plan_password(&ACTOR, ORG, "acme", None).await;

    assert!(matches!(refused, Err(EngineError::Busy { .. })), "{refused:?}");
}
