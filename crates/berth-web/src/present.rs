//! The engine's answers, in the words of the wire.

mod audit;
mod comparison;
mod module;
mod operation;
mod organisation;
mod orphan;
mod person;
mod quota;
mod reconciliation;
mod schedule;
mod statistics;
mod system;
mod tenant;
mod token;
mod upload;
mod webhook;

pub(crate) use audit::audit_entry;
pub(crate) use comparison::difference;
pub(crate) use module::module;
pub(crate) use operation::{event, operation, plan};
pub(crate) use organisation::organisation;
pub(crate) use orphan::{orphans, removed};
pub(crate) use person::{
    account, enrolment, invitation, member, new_invitation, person, recovery_codes, sessions,
    sign_in_provider,
};
pub(crate) use quota::quota;
pub(crate) use reconciliation::{reconciliation, tenant_plan};
pub(crate) use schedule::{schedule, schedule_run};
pub(crate) use statistics::tenant_statistics;
pub(crate) use system::{check, disk, status};
pub(crate) use tenant::{credentials, log_line, login_link, tenant, tenants};
pub(crate) use token::{new_token, token};
pub(crate) use upload::upload;
pub(crate) use webhook::{delivery, new_webhook, webhook};
