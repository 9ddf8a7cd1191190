use berth_domain::Tenant;
use berth_domain::schedule::Schedule;
use berth_store::audit::AuditEntry;
use berth_store::events::{self, NewEvent};
use berth_store::operations::{self, Filter};
use berth_store::subscriptions::Subscription;
use berth_store::{Change, audit, schedules, subscriptions, uploads};

use super::{Neighbours, both_ends};
use crate::home::{Home, on_both_databases};
use crate::{audit as entries, events as told, messages, schedules as plans, uploads as files};

on_both_databases!(
    operations_and_events_are_those_of_their_own,
    what_was_done_is_told_to_its_own,
    schedules_are_found_listed_and_changed_in_their_own,
    webhooks_are_found_listed_and_changed_in_their_own,
    uploads_are_found_listed_and_used_in_their_own,
);

async fn operations_and_events_are_those_of_their_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let [Tenant { id, .. }] = acme.with_tenants(["acme"]).await;
    let of_acme = acme.with_operation(acme.operation(Some(id))).await;
    let of_globex = globex.with_operation(globex.operation(None)).await;
    let mut tx = globex.begin().await;
    for home in [&acme, &globex] {
        let event = NewEvent { operation: Some(of_acme.id), ..told::event(home, None) };
        events::append(&mut tx, &event, home.now()).await.unwrap();
    }
    let own = globex.organisation;

    assert_eq!(operations::find(&mut tx, own, of_acme.id).await.unwrap(), None);
    let narrowed = [
        Filter::default(),
        Filter { kind: Some(of_globex.kind), ..Filter::default() },
        Filter { state: Some(of_globex.state), ..Filter::default() },
    ];
    for (filter, part) in narrowed.iter().flat_map(|it| both_ends().map(|part| (it, part))) {
        let listed = operations::list(&mut tx, own, filter, &part).await.unwrap().rows;
        assert_eq!(listed, std::slice::from_ref(&of_globex), "{filter:?} {part:?}");
    }
    let of_tenant = Filter { tenant: Some(id), ..Filter::default() };
    for part in both_ends() {
        assert_eq!(operations::list(&mut tx, own, &of_tenant, &part).await.unwrap().rows, []);
    }
    assert_eq!(operations::count_active(&mut tx, own).await.unwrap(), (0, 1));
    let all = events::after(&mut tx, own, 0, None, 10).await.unwrap().rows;
    let newest = events::newest_of(&mut tx, own, of_acme.id, 10).await.unwrap().rows;
    assert_eq!(all.iter().map(|it| it.organisation).collect::<Vec<_>>(), [own]);
    assert_eq!(newest, all);
}

async fn what_was_done_is_told_to_its_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    entries::write(&acme, &[entries::entry(&acme, "acme")]).await;
    entries::write(&globex, &[entries::entry(&globex, "globex")]).await;
    let of_nobody = AuditEntry { organisation: None, ..entries::entry(&globex, "nobody") };
    entries::write(&globex, &[of_nobody]).await;

    let about = audit::Filter { object: Some("tnt_1".to_owned()), ..audit::Filter::default() };
    for filter in [audit::Filter::default(), about] {
        for (place, expected) in [(Some(globex.organisation), "globex"), (None, "nobody")] {
            let seen = entries::actions(&globex, place, &filter).await;
            assert_eq!(seen, [expected], "{filter:?}");
        }
    }
}

async fn schedules_are_found_listed_and_changed_in_their_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let [of_acme, of_globex] = [&acme, &globex].map(|home| plans::schedule(home, "nightly"));
    plans::insert(&acme, &[of_acme.clone(), plans::schedule(&acme, "weekly")]).await;
    plans::insert(&globex, std::slice::from_ref(&of_globex)).await;
    let mut tx = globex.begin().await;
    let own = globex.organisation;

    for name in ["weekly", &of_acme.id.to_string()] {
        assert_eq!(schedules::find(&mut tx, own, name).await.unwrap(), None, "{name}");
    }
    for part in both_ends() {
        let listed = schedules::list(&mut tx, own, &part).await.unwrap().rows;
        assert_eq!(listed, std::slice::from_ref(&of_globex), "{part:?}");
    }
    let due = of_acme.next_at;
    let stolen = Schedule { organisation: own, ..of_acme };
    assert_eq!(schedules::update(&mut tx, &stolen, due).await.unwrap(), Change::Unchanged);
}

async fn webhooks_are_found_listed_and_changed_in_their_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let of_acme = messages::subscribed(&acme, "hook").await;
    messages::subscribed(&acme, "other").await;
    let of_globex = messages::subscribed(&globex, "hook").await;
    let mut tx = globex.begin().await;
    let own = globex.organisation;

    for name in ["other", &of_acme.id.to_string()] {
        assert_eq!(subscriptions::find(&mut tx, own, name).await.unwrap(), None, "{name}");
    }
    for part in both_ends() {
        let listed = subscriptions::list(&mut tx, own, &part).await.unwrap().rows;
        assert_eq!(listed, std::slice::from_ref(&of_globex), "{part:?}");
    }
    let stolen = Subscription { organisation: own, ..of_acme };
    assert_eq!(subscriptions::update(&mut tx, &stolen).await.unwrap(), Change::Unchanged);
}

async fn uploads_are_found_listed_and_used_in_their_own(home: Home) {
    let Neighbours { acme, globex } = Neighbours::of(home).await;
    let [of_acme, of_globex] = [files::upload(&acme, "a.zip"), files::upload(&globex, "g.zip")];
    files::insert(&acme, &of_acme).await;
    files::insert(&globex, &of_globex).await;
    let import = globex.with_operation(globex.operation(None)).await;
    let mut tx = globex.begin().await;
    let own = globex.organisation;

    assert_eq!(uploads::find(&mut tx, own, of_acme.id).await.unwrap(), None);
    for part in both_ends() {
        let listed = uploads::list(&mut tx, own, &part).await.unwrap().rows;
        assert_eq!(listed, std::slice::from_ref(&of_globex), "{part:?}");
    }
    let claimed = uploads::claim(&mut tx, own, of_acme.id, import.id).await.unwrap();
    let removed = uploads::remove(&mut tx, own, of_acme.id).await.unwrap();
    assert_eq!((claimed, removed), (Change::Unchanged, Change::Unchanged));
}
