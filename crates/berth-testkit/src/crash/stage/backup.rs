//! What is imported: the witness as it was when the trial began.

use berth_domain::ObjectName;
use bytes::Bytes;
use serde_json::Value;

use super::{Stage, Subject, judge};
use crate::home::Home;

/// A backup, and what a tenant must have that is made of it.
pub(super) struct Backup {
    content: Bytes,
    sums: String,
}

impl Backup {
    /// Puts something into a tenant and packs it.
    pub(super) async fn of(home: &Home, (name, object): (&str, &ObjectName)) -> Self {
        home.mark(object).await;
        let sums = judge::sums(home, object).await;
        Self { content: home.export(name).await, sums }
    }
}

impl Stage {
    /// The upload that is imported next: the one that an undone import gave back, else another one.
    pub(super) async fn upload(&mut self) -> String {
        if let Some(sent) = &self.sent {
            return sent.clone();
        }
        let sent = self.home.send_in(&self.backup.content).await;
        self.sent.insert(sent).clone()
    }

    /// Gets to know a tenant that was imported: it has what is in the backup, which is used up.
    pub(super) async fn meet_imported(&mut self, name: String) -> Subject {
        self.sent = None;
        let object = self.home.object(&name).await;
        assert!(self.home.has_marked_file(&object), "a file of the backup is missing");
        let subject = self.know(name, object).await;
        assert_eq!(subject.sums, self.backup.sums, "it has not what is in the backup");
        subject
    }

    /// An upload is there until an import is done, and waits for another one.
    pub(super) async fn keeps_what_was_sent(&self) {
        let uploads = self.home.uploads().await;
        let waiting = |upload: &Value| {
            assert_eq!(upload["operation"], Value::Null, "nobody is at work: {upload}");
            upload["id"].as_str().unwrap_or_default().to_owned()
        };
        let found: Vec<String> = uploads.iter().map(waiting).collect();
        let expected: Vec<String> = self.sent.iter().cloned().collect();
        assert_eq!(found, expected, "what was sent in");
    }

    pub(super) async fn forget_uploads(&mut self) {
        for upload in self.home.uploads().await {
            let path = format!("uploads/{}", upload["id"].as_str().unwrap_or_default());
            let removed = self.home.api("DELETE", &path, &Value::Null).await;
            assert_eq!(removed.status, 204, "{}", removed.text());
        }
        self.sent = None;
    }
}
