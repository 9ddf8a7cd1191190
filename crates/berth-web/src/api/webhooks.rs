//! `/api/v1/organisations/{org}/webhooks`

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod list;
pub(crate) mod redeliver;
pub(crate) mod set;
pub(crate) mod show;
pub(crate) mod test;

/// `{org}` and `{name}` of a path.
type WebhookPath = (String, String);
