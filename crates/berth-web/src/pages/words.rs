//! How things are said on pages: states, times, sizes.

use std::time::Duration;

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{Bytes, TenantState, Timestamp};

/// How something is: a shape, its colour and a word, never one without the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    /// `idle`, `pending`, `running`, `ok`, `warn` or `error`.
    pub(crate) shape: &'static str,
    pub(crate) word: String,
}

impl Status {
    pub(crate) fn new(shape: &'static str, word: impl Into<String>) -> Self {
        Self { shape, word: word.into() }
    }

    /// How a tenant is.
    pub(crate) fn of_tenant(state: &TenantState) -> Self {
        let shape = match state {
            TenantState::Provisioning { .. }
            | TenantState::Changing { .. }
            | TenantState::Deleting { .. } => "running",
            TenantState::Running => "ok",
            TenantState::OverLimit { .. } | TenantState::Drifted { .. } => "warn",
            TenantState::Stopped { .. }
            | TenantState::Archived { .. }
            | TenantState::Deleted { .. }
            | TenantState::Suspended { .. } => "idle",
            TenantState::Broken { .. } => "error",
        };
        let word = match state {
            TenantState::Provisioning { .. } => "Setting up".to_owned(),
            TenantState::OverLimit { .. } => "Over its storage limit".to_owned(),
            other => capitalised(&other.to_string()),
        };
        Self { shape, word }
    }

    /// How an operation is.
    pub(crate) fn of_operation(state: OperationState) -> Self {
        let shape = match state {
            OperationState::Queued => "pending",
            OperationState::Running | OperationState::Undoing => "running",
            OperationState::Done => "ok",
            OperationState::Undone => "idle",
            OperationState::Stuck => "error",
        };
        Self { shape, word: capitalised(state.as_str()) }
    }
}

/// What an operation does, as its button says it: `Start`.
pub(crate) const fn deed(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::TenantCreate => "Create",
        OperationKind::TenantImport => "Import",
        OperationKind::TenantAdopt => "Adopt",
        OperationKind::TenantStart => "Start",
        OperationKind::TenantStop => "Stop",
        OperationKind::TenantRestart => "Restart",
        OperationKind::TenantSet => "Change",
        OperationKind::TenantRename => "Rename",
        OperationKind::TenantInstallModules => "Install modules",
        OperationKind::TenantUpgradeModules => "Upgrade modules",
        OperationKind::TenantUninstallModules => "Uninstall modules",
        OperationKind::TenantSuspend => "Suspend",
        OperationKind::TenantResume => "Resume",
        OperationKind::TenantArchive => "Archive",
        OperationKind::TenantUnarchive => "Bring back",
        OperationKind::TenantDelete => "Delete",
        OperationKind::TenantRestoreDeleted => "Restore",
        OperationKind::TenantPurge => "Remove for good",
        OperationKind::Demo => "Demo",
    }
}

/// `being changed` → `Being changed`.
pub(crate) fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// How long ago, up to a day, and then the day.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second()).max(0);
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => at.strftime("%-d %b %Y").to_string(),
    }
}

/// `17 Nov 16:41:30`, in universal time.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %H:%M:%S").to_string()
}

/// `0.2 s`, `34 s`, `1 min 12 s`.
pub(crate) fn lasted(from: Timestamp, to: Timestamp) -> String {
    let millis = to.as_millisecond().saturating_sub(from.as_millisecond()).max(0);
    match millis {
        0..10_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        10_000..60_000 => format!("{} s", millis / 1000),
        60_000..3_600_000 => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1000),
        _ => format!("{} h {} min", millis / 3_600_000, millis % 3_600_000 / 60_000),
    }
}

/// The same, of a span that is known.
pub(crate) fn span(duration: Duration) -> String {
    lasted(Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH + duration)
}

/// Who it was, as others know them: people by their address, everybody else as they are written down.
pub(crate) fn who(actor: &str) -> String {
    actor.strip_prefix("person:").unwrap_or(actor).to_owned()
}

/// `3.4 GiB`.
pub(crate) fn size(bytes: Bytes) -> String {
    bytes.to_string()
}

/// `2GiB`, `1536MiB`: exactly, unlike what people read.
pub(crate) fn written(bytes: Bytes) -> String {
    let Bytes(bytes) = bytes;
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if bytes >= size && bytes % size == 0 {
            return format!("{}{unit}", bytes / size);
        }
    }
    bytes.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    #[test]
    fn people_are_known_by_their_address() {
        let of = ["person:jo@example.com", "service:ci@default", "local:0"].map(who);

        assert_eq!(of, ["jo@example.com", "service:ci@default", "local:0"]);
    }

    #[test]
    fn ages_are_said_up_to_a_day() {
        let of = |seconds: i64| ago(at(0), at(seconds * 1000));

        assert_eq!(
            [of(-5), of(12), of(60), of(7_199)],
            ["0 s ago", "12 s ago", "1 min ago", "1 h ago"]
        );
        assert_eq!(of(86_400), "15 Jan 2027");
    }

    #[test]
    fn spans_are_said_as_exactly_as_anybody_wants_them() {
        let of = |millis: i64| lasted(at(0), at(millis));

        assert_eq!(
            [of(-1), of(240), of(9_999), of(34_900), of(72_000), of(7_260_000)],
            ["0.0 s", "0.2 s", "9.9 s", "34 s", "1 min 12 s", "2 h 1 min"]
        );
    }

    #[test]
    fn words_begin_sentences() {
        assert_eq!(capitalised("being changed"), "Being changed");
        assert_eq!(capitalised(""), "");
    }
}
