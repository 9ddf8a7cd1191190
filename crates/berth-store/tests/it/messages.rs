use berth_domain::notice::{DeliveryState, Message, TroubleState};
use berth_domain::{Actor, DeliveryId, IdSource as _, SubscriptionId};
use berth_store::deliveries::{self, Counts, Delivery, Trouble};
use berth_store::secrets::{self, SecretName};
use berth_store::subscriptions::{self, Channel, Subscription};
use berth_store::{Page, Part, Store, StoreError};
use berth_testkit::RandomIds;
use secrecy::{ExposeSecret as _, SecretString};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    subscriptions_read_back_and_go_with_all_they_have,
    a_name_is_taken_once,
    one_of_two_passes_the_events,
    messages_read_back_and_are_counted,
    messages_come_page_by_page_newest_first,
    one_of_two_sends_a_message,
    what_a_driver_died_over_is_tried_again_at_once,
    what_is_to_be_sent_is_listed_longest_waiting_first,
    many_messages_to_one_do_not_hide_those_to_another,
    a_message_that_cannot_be_read_is_in_nobodys_way,
    nothing_waits_for_one_who_was_switched_off,
    messages_are_listed_by_kind,
    troubles_read_back_and_are_replaced,
    what_is_at_rest_is_forgotten,
);

pub(crate) fn subscription(home: &Home, name: &str) -> Subscription {
    Subscription {
        id: SubscriptionId::from_uuid(RandomIds.uuid()),
        organisation: home.organisation,
        name: name.to_owned(),
        channel: Channel::Webhook { url: "https://hooks.example.com/x".to_owned() },
        events: "tenant.*,operation.stuck".parse().unwrap(),
        disabled: None,
        cursor: 7,
        created_at: home.now(),
        created_by: Actor::Local { uid: 0 },
    }
}

fn message(title: &str) -> Message {
    Message {
        id: "msg_1".to_owned(),
        kind: "tenant.broken".to_owned(),
        time: "2026-05-04T10:00:00Z".to_owned(),
        organisation: "default".to_owned(),
        tenant: Some("acme".to_owned()),
        operation: None,
        title: title.to_owned(),
        message: "why".to_owned(),
        hint: None,
        command: None,
        url: None,
    }
}

pub(crate) fn delivery(home: &Home, to: &Subscription, minute: i64) -> Delivery {
    Delivery {
        id: DeliveryId::from_uuid(RandomIds.uuid()),
        subscription: to.id,
        organisation: home.organisation,
        message: message("acme is broken"),
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: Some(home.minutes(minute)),
        error: None,
        created_at: home.minutes(minute),
        finished_at: None,
    }
}

pub(crate) fn trouble(home: &Home, of: &Subscription, state: TroubleState) -> Trouble {
    Trouble {
        subscription: of.id,
        organisation: home.organisation,
        kind: "tenant.broken".to_owned(),
        subject: "tnt_1".to_owned(),
        state,
        reason: "why".to_owned(),
        message: message("acme is broken"),
        told_at: home.now(),
    }
}

pub(crate) async fn subscribed(home: &Home, name: &str) -> Subscription {
    let subscription = subscription(home, name);
    let mut tx = home.begin().await;
    subscriptions::insert(&mut tx, &subscription).await.unwrap();
    tx.commit().await.unwrap();
    subscription
}

