use berth_domain::access::Role;
use berth_domain::{Organisation, OrganisationId, Token, TokenId};
use berth_store::idempotency::{self, Used};
use berth_store::organisations::{self, Filter};
use berth_store::{Page, Part, StoreError, memberships, quotas, tokens};
use tokio::task::JoinSet;

use crate::home::{Home, on_both_databases};
use crate::somebody::with_person;

on_both_databases!(
    an_organisation_reads_back_with_and_without_a_title,
    a_name_is_given_once,
    organisations_come_page_by_page_from_either_end,
    only_those_that_are_asked_for_are_listed,
    what_is_in_an_organisation_is_named_and_goes_with_it_and_nothing_else_does,
    an_organisation_with_a_tenant_is_not_removed,
    whoever_adds_something_is_waited_for,
);

async fn make(home: &Home, name: &str, title: Option<&str>) -> Organisation {
    let made = Organisation {
        id: OrganisationId::from_uuid(home.uuid()),
        name: name.parse().unwrap(),
        title: title.map(|title| title.parse().unwrap()),
        created_at: home.now(),
    };
    let mut tx = home.begin().await;
    organisations::insert(&mut tx, &made).await.unwrap();
    tx.commit().await.unwrap();
    made
}

async fn names(home: &Home, filter: &Filter, part: &Part<String>) -> (Vec<String>, Option<String>) {
    let listed = organisations::page(&mut home.read().await, filter, part).await.unwrap();
    assert!(listed.unreadable.is_empty(), "{:?}", listed.unreadable);
    (listed.rows.iter().map(|(found, _)| found.name.to_string()).collect(), listed.next)
}

fn token(home: &Home, organisation: &Organisation, account: &str) -> Token {
    Token {
        id: TokenId::from_uuid(home.uuid()),
        organisation: Some(organisation.id),
        account: account.parse().unwrap(),
        scope: "read".parse().unwrap(),
        created_at: home.now(),
        created_by: berth_domain::Actor::System,
        expires_at: None,
        last_used_at: None,
        person: None,
    }
}

async fn an_organisation_reads_back_with_and_without_a_title(home: Home) {
    let acme = make(&home, "acme", Some("Acme & Söhne")).await;
    let bare = make(&home, "bare", None).await;

    let mut tx = home.begin().await;
    assert_eq!(organisations::find(&mut tx, "acme").await.unwrap(), Some(acme.clone()));
    assert_eq!(organisations::find(&mut tx, "bare").await.unwrap(), Some(bare));
    assert_eq!(organisations::find_alone(&mut tx, "acme").await.unwrap(), Some(acme.clone()));
    assert!(organisations::is_there(&mut tx, acme.id).await.unwrap());
    assert!(organisations::set_title(&mut tx, acme.id, None).await.unwrap().is_updated());
    let untitled = Organisation { title: None, ..acme };
    assert_eq!(organisations::find(&mut tx, "acme").await.unwrap(), Some(untitled));
    for name in ["", "Acme", "' OR '1'='1", "%"] {
        assert_eq!(organisations::find(&mut tx, name).await.unwrap(), None, "{name}");
    }
}

async fn a_name_is_given_once(home: Home) {
    let acme = make(&home, "acme", None).await;
    let other = Organisation { id: OrganisationId::from_uuid(home.uuid()), ..acme };

    let again = organisations::insert(&mut home.begin().await, &other).await;

    assert!(matches!(again, Err(StoreError::Taken { what: organisations::NAME })), "{again:?}");
}

async fn organisations_come_page_by_page_from_either_end(home: Home) {
    for name in ["acme", "beta", "gamma"] {
        make(&home, name, None).await;
    }
    let all = Filter::default();
    let part = |after: Option<&str>, is_reversed| Part {
        page: Page { after: after.map(str::to_owned), limit: 2 },
        is_reversed,
    };

    let (first, next) = names(&home, &all, &part(None, false)).await;
    assert_eq!((first, next.as_deref()), (vec!["acme".into(), "beta".into()], Some("beta")));
    let (second, _) = names(&home, &all, &part(Some("beta"), false)).await;
    assert_eq!(second, ["default", "gamma"]);
    let (last, _) = names(&home, &all, &part(Some("beta"), true)).await;
    assert_eq!(last, ["acme"]);
    let (backward, _) = names(&home, &all, &part(None, true)).await;
    assert_eq!(backward, ["gamma", "default"]);
}

