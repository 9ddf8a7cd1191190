//! Messages, and servers that are killed over them.

use berth_store::events::{self, NewEvent};
use berth_store::{Key, Location, Store, organisations};
use berth_testkit::sink::{MailSink, Reply, WebSink};
use berth_testkit::{SystemClock, wait};
use serde_json::json;

use crate::server::{Home, SOON};

/// A home whose messages end up in these.
fn home(hooks: &WebSink, letters: &MailSink) -> Home {
    let home = Home::new();
    // How full the disks of whoever runs this are is not told.
    home.configure(&format!(
        "[disk]\nlow = \"0%\"\nfull = \"0%\"\n[notify]\nallow_private = [{:?}]\n[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n\
         from = \"berth@example.com\"\nto = [\"ops@example.com\"]\n",
        hooks.address().ip().to_string(),
        letters.address().port()
    ));
    home
}

/// A schedule missed its time, as far as the control database knows: that is over for good, so the
/// message of it is sent whatever is so meanwhile.
async fn a_schedule_missed_its_time(home: &Home) {
    use berth_domain::Clock as _;

    let key = Key::load_or_create(&home.path().join("key"), true).unwrap();
    let location = Location::Sqlite(home.path().join("berth.db"));
    let store = Store::open(&location, key, false).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let organisation = organisations::find(&mut tx, "default").await.unwrap().unwrap();
    let event = NewEvent {
        organisation: organisation.id,
        operation: None,
        tenant: None,
        kind: "schedule.missed".to_owned(),
        data: json!({ "schedule": "nightly", "reason": "Berth was down" }),
    };
    events::append(&mut tx, &event, SystemClock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_the_middle_of_a_message_sends_it_again() {
    let (hooks, letters) = (WebSink::start().await, MailSink::start().await);
    let home = home(&hooks, &letters);
    let mut server = home.serve().await;
    server.drives(1).await;
    let (made, said) = home.berth(&["webhook", "create", &hooks.url("/"), "--name", "hook"]).await;
    assert!(made, "{said}");
    wait::until(SOON, async || home.berth(&["webhook", "show", "mail"]).await.0).await;
    hooks.reply([Reply::Hang]);

    a_schedule_missed_its_time(&home).await;
    wait::until(SOON, async || !hooks.arrivals().is_empty()).await;
    server.kill();
    let next = home.serve().await;
    wait::until(SOON, async || hooks.arrivals().len() == 2).await;
    wait::until(SOON, async || !letters.letters().is_empty()).await;

    let ids: Vec<String> =
        hooks.arrivals().iter().map(|it| it.header("webhook-id").to_owned()).collect();
    assert_eq!(ids[0], ids[1]);
    let letter = letters.letters().remove(0).text;
    assert!(letter.contains("Subject: [Berth] schedule nightly missed its time"), "{letter}");
    assert!(letter.contains("berth schedule run nightly"), "{letter}");
    wait::until(SOON, async || {
        let metrics = next.try_get("/api/v1/metrics").await.unwrap().text();
        metrics.contains("berth_message_attempts_total{channel=\"webhook\",outcome=\"arrived\"} 1")
    })
    .await;
    let (_, doctor) = home.berth(&["doctor"]).await;
    assert!(doctor.contains("ops@example.com"), "{doctor}");
}