async fn subscriptions_read_back_and_go_with_all_they_have(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let mail = Subscription { channel: Channel::Mail, ..subscription(&home, "mail") };
    let secret = SecretString::from("whsec_canary");
    let owner = hook.id.to_string();
    let mut tx = home.begin().await;
    subscriptions::insert(&mut tx, &mail).await.unwrap();
    secrets::put(&mut tx, &owner, SecretName::WebhookSecret, &secret).await.unwrap();
    deliveries::insert(&mut tx, &delivery(&home, &hook, 1)).await.unwrap();
    deliveries::put_trouble(&mut tx, &trouble(&home, &hook, TroubleState::Told)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = home.read().await;
    let found = subscriptions::find(&mut tx, home.organisation, "hook").await.unwrap();
    let listed =
        subscriptions::list(&mut tx, home.organisation, &Part::first(10)).await.unwrap().rows;
    assert_eq!(subscriptions::all(&mut tx).await.unwrap().rows.len(), 2);
    let opened = secrets::get(&mut tx, &owner, SecretName::WebhookSecret).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(found, Some(hook.clone()));
    assert_eq!(listed, [hook.clone(), mail.clone()]);
    assert_eq!(opened.expose_secret(), "whsec_canary");
    let kept = home.peek("SELECT value FROM secret").await;
    assert!(kept.iter().all(|value| !value.contains("canary")), "{kept:?}");

    let mut tx = home.begin().await;
    assert!(subscriptions::delete(&mut tx, hook.id).await.unwrap().is_updated());
    assert_eq!(
        subscriptions::list(&mut tx, home.organisation, &Part::first(10)).await.unwrap().rows,
        [mail]
    );
    assert!(deliveries::list(&mut tx, hook.id, 10).await.unwrap().rows.is_empty());
    let gone = secrets::get(&mut tx, &owner, SecretName::WebhookSecret).await.unwrap();
    assert!(gone.is_none());
}

async fn a_name_is_taken_once(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let mut tx = home.begin().await;
    let changed = Subscription {
        channel: Channel::Webhook { url: "https://other.example.com/".to_owned() },
        disabled: Some("somebody switched it off".to_owned()),
        events: "*".parse().unwrap(),
        ..hook
    };
    assert!(subscriptions::update(&mut tx, &changed).await.unwrap().is_updated());
    let found = subscriptions::find(&mut tx, home.organisation, "hook").await.unwrap();
    assert_eq!(found, Some(changed.clone()));
    assert!(subscriptions::disable(&mut tx, changed.id, "gone").await.unwrap().is_updated());

    let again = subscriptions::insert(&mut tx, &subscription(&home, "hook")).await;

    assert!(matches!(again, Err(StoreError::Taken { what: "name" })), "{again:?}");
}

async fn one_of_two_passes_the_events(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let other = home.reopen().await.unwrap();
    let pass = async |store: &Store| {
        let mut tx = store.begin().await.unwrap();
        let moved = subscriptions::advance(&mut tx, hook.id, (7, 9)).await.unwrap().is_updated();
        tx.commit().await.unwrap();
        moved
    };

    let (one, two) = tokio::join!(pass(&home.store), pass(&other));

    assert!(one != two, "both or none: {one} {two}");
}

async fn messages_read_back_and_are_counted(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let mut first = delivery(&home, &hook, 1);
    let mut tx = home.begin().await;
    deliveries::insert(&mut tx, &first).await.unwrap();
    assert!(deliveries::claim(&mut tx, &first, home.minutes(3)).await.unwrap().is_updated());
    first.attempts = 1;
    first.state = DeliveryState::GivenUp;
    first.next_at = None;
    first.error = Some("it answered 500".to_owned());
    first.finished_at = Some(home.minutes(2));

    assert!(deliveries::settle(&mut tx, &first).await.unwrap().is_updated());

    let found = deliveries::find(&mut tx, hook.id, first.id).await.unwrap();
    assert_eq!(found, Some(first.clone()));
    let counts = deliveries::count(&mut tx, hook.id, home.now()).await.unwrap();
    assert_eq!(counts, Counts { waiting: 0, delivered: 0, given_up: 1 });
    let later = deliveries::count(&mut tx, hook.id, home.minutes(1)).await.unwrap();
    assert_eq!(later, Counts::default());
    assert!(deliveries::again(&mut tx, first.id, home.minutes(4)).await.unwrap().is_updated());
    let again = deliveries::list(&mut tx, hook.id, 10).await.unwrap().rows.remove(0);
    assert_eq!((again.state, again.attempts), (DeliveryState::Waiting, 0));
    assert_eq!(again.next_at, Some(home.minutes(4)));
}

async fn messages_come_page_by_page_newest_first(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let other = subscribed(&home, "other").await;
    let mut tx = home.begin().await;
    let mut ids = Vec::new();
    for minute in 1..=3 {
        let mine = delivery(&home, &hook, minute);
        deliveries::insert(&mut tx, &mine).await.unwrap();
        deliveries::insert(&mut tx, &delivery(&home, &other, minute)).await.unwrap();
        ids.push(mine.id);
    }
    ids.sort();
    ids.reverse();
    let mut history = async |state, after| {
        let page = Page { after, limit: 2 };
        let listed = deliveries::history(&mut tx, hook.id, state, &page).await.unwrap();
        (listed.rows.iter().map(|row| row.id).collect::<Vec<_>>(), listed.next)
    };

    let (first, next) = history(None, None).await;
    assert_eq!((first.as_slice(), next.clone()), (&ids[..2], Some(ids[1].to_string())));
    let (rest, end) = history(None, Some(next.unwrap().parse().unwrap())).await;
    assert_eq!((rest.as_slice(), end), (&ids[2..], None));
    assert_eq!(history(Some(DeliveryState::Delivered), None).await.0, []);
    assert_eq!(history(Some(DeliveryState::Waiting), None).await.0, ids[..2]);
}

async fn one_of_two_sends_a_message(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let waiting = delivery(&home, &hook, 1);
    let mut tx = home.begin().await;
    deliveries::insert(&mut tx, &waiting).await.unwrap();
    tx.commit().await.unwrap();
    let other = home.reopen().await.unwrap();
    let claim = async |store: &Store| {
        let mut tx = store.begin().await.unwrap();
        let claimed = deliveries::claim(&mut tx, &waiting, home.minutes(3)).await.unwrap();
        tx.commit().await.unwrap();
        claimed.is_updated()
    };

    let (one, two) = tokio::join!(claim(&home.store), claim(&other));

    assert!(one != two, "both or none: {one} {two}");
}

async fn what_a_driver_died_over_is_tried_again_at_once(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let [claimed, mut failed] = [1, 1].map(|minute| delivery(&home, &hook, minute));
    let mut tx = home.begin().await;
    for row in [&claimed, &failed] {
        deliveries::insert(&mut tx, row).await.unwrap();
        let _ = deliveries::claim(&mut tx, row, home.minutes(9)).await.unwrap();
    }
    failed.attempts = 1;
    failed.next_at = Some(home.minutes(8));
    failed.error = Some("it answered 500".to_owned());
    let _ = deliveries::settle(&mut tx, &failed).await.unwrap();

    let released = deliveries::release(&mut tx, home.minutes(2)).await.unwrap();

    assert_eq!(released, 1);
    let far = home.minutes(8000);
    let due = deliveries::due(&mut tx, (home.minutes(2), far), 10).await.unwrap().rows;
    assert_eq!(due.iter().map(|it| it.id).collect::<Vec<_>>(), [claimed.id]);
}

async fn what_is_to_be_sent_is_listed_longest_waiting_first(home: Home) {
    let hooks = [
        subscribed(&home, "one").await,
        subscribed(&home, "two").await,
        subscribed(&home, "x").await,
    ];
    let off = subscribed(&home, "off").await;
    let rows = [(0, 2), (1, 1), (0, 4), (2, 9000)]
        .map(|(hook, minute)| delivery(&home, &hooks[hook], minute));
    let mut tx = home.begin().await;
    let _ = subscriptions::disable(&mut tx, off.id, "gone").await.unwrap();
    for row in rows.iter().chain([&delivery(&home, &off, 1)]) {
        deliveries::insert(&mut tx, row).await.unwrap();
    }

    let times = (home.minutes(3), home.minutes(8000));
    let due = deliveries::due(&mut tx, times, 10).await.unwrap().rows;

    let ids: Vec<DeliveryId> = due.iter().map(|delivery| delivery.id).collect();
    assert_eq!(ids, [rows[1].id, rows[0].id, rows[3].id]);
}

async fn many_messages_to_one_do_not_hide_those_to_another(home: Home) {
    let [dead, alive] = [subscribed(&home, "dead").await, subscribed(&home, "alive").await];
    let old = [1, 2, 3].map(|minute| delivery(&home, &dead, minute));
    let new = delivery(&home, &alive, 4);
    let mut tx = home.begin().await;
    for row in old.iter().chain([&new]) {
        deliveries::insert(&mut tx, row).await.unwrap();
    }

    let times = (home.minutes(5), home.minutes(8000));
    let due = deliveries::due(&mut tx, times, 2).await.unwrap().rows;

    assert_eq!(due, [old[0].clone(), new]);
}

async fn a_message_that_cannot_be_read_is_in_nobodys_way(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let [odd, next] = [1, 2].map(|minute| delivery(&home, &hook, minute));
    let mut tx = home.begin().await;
    deliveries::insert(&mut tx, &odd).await.unwrap();
    deliveries::insert(&mut tx, &next).await.unwrap();
    tx.commit().await.unwrap();
    home.tamper(&format!("UPDATE delivery SET message = '{{}}' WHERE id = '{}'", odd.id)).await;
    let times = (home.minutes(3), home.minutes(8000));
    let mut tx = home.begin().await;
    let due = deliveries::due(&mut tx, times, 9).await.unwrap();
    assert!(due.rows.is_empty() && due.unreadable[0].is_about_one_row(), "{due:?}");

    deliveries::give_up_unreadable(&mut tx, &due.unreadable[0], home.minutes(3)).await.unwrap();

    let due = deliveries::due(&mut tx, times, 9).await.unwrap();
    assert_eq!((due.rows, due.unreadable.len()), (vec![next], 0));
    assert_eq!(deliveries::trim(&mut tx, home.minutes(9)).await.unwrap(), 1);
}

async fn nothing_waits_for_one_who_was_switched_off(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let [idle, mut on_its_way] = [1, 2].map(|minute| delivery(&home, &hook, minute));
    let mut tx = home.begin().await;
    deliveries::insert(&mut tx, &idle).await.unwrap();
    deliveries::insert(&mut tx, &on_its_way).await.unwrap();
    let _ = deliveries::claim(&mut tx, &on_its_way, home.minutes(4)).await.unwrap();
    on_its_way.attempts = 1;

    let now = home.minutes(3);
    assert_eq!(deliveries::give_up_all(&mut tx, hook.id, "it is off", now).await.unwrap(), 2);

    on_its_way.next_at = Some(home.minutes(9));
    assert!(!deliveries::settle(&mut tx, &on_its_way).await.unwrap().is_updated());
    let all = deliveries::list(&mut tx, hook.id, 9).await.unwrap().rows;
    for message in &all {
        assert_eq!((message.state, message.next_at), (DeliveryState::GivenUp, None));
        assert_eq!(message.error.as_deref(), Some("it is off"));
    }
    let counts = deliveries::count(&mut tx, hook.id, home.now()).await.unwrap();
    assert_eq!(counts.given_up, 1, "one of them was tried");
    on_its_way.state = DeliveryState::Delivered;
    on_its_way.next_at = None;
    assert!(deliveries::settle(&mut tx, &on_its_way).await.unwrap().is_updated(), "it arrived");
}

async fn messages_are_listed_by_kind(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let of_kind = |kind: &str, minute| {
        let message = Message { kind: kind.to_owned(), ..message("acme") };
        Delivery { message, ..delivery(&home, &hook, minute) }
    };
    let rows = [of_kind("tenant.broken", 1), of_kind("host.disk_low", 2)];
    let last = of_kind("tenant.recovered", 3);
    let mut tx = home.begin().await;
    for row in rows.iter().chain([&last]) {
        deliveries::insert(&mut tx, row).await.unwrap();
    }

    let kinds = ("tenant.broken", "tenant.recovered");
    let mut found = deliveries::of_kinds(&mut tx, hook.id, kinds, 9).await.unwrap().rows;

    found.sort_by_key(|message| message.created_at);
    assert_eq!(found, [rows[0].clone(), last]);
}

async fn troubles_read_back_and_are_replaced(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let told = trouble(&home, &hook, TroubleState::Told);
    let well =
        Trouble { reason: "another".to_owned(), ..trouble(&home, &hook, TroubleState::Well) };
    let about = ("tenant.broken", "tnt_1");
    let mut tx = home.begin().await;

    deliveries::put_trouble(&mut tx, &told).await.unwrap();
    let open = deliveries::open_troubles(&mut tx, hook.id).await.unwrap().rows;
    deliveries::put_trouble(&mut tx, &well).await.unwrap();
    let found = deliveries::trouble(&mut tx, hook.id, about).await.unwrap();

    assert_eq!(open, [told]);
    assert_eq!(found, Some(well));
    assert!(deliveries::open_troubles(&mut tx, hook.id).await.unwrap().rows.is_empty());
    assert_eq!(deliveries::trim_troubles(&mut tx, home.minutes(1)).await.unwrap(), 1);
}

async fn what_is_at_rest_is_forgotten(home: Home) {
    let hook = subscribed(&home, "hook").await;
    let waiting = delivery(&home, &hook, 1);
    let rest =
        Delivery { next_at: None, state: DeliveryState::Delivered, ..delivery(&home, &hook, 1) };
    let mut tx = home.begin().await;
    deliveries::insert(&mut tx, &waiting).await.unwrap();
    deliveries::insert(&mut tx, &rest).await.unwrap();

    let forgotten = deliveries::trim(&mut tx, home.minutes(2)).await.unwrap();

    assert_eq!(forgotten, 1);
    assert_eq!(deliveries::list(&mut tx, hook.id, 10).await.unwrap().rows, [waiting]);
}
