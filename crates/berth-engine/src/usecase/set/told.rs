//! What is said of a tenant about which something was noted.

use berth_domain::{Details, Tag, Timestamp};
use serde_json::{Value, json};

use crate::admission::notes::Noted;

/// For everybody who watches.
pub(super) fn told(Noted { details, storage }: &Noted) -> Value {
    let Details { notes, tags, owner, expires_at } = details;
    json!({
        "notes": notes.as_ref().map(ToString::to_string),
        "tags": tags.as_slice().iter().map(Tag::as_str).collect::<Vec<_>>(),
        "owner": owner.as_ref().map(ToString::to_string),
        "expires_at": expires_at.as_ref().map(Timestamp::to_string),
        "storage_bytes": storage.map(|bytes| bytes.0),
    })
}

/// The same for those who look at who did what, years later. What people write about a tenant is
/// theirs to remove, so only that there is something is said of it.
pub(super) fn noticed(noted: &Noted) -> Value {
    let mut noticed = told(noted);
    let length = noted.details.notes.as_ref().map(|notes| notes.to_string().chars().count());
    noticed["notes"] = length.map_or(Value::Null, |n| json!(format!("{n} characters")));
    noticed
}
