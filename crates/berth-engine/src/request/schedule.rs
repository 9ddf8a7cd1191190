//! What is asked of schedules.

/// A schedule to be made. Texts are as typed.
#[derive(Debug, Clone, Default)]
pub struct CreateSchedule {
    pub name: String,
    /// `restart`, `stop` and so on.
    pub action: String,
    /// Names of tenants. Either these or a tag.
    pub tenants: Vec<String>,
    pub tag: Option<String>,
    /// Five fields, or `@daily` and its like.
    pub cron: String,
    /// Default: the installation's.
    pub zone: Option<String>,
    /// `1h`, or `never`. Default: an hour.
    pub catch_up: Option<String>,
}

/// What is to be different about a schedule. `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SetSchedule {
    pub action: Option<String>,
    /// In place of what there was, a tag included.
    pub tenants: Option<Vec<String>>,
    pub tag: Option<String>,
    pub cron: Option<String>,
    pub zone: Option<String>,
    pub catch_up: Option<String>,
    pub paused: Option<bool>,
}