async fn only_those_that_are_asked_for_are_listed(home: Home) {
    let acme = make(&home, "acme", Some("Zeta Ltd")).await;
    let beta = make(&home, "beta", Some("50%_off")).await;
    let all = Part::first(10);
    let text = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
    let ids = |ids: &[OrganisationId]| Filter { ids: Some(ids.to_vec()), ..Filter::default() };

    for (filter, expected) in [
        (text("cm"), &["acme"][..]),
        (text("ZETA"), &["acme"]),
        (text("%_"), &["beta"]),
        (text("nothing"), &[]),
        (ids(&[acme.id]), &["acme"]),
        (ids(&[beta.id, acme.id]), &["acme", "beta"]),
        (ids(&[]), &[]),
        (Filter { text: Some("a".to_owned()), ids: Some(vec![beta.id]) }, &["beta"]),
    ] {
        assert_eq!(names(&home, &filter, &all).await.0, expected, "{filter:?}");
    }
}

async fn what_is_in_an_organisation_is_named_and_goes_with_it_and_nothing_else_does(home: Home) {
    let (acme, beta) = (make(&home, "acme", None).await, make(&home, "beta", None).await);
    let jo = with_person(&home, "jo@example.com").await.id;
    let mut tx = home.begin().await;
    for organisation in [&acme, &beta] {
        let ci = token(&home, organisation, "ci");
        tokens::insert(&mut tx, &ci, &ci.id.to_string()).await.unwrap();
        memberships::put(&mut tx, (organisation.id, jo), Role::Admin, home.now()).await.unwrap();
        quotas::put(&mut tx, organisation.id, None, &quotas::Quota::default()).await.unwrap();
        let used = Used {
            request_id: "req_1".to_owned(),
            request_hash: "hash".to_owned(),
            operation: None,
            at: home.now(),
        };
        let ci = format!("service:ci@{}", organisation.name).parse().unwrap();
        idempotency::remember(&mut tx, "key", &ci, &used).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut tx = home.begin().await;
    let contents = organisations::contents(&mut tx, acme.id).await.unwrap();
    let lost: Vec<_> =
        contents.lost.iter().map(|lost| (lost.kind.as_str(), lost.name.as_str())).collect();
    assert_eq!(lost, [("member", "jo@example.com"), ("quota", "(everybody)"), ("token", "ci")]);
    assert_eq!((contents.tenants, contents.at_work), (Vec::new(), Vec::new()));
    assert_eq!(organisations::history(&mut tx, acme.id).await.unwrap(), (0, 0));

    let (removed, uploads) = organisations::remove(&mut tx, &acme).await.unwrap();
    assert!(removed.is_updated() && uploads.is_empty());
    let (again, _) = organisations::remove(&mut tx, &acme).await.unwrap();
    assert!(!again.is_updated());
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    assert_eq!(organisations::find(&mut tx, "acme").await.unwrap(), None);
    assert_eq!(organisations::find(&mut tx, "beta").await.unwrap(), Some(beta.clone()));
    assert_eq!(organisations::contents(&mut tx, beta.id).await.unwrap().lost.len(), 3);
    let of = |name: &str| format!("service:ci@{name}").parse().unwrap();
    assert!(idempotency::recall(&mut tx, "key", &of("acme")).await.unwrap().is_none());
    assert!(idempotency::recall(&mut tx, "key", &of("beta")).await.unwrap().is_some());
}

async fn an_organisation_with_a_tenant_is_not_removed(home: Home) {
    home.with_tenants(["shop"]).await;
    let mut tx = home.begin().await;
    let own = organisations::find_alone(&mut tx, "default").await.unwrap().unwrap();

    let contents = organisations::contents(&mut tx, own.id).await.unwrap();
    assert_eq!(
        contents.tenants.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["shop"]
    );
    assert_eq!(organisations::count_tenants(&mut tx, own.id).await.unwrap(), 1);
    assert!(organisations::remove(&mut tx, &own).await.is_err());
}

async fn whoever_adds_something_is_waited_for(home: Home) {
    let acme = make(&home, "acme", None).await;
    let mut adding = home.begin().await;
    let found = organisations::find(&mut adding, "acme").await.unwrap().unwrap();

    let (other, name) = (home.clone(), acme.name.to_string());
    let mut removing = JoinSet::new();
    removing.spawn(async move {
        let mut tx = other.begin().await;
        let alone = organisations::find_alone(&mut tx, &name).await.unwrap().unwrap();
        organisations::contents(&mut tx, alone.id).await.unwrap().lost
    });
    let ci = token(&home, &found, "ci");
    tokens::insert(&mut adding, &ci, "hash").await.unwrap();
    adding.commit().await.unwrap();

    assert_eq!(removing.join_next().await.unwrap().unwrap().len(), 1);
}
