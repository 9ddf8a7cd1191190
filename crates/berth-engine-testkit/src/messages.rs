//! Somebody who carries messages, in memory.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use berth_domain::Timestamp;
use berth_domain::notice::Message;
use berth_engine::{Letter, Messenger, Undelivered, Webhook};

/// What arrived, and what is to go wrong.
#[derive(Debug, Default)]
pub struct FakeMessenger(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    readers: Vec<String>,
    posted: Vec<(String, Message)>,
    mailed: Vec<Message>,
    letters: Vec<Letter>,
    troubles: VecDeque<Undelivered>,
    hangs: bool,
}

impl FakeMessenger {
    /// Mail goes to this reader from now on.
    pub fn read_by(&self, reader: &str) {
        self.lock().readers.push(reader.to_owned());
    }

    /// The next messages do not arrive, each for one of these reasons.
    pub fn fail(&self, troubles: impl IntoIterator<Item = Undelivered>) {
        self.lock().troubles.extend(troubles);
    }

    /// Nobody answers any more, or again.
    pub fn hang(&self, hangs: bool) {
        self.lock().hangs = hangs;
    }

    /// What arrived at webhooks: address and message.
    #[must_use]
    pub fn posted(&self) -> Vec<(String, Message)> {
        self.lock().posted.clone()
    }

    /// What arrived at the readers of mail.
    #[must_use]
    pub fn mailed(&self) -> Vec<Message> {
        self.lock().mailed.clone()
    }

    /// Letters that arrived.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.lock().letters.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics while carrying a message")
    }

    async fn trouble(&self) -> Result<(), Undelivered> {
        if self.lock().hangs {
            std::future::pending::<()>().await;
        }
        match self.lock().troubles.pop_front() {
            Some(trouble) => Err(trouble),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Messenger for FakeMessenger {
    fn check(&self, url: &str) -> Result<(), String> {
        if url.starts_with("https://") { Ok(()) } else { Err("write https://".to_owned()) }
    }

    fn readers(&self) -> Vec<String> {
        self.lock().readers.clone()
    }

    async fn post(&self, to: &Webhook, message: &Message, _: Timestamp) -> Result<(), Undelivered> {
        self.trouble().await?;
        self.lock().posted.push((to.url.clone(), message.clone()));
        Ok(())
    }

    async fn mail(&self, message: &Message) -> Result<(), Undelivered> {
        self.trouble().await?;
        self.lock().mailed.push(message.clone());
        Ok(())
    }

    fn writes(&self) -> bool {
        !self.lock().readers.is_empty()
    }

    async fn write(&self, letter: &Letter) -> Result<(), Undelivered> {
        self.trouble().await?;
        self.lock().letters.push(letter.clone());
        Ok(())
    }
}
