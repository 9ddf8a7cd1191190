//! What is counted of messages, since the process started.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use berth_store::subscriptions::{Channel, Subscription};

use crate::Engine;

#[derive(Debug, Default)]
pub(crate) struct Counted {
    made: AtomicU64,
    /// By channel and by whether it arrived.
    attempts: Mutex<BTreeMap<(&'static str, bool), u64>>,
}

/// Messages of this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageCounts {
    pub made: u64,
    /// Channel, whether it arrived, how often.
    pub attempts: Vec<(&'static str, bool, u64)>,
}

impl Counted {
    pub(crate) fn made(&self) {
        self.made.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self, to: &Subscription, arrived: bool) {
        let channel = match to.channel {
            Channel::Webhook { .. } => "webhook",
            Channel::Mail => "mail",
        };
        let mut attempts = self.attempts.lock().expect("nobody panics while counting");
        *attempts.entry((channel, arrived)).or_default() += 1;
    }
}

impl Engine {
    /// Counts messages since the process started, for whoever shows figures.
    ///
    /// # Panics
    ///
    /// Never: nobody panics while counting.
    #[must_use]
    pub fn message_counts(&self) -> MessageCounts {
        let counted = &self.0.notices;
        let attempts = counted.attempts.lock().expect("nobody panics while counting");
        MessageCounts {
            made: counted.made.load(Ordering::Relaxed),
            attempts: attempts.iter().map(|((channel, ok), n)| (*channel, *ok, *n)).collect(),
        }
    }
}
