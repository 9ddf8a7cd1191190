//! How each kind of operation is begun, and where a tenant stands before and after it.

use berth_domain::operation::OperationKind;
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

/// What is installed, upgraded and uninstalled: a small one that nothing else needs.
pub(super) const MODULE: &str = "contacts";

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
    Import,
    Adopt,
    Rename,
    Set,
    Demo,
    /// `POST tenants/{name}/modules/{word}`, of a module that is there or not as that needs it.
    Modules(&'static str),
    /// `POST tenants/{name}/{word}`.
    Post(&'static str),
    Delete,
    Purge,
}

/// `None`: a kind that is newer than this.
pub(super) fn scene(kind: &str) -> Option<Scene> {
    kind.parse().ok().map(of)
}

/// Every kind that Berth knows has one, or this is not built.
const fn of(kind: OperationKind) -> Scene {
    use OperationKind as K;
    use Standing::{Absent, Anywhere, Archived, Deleted, Orphaned, Running, Stopped, Suspended};

    let (before, ask, after) = match kind {
        K::TenantCreate => (Absent, Ask::Create, Running),
        K::TenantImport => (Absent, Ask::Import, Running),
        K::TenantAdopt => (Orphaned, Ask::Adopt, Archived),
        K::TenantStart => (Stopped, Ask::Post("start"), Running),
        K::TenantStop => (Running, Ask::Post("stop"), Stopped),
        K::TenantRestart => (Running, Ask::Post("restart"), Running),
        K::TenantSet => (Running, Ask::Set, Running),
        K::TenantRename => (Running, Ask::Rename, Running),
        K::TenantInstallModules => (Running, Ask::Modules("install"), Running),
        K::TenantUpgradeModules => (Running, Ask::Modules("upgrade"), Running),
        K::TenantUninstallModules => (Running, Ask::Modules("uninstall"), Running),
        K::TenantSuspend => (Running, Ask::Post("suspend"), Suspended),
        K::TenantResume => (Suspended, Ask::Post("resume"), Running),
        K::TenantArchive => (Running, Ask::Post("archive"), Archived),
        K::TenantUnarchive => (Archived, Ask::Post("unarchive"), Running),
        K::TenantDelete => (Running, Ask::Delete, Deleted),
        K::TenantRestoreDeleted => (Deleted, Ask::Post("restore-deleted"), Running),
        K::TenantPurge => (Running, Ask::Purge, Absent),
        K::Demo => (Anywhere, Ask::Demo, Anywhere),
    };
    Scene { before, after, ask }
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
    /// The request: method, path and body. `next` is what it is called afterwards, `source` the database
    /// or the upload of which it is made, and `round` differs from time to time.
    pub(super) fn request(
        self,
        (name, next): (&str, &str),
        source: &str,
        round: u32,
    ) -> (&'static str, String, Value) {
        let of = |end: &str| format!("tenants/{name}{end}");
        match self {
            Self::Create => ("POST", "tenants".to_owned(), json!({ "name": next })),
            Self::Import => {
                // Harmless ones have a step more to do.
                let body = json!({ "upload": source, "name": next, "neutralize": true });
                ("POST", "imports".to_owned(), body)
            }
            Self::Adopt => {
                let body = json!({ "orphan": format!("database/{source}"), "name": next });
                ("POST", "adoptions".to_owned(), body)
            }
            Self::Rename => ("POST", of("/rename"), json!({ "name": next })),
            Self::Set => ("PATCH", of(""), json!({ "pids": 200 + round % 50 })),
            Self::Demo => ("POST", "operations".to_owned(), json!({ "name": next })),
            Self::Modules(word) => {
                ("POST", of(&format!("/modules/{word}")), json!({ "modules": [MODULE] }))
            }
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
    fn every_kind_of_operation_has_a_scene_and_a_stranger_has_none() {
        for kind in OperationKind::ALL {
            assert!(scene(kind.as_str()).is_some(), "nobody knows how to begin `{kind}`");
        }
        assert_eq!(scene("tenant.teleport"), None);
    }

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
