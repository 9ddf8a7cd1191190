//! `/api/v1/organisations/{org}/invitations` and `/api/v1/invitations`

pub(crate) mod accept;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
