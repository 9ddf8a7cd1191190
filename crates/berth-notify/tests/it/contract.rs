//! What holds for everybody who carries messages: for what ships, and for the one in memory that
//! tests of the engine have.

use berth_domain::Timestamp;
use berth_engine::{Letter, Messenger, Undelivered, Webhook};
use berth_engine_testkit::FakeMessenger;
use berth_notify::{MailSettings, MailTls, Notifier};
use berth_testkit::sink::{MailSink, Reply, WebSink};
use secrecy::SecretString;

use crate::{PATIENCE, message, outbound};

/// Something to carry messages with, and what to make go wrong.
struct Stage<M> {
    messenger: M,
    url: String,
    /// The next post is answered 410, the next mail is refused.
    gone: Box<dyn Fn()>,
    refused: Box<dyn Fn()>,
    /// How many posts and letters arrived.
    arrived: Box<dyn Fn() -> (usize, usize)>,
}

async fn carries<M: Messenger>(stage: Stage<M>) {
    let Stage { messenger, url, gone, refused, arrived } = stage;
    let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let to = Webhook { url, secret };
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    messenger.check(&to.url).unwrap();
    assert!(messenger.check("gopher://example.com").is_err());
    assert_eq!(messenger.readers(), ["ops@example.com"]);

    messenger.post(&to, &message("msg_1"), at).await.unwrap();
    messenger.mail(&message("msg_2")).await.unwrap();
    assert_eq!(arrived(), (1, 1));

    gone();
    assert_eq!(messenger.post(&to, &message("msg_3"), at).await, Err(Undelivered::Gone));
    refused();
    let failed = messenger.mail(&message("msg_4")).await;
    assert!(matches!(failed, Err(Undelivered::Failed(_))), "{failed:?}");

    messenger.post(&to, &message("msg_3"), at).await.unwrap();
    messenger.mail(&message("msg_4")).await.unwrap();
    let (posts, letters) = arrived();
    assert!(posts >= 2 && letters == 2, "{posts} {letters}");
}

#[tokio::test]
async fn what_ships_carries_messages() {
    let (web, mail) = (WebSink::start().await, MailSink::start().await);
    let settings = MailSettings {
        host: "127.0.0.1".to_owned(),
        port: mail.address().port(),
        tls: MailTls::None,
        sign_in: None,
        from: "berth@example.com".to_owned(),
        to: vec!["ops@example.com".to_owned()],
        reply_to: None,
    };
    let (web, mail) = (std::rc::Rc::new(web), std::rc::Rc::new(mail));
    let stage = Stage {
        messenger: Notifier::new(outbound(&["127.0.0.0/8"], PATIENCE), Some(settings)).unwrap(),
        url: web.url("/hook"),
        gone: Box::new({
            let web = web.clone();
            move || web.reply([Reply::Status(410)])
        }),
        refused: Box::new({
            let mail = mail.clone();
            move || mail.refuse(1)
        }),
        arrived: Box::new(move || (web.arrivals().len(), mail.letters().len())),
    };

    carries(stage).await;
}

#[tokio::test]
async fn the_one_in_memory_carries_messages() {
    let fake = std::sync::Arc::new(FakeMessenger::default());
    fake.read_by("ops@example.com");
    let stage = Stage {
        messenger: Shared(fake.clone()),
        url: "https://hooks.example.com/".to_owned(),
        gone: Box::new({
            let fake = fake.clone();
            move || fake.fail([Undelivered::Gone])
        }),
        refused: Box::new({
            let fake = fake.clone();
            move || fake.fail([Undelivered::Failed("not now".to_owned())])
        }),
        arrived: Box::new(move || (fake.posted().len(), fake.mailed().len())),
    };

    carries(stage).await;
}

/// The fake, for a test to keep a hand on.
#[derive(Debug)]
struct Shared(std::sync::Arc<FakeMessenger>);

#[async_trait::async_trait]
impl Messenger for Shared {
    fn check(&self, url: &str) -> Result<(), String> {
        self.0.check(url)
    }

    fn readers(&self) -> Vec<String> {
        self.0.readers()
    }

    async fn post(
        &self,
        to: &Webhook,
        message: &berth_domain::notice::Message,
        at: Timestamp,
    ) -> Result<(), Undelivered> {
        self.0.post(to, message, at).await
    }

    async fn mail(&self, message: &berth_domain::notice::Message) -> Result<(), Undelivered> {
        self.0.mail(message).await
    }

    fn writes(&self) -> bool {
        self.0.writes()
    }

    async fn write(&self, letter: &Letter) -> Result<(), Undelivered> {
        self.0.write(letter).await
    }
}
