//! How each kind of operation is begun, and where a tenant stands before and after it.

use serde_json::{Value, json};

/// Where a tenant stands while nothing is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Absent,
    /// Its row is gone, and its data are there.
    Orphaned,
    Running,
    Stopped,
    Suspended,
    Archived,
    Deleted,
    /// Wherever it stands.
    Anywhere,
}

/// How an operation comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) before: Standing,
    pub(super) after: Standing,
    pub(super) ask: Ask,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Create,
    Adopt,
    Rename,
    Set,
    Demo,
    /// `POST tenants/{name}/{word}`.
    Post(&'static str),
    Delete,
    Purge,
}

/// `None`: a kind that is newer than this.
pub(super) fn scene(kind: &str) -> Option<Scene> {
    use Standing::{Absent, Anywhere, Archived, Deleted, Orphaned, Running, Stopped, Suspended};

    let (before, ask, after) = match kind {
        "tenant.create" => (Absent, Ask::Create, Running),
        "tenant.adopt" => (Orphaned, Ask::Adopt, Archived),
        "tenant.start" => (Stopped, Ask::Post("start"), Running),
        "tenant.stop" => (Running, Ask::Post("stop"), Stopped),
        "tenant.restart" => (Running, Ask::Post("restart"), Running),
        "tenant.set" => (Running, Ask::Set, Running),
        "tenant.rename" => (Running, Ask::Rename, Running),
        "tenant.suspend" => (Running, Ask::Post("suspend"), Suspended),
        "tenant.resume" => (Suspended, Ask::Post("resume"), Running),
        "tenant.archive" => (Running, Ask::Post("archive"), Archived),
        "tenant.unarchive" => (Archived, Ask::Post("unarchive"), Running),
        "tenant.delete" => (Running, Ask::Delete, Deleted),
        "tenant.restore_deleted" => (Deleted, Ask::Post("restore-deleted"), Running),
        "tenant.purge" => (Running, Ask::Purge, Absent),
        "demo" => (Anywhere, Ask::Demo, Anywhere),
        _ => return None,
    };
    Some(Scene { before, after, ask })
}

/// What to ask for next to get from one standing to another; `None`: it is there, or there is no way
/// but to take the row away.
pub(super) fn way(now: Standing, wanted: Standing) -> Option<Ask> {
    use Standing as S;

    if now == wanted || wanted == S::Anywhere {
        return None;
    }
    Some(match (now, wanted) {
        (S::Absent | S::Anywhere, _) => Ask::Create,
        (S::Orphaned, _) => Ask::Adopt,
        (S::Running, S::Stopped) => Ask::Post("stop"),
        (S::Running, S::Suspended) => Ask::Post("suspend"),
        (S::Running, S::Archived | S::Orphaned) => Ask::Post("archive"),
        (S::Running, S::Deleted) => Ask::Delete,
        (S::Archived, S::Orphaned) => return None,
        (_, S::Absent) | (S::Running, _) => Ask::Purge,
        // From everywhere else by way of running.
        (S::Stopped, _) => Ask::Post("start"),
        (S::Suspended, _) => Ask::Post("resume"),
        (S::Archived, _) => Ask::Post("unarchive"),
        (S::Deleted, _) => Ask::Post("restore-deleted"),
    })
}

impl Standing {
    /// What a tenant says of itself.
    pub(super) fn of(state: Option<&str>) -> Option<Self> {
        Some(match state {
            None => Self::Absent,
            Some("running") => Self::Running,
            Some("stopped") => Self::Stopped,
            Some("suspended") => Self::Suspended,
            Some("archived") => Self::Archived,
            Some("deleted") => Self::Deleted,
            Some(_) => return None,
        })
    }

    /// Whether its role may look into its database.
    pub(super) const fn is_readable(self) -> bool {
        matches!(self, Self::Running | Self::Stopped | Self::Suspended)
    }
}

impl Ask {
    /// The request: method, path and body. `next` is what it is called afterwards, `object` what it is
    /// called on disk, and `round` differs from time to time.
    pub(super) fn request(
        self,
        (name, next): (&str, &str),
        object: &str,
        round: u32,
    ) -> (&'static str, String, Value) {
        let of = |end: &str| format!("tenants/{name}{end}");
        match self {
            Self::Create => ("POST", "tenants".to_owned(), json!({ "name": next })),
            Self::Adopt => {
                let body = json!({ "orphan": format!("database/{object}"), "name": next });
                ("POST", "adoptions".to_owned(), body)
            }
            Self::Rename => ("POST", of("/rename"), json!({ "name": next })),
            Self::Set => ("PATCH", of(""), json!({ "pids": 200 + round % 50 })),
            Self::Demo => ("POST", "operations".to_owned(), json!({ "name": next })),
            Self::Post(word) => ("POST", of(&format!("/{word}")), Value::Null),
            Self::Delete => ("DELETE", of(""), Value::Null),
            Self::Purge => ("DELETE", of("?now=true"), Value::Null),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_way_from_everywhere_to_everywhere() {
        use Standing as S;

        let all = [S::Absent, S::Running, S::Stopped, S::Suspended, S::Archived, S::Deleted];
        for from in all {
            for to in all.into_iter().chain([S::Anywhere]) {
                let mut now = from;
                for _ in 0..4 {
                    now = match way(now, to) {
                        None => break,
                        Some(Ask::Create) => S::Running,
                        Some(Ask::Post("stop")) => S::Stopped,
                        Some(Ask::Post("suspend")) => S::Suspended,
                        Some(Ask::Post("archive")) => S::Archived,
                        Some(Ask::Delete) => S::Deleted,
                        Some(Ask::Purge) => S::Absent,
                        Some(_) => S::Running,
                    };
                }
                assert!(now == to || to == S::Anywhere, "{from:?} to {to:?} ends in {now:?}");
            }
        }
    }
}
