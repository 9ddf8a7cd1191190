//! What can be done about a failure.

use berth_store::StoreError;

use super::EngineError;

impl EngineError {
    /// Where those are listed that there are, when one is meant that there is not.
    const fn list(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoSuchTenant(_) => "list them with `berth tenant list`",
            Self::NoSuchOperation(_) => "list them with `berth operation list`",
            Self::NoSuchUpload(_) => {
                "list them with `berth upload list`; one that nobody imports is removed after `uploads.keep_hours`"
            }
            Self::NoSuchOrganisation(_) => "list yours with `berth organisation list`",
            Self::NoSuchQuota(_) => "list them with `berth quota list`",
            Self::NoSuchSchedule(_) => "list them with `berth schedule list`",
            Self::NoSuchWebhook(_) => "list them with `berth webhook list`",
            Self::NoSuchMessage(_) => "list them with `berth webhook deliveries NAME`",
            Self::NoSuchToken(_) => "list them with `berth token list`",
            _ => return None,
        })
    }

    /// What can be done about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoSuchTenant(_)
            | Self::NoSuchOperation(_)
            | Self::NoSuchUpload(_)
            | Self::NoSuchOrganisation(_)
            | Self::NoSuchQuota(_)
            | Self::NoSuchSchedule(_)
            | Self::NoSuchWebhook(_)
            | Self::NoSuchMessage(_)
            | Self::NoSuchToken(_) => self.list().map(str::to_owned),
            Self::NoPassword { tenant } => Some(format!(
                "sign in with the one it had, or set another with `berth tenant password reset {tenant}`"
            )),
            Self::NoAdministrator { tenant } => Some(format!(
                "set a user's password in Odoo's own shell: `berth tenant shell {tenant}`"
            )),
            Self::NoSession { tenant, .. } => {
                Some(format!("see its log with `berth tenant logs {tenant}`"))
            }
            Self::TooLarge { hint, .. } => Some((*hint).to_owned()),
            Self::Repeated => Some("ask again with the same key for what was answered".to_owned()),
            Self::AnswerLost => Some("look at what came of it; the audit has it".to_owned()),
            Self::People(source) => source.hint(),
            Self::Foreign(source) => source.hint(),
            Self::NameTaken { hint, .. } => Some(hint.clone()),
            Self::Expired { tenant, .. } => Some(format!(
                "give it more time first with `berth tenant set {tenant} --expires 30d`, or `never`"
            )),
            Self::Busy { operation, .. } | Self::UploadInUse { operation, .. } => {
                Some(format!("follow it with `berth operation watch {operation}`"))
            }
            Self::Changed { tenant } => {
                Some(format!("look at it again with `berth tenant show {tenant}`"))
            }
            Self::OrganisationChanged(name) | Self::OrganisationStays { name, .. } => {
                Some(format!("look at it with `berth organisation show {name}`"))
            }
            Self::NotRunning { tenant, state } => {
                way_out(tenant, state).or_else(|| way_out(tenant, "stopped"))
            }
            Self::Illegal { tenant, source } => way_out(tenant, source.state),
            Self::Runtime(_)
            | Self::Postgres(_)
            | Self::NoCluster(_)
            | Self::Unavailable(_)
            | Self::Failed(_) => {
                Some("check the engine and the database with `berth doctor`".to_owned())
            }
            Self::Store(source) => of_store(source).map(str::to_owned),
            Self::Invalid(_)
            | Self::NoRun { .. }
            | Self::NotDelivered(_)
            | Self::OperatorOnly { .. }
            | Self::NoRight(_)
            | Self::NotNow { .. }
            | Self::BrokeOff { .. }
            | Self::Io { .. } => None,
        }
    }
}

/// What can be done while the control database does not take what is written.
const fn of_store(error: &StoreError) -> Option<&'static str> {
    match error {
        error if error.is_transient() => {
            Some("others were at work on the same just now: ask again in a moment")
        }
        StoreError::Away(_) => Some(
            "see that its server runs and that its disk can be used: what waits goes on by itself then",
        ),
        StoreError::Full(_) => Some("free some disk space: what waits goes on by itself"),
        _ => None,
    }
}

/// How a tenant leaves a state in which little can be done to it.
fn way_out(tenant: &str, state: &str) -> Option<String> {
    let (what, command) = match state {
        "stopped" => ("start it", "start"),
        "suspended" | "broken and suspended" => ("an operator resumes it", "resume"),
        "archived" => ("bring it back", "unarchive"),
        "deleted" => ("bring it back", "restore-deleted"),
        _ => return None,
    };
    Some(format!("{what} with `berth tenant {command} {tenant}`"))
}
